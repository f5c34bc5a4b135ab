import { describe, expect, it } from "vitest";
import { nextDelay } from "../src/backoff.ts";

const OPTIONS = { baseMs: 500, capMs: 20_000, floorMs: 100 };

describe("nextDelay", () => {
  it("lies between the floor and the doubling range, whatever chance says", () => {
    for (let attempt = 0; attempt < 2_000; attempt++) {
      const range = Math.min(20_000, 500 * 2 ** attempt);
      expect(nextDelay(attempt, OPTIONS, () => 0)).toBe(100);
      const longest = nextDelay(attempt, OPTIONS, () => 1 - Number.EPSILON);
      expect(longest).toBeLessThanOrEqual(Math.min(20_000, 100 + range));
      expect(longest).toBeGreaterThan(Math.min(20_000, 100 + range) - 2);
    }
  });

  it("spreads over the whole range, so that clients do not return together", () => {
    const steps = Array.from({ length: 10 }, (_, i) => nextDelay(3, OPTIONS, () => i / 10));
    expect(steps).toEqual([100, 500, 900, 1300, 1700, 2100, 2500, 2900, 3300, 3700]);
  });
});
