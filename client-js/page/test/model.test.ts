import { describe, expect, it } from "vitest";
import { HALF_LIFE_MS, Pulse } from "../src/graph/pulse.ts";
import { RateRing } from "../src/model/rate.ts";
import { Recent } from "../src/model/recent.ts";
import { Ring } from "../src/model/ring.ts";
import { WatchSession } from "../src/model/watch.ts";
import { event } from "./events.ts";
import { graph } from "./sample.ts";

const node = (id: string) => graph.nodes.filter((n) => n.id === id);

describe("Ring", () => {
  it("keeps the last so many, newest first", () => {
    const ring = new Ring<number>(3);
    const evicted = [1, 2, 3, 4, 5].map((n) => ring.add(n));
    expect(evicted).toEqual([false, false, false, true, true]);
    expect([ring.newest(9), ring.newest(2), ring.size]).toEqual([[5, 4, 3], [5, 4], 3]);
    ring.clear();
    ring.add(6);
    expect(ring.newest(9)).toEqual([6]);
  });
});

describe("Recent", () => {
  it("forgets the key that was put longest ago", () => {
    const recent = new Recent<number>(2);
    recent.put("a", 1);
    recent.put("b", 2);
    expect(recent.put("a", 3)).toBe(1);
    recent.put("c", 4);
    expect([recent.put("a", 5), recent.put("b", 6), recent.size]).toEqual([3, undefined, 2]);
  });
});

describe("WatchSession", () => {
  it("shows each message once and counts everything that came", () => {
    const session = new WatchSession(2);
    const once = event("A");
    session.add(once, node("cart"), 1);
    expect(session.add(once, node("cart"), 2)).toBeUndefined();
    session.add(event("B"), [], 3);
    session.add(event("C"), [...node("cart"), ...node("order")], 4);
    session.addUnreadable();
    session.addLost(5);
    expect(session.counters).toEqual({
      received: 5,
      shown: 3,
      unmapped: 1,
      duplicates: 1,
      unreadable: 1,
      evicted: 1,
      lost: 5,
    });
    expect(session.counters.received).toBe(
      session.counters.shown + session.counters.duplicates + session.counters.unreadable,
    );
    expect(session.newest(9).map((sighting) => [sighting.number, sighting.event.name])).toEqual([
      [3, "C"],
      [2, "B"],
    ]);
    expect(Object.fromEntries(session.tallies)).toEqual({
      cart: { count: 2, lastAt: 4 },
      order: { count: 1, lastAt: 4 },
    });
  });

  it("knows a copy even after the first has left the list", () => {
    const session = new WatchSession(2);
    const first = event("A");
    session.add(first, [], 1);
    session.add(event("B"), [], 1);
    session.add(event("C"), [], 1);
    expect(session.add(first, [], 1)).toBeUndefined();
  });

  it("starts anew after clear", () => {
    const session = new WatchSession(2);
    const first = event("A");
    session.add(first, node("cart"), 1);
    session.clear();
    expect([session.counters.received, session.newest(9), session.tallies.size]).toEqual([0, [], 0]);
    expect(session.add(first, [], 2)?.number).toBe(1);
  });
});

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
