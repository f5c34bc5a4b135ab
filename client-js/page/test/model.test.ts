import { describe, expect, it } from "vitest";
import { HALF_LIFE_MS, Pulse } from "../src/graph/pulse.ts";
import { RateRing } from "../src/model/rate.ts";

describe("Pulse", () => {
  it("is unmistakable after one event, halves its sum in the half-life and ends dark", () => {
    const pulse = new Pulse();
    expect(pulse.brightness(0)).toBe(0);
    pulse.hit(1_000);
    expect(pulse.brightness(1_000)).toBeCloseTo(0.565, 3);
    expect(pulse.brightness(1_000 + HALF_LIFE_MS)).toBeCloseTo(1 - Math.exp(-0.5 / 1.2), 6);
    expect(pulse.brightness(1_000 + 10 * HALF_LIFE_MS)).toBe(0);
  });

  it("glows steadily under fast traffic instead of flickering", () => {
    const pulse = new Pulse();
    for (let now = 0; now < 5_000; now += 50) {
      pulse.hit(now);
    }
    const [low, high] = [pulse.brightness(5_000), pulse.brightness(4_950)];
    expect(high).toBeGreaterThan(0.99);
    expect(high - low).toBeLessThan(0.01);
  });

  it("rises with the rate and never beyond one", () => {
    const steady = (everyMs: number): number => {
      const pulse = new Pulse();
      let now = 0;
      for (; now < 20_000; now += everyMs) {
        pulse.hit(now);
      }
      return pulse.brightness(now - everyMs);
    };
    const rates = [2_000, 1_000, 500, 250, 10].map(steady);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
    expect(rates.at(-1)).toBeLessThanOrEqual(1);
  });
});

describe("RateRing", () => {
  it("counts by second, forgets after a minute, and averages full seconds", () => {
    const rate = new RateRing();
    const at = 1_800_000_000_000;
    for (let i = 0; i < 50; i++) {
      rate.add(at + i * 100);
    }
    expect(rate.series(at + 4_999).slice(-6)).toEqual([0, 10, 10, 10, 10, 10]);
    expect(rate.perSecond(at + 5_000)).toBe(10);
    expect(rate.series(at + 59_999).reduce((a, b) => a + b)).toBe(50);
    expect(rate.series(at + 61_000).reduce((a, b) => a + b)).toBe(30);
    expect(rate.series(at + 3_600_000).reduce((a, b) => a + b)).toBe(0);
  });
});
