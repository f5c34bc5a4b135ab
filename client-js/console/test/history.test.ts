import { describe, expect, it } from "vitest";
import { sum, total } from "../src/model/buckets.ts";
import { HISTORY_MS, History, isLoss, lines } from "../src/model/history.ts";
import { readState } from "../src/model/state.ts";
import { loop, type Said, said } from "./states.ts";

const T = 1_700_000_000_000;

function history(...all: readonly (readonly [number, Said])[]): History {
  const made = new History();
  for (const [at, what] of all) {
    made.add(T + at, readState(said({ uptimeMs: 5_000 + at, ...what })));
  }
  return made;
}

describe("rates", () => {
  it("are what counters rose by, over the time between two answers", () => {
    const [first, second] = history(
      [0, { counters: { deliveries: 1_000, "connections.closed": { client: 1, abuse: 0 } } }],
      [2_000, { counters: { deliveries: 1_500, "connections.closed": { client: 1, abuse: 4 } } }],
    ).samples;
    expect(first?.rates).toBeUndefined();
    expect(second?.rates?.deliveries).toBe(250);
    expect(second?.rates?.closed).toBe(2);
    expect(second?.rises).toEqual(
      new Map([
        ["deliveries", 500],
        ["connections.closed abuse", 4],
      ]),
    );
  });

  it("go by the gateway's clock, as answers take their time", () => {
    const made = history(
      [0, { counters: { deliveries: 0 } }],
      [400, { uptimeMs: 6_000, counters: { deliveries: 100 } }],
    );
    expect(made.samples[1]?.rates?.deliveries).toBe(100);
  });

  it("after a restart begin with what the new process has counted, never below zero", () => {
    const made = history(
      [0, { counters: { deliveries: 9_000 }, latency: { total: { 1024: 900 } } }],
      [1_000, { startedAt: 2_000, counters: { deliveries: 30 }, latency: { total: { 1024: 3 } } }],
      [2_000, { startedAt: 2_000, counters: { deliveries: 50 }, latency: { total: { 1024: 5 } } }],
    );
    expect(made.samples.map(({ rates }) => rates?.deliveries)).toEqual([undefined, 30, 20]);
    expect(made.samples.map(({ latency }) => total(sum([latency.total])))).toEqual([0, 3, 2]);
    expect(made.restarts).toEqual([T + 1_000]);
  });

  it("a process that overtook its forerunner's counters is known by its start", () => {
    const made = history(
      [0, { counters: { deliveries: 10 }, latency: { total: { 1024: 1 } } }],
      [1_000, { startedAt: 2_000, counters: { deliveries: 40 }, latency: { total: { 1024: 9 } } }],
    );
    expect(made.restarts).toHaveLength(1);
    expect(
      total(sum([made.samples[1]?.latency.total ?? { buckets: new Uint16Array(), counts: new Float64Array() }])),
    ).toBe(9);
    expect(made.samples[1]?.rates?.deliveries).toBe(40);
  });

  it("over a time in which nobody looked are not known: an average would hide what happened", () => {
    const made = history(
      [0, { counters: { deliveries: 0 } }],
      [60_000, { counters: { deliveries: 600 }, latency: { total: { 1024: 600 } } }],
      [61_000, { counters: { deliveries: 610 }, latency: { total: { 1024: 610 } } }],
    );
    expect(made.samples.map(({ rates }) => rates?.deliveries)).toEqual([undefined, undefined, 10]);
    expect(made.samples.map(({ p99 }) => p99 === undefined)).toEqual([true, true, false]);
  });
});

describe("losses", () => {
  it("are not what the configuration wishes", () => {
    const [, second] = history(
      [0, { counters: { "events.dropped": { unwatched: 0, rate_limited: 0 }, "deliveries.dropped": 0 } }],
      [1_000, { counters: { "events.dropped": { unwatched: 50, rate_limited: 2 }, "deliveries.dropped": 3 } }],
    ).samples;
    expect(second?.losses).toBe(5);
    expect(second?.rates?.lost).toBe(5);
    expect(isLoss("events.dropped", "sampled")).toBe(false);
    expect(isLoss("http.refused", "timeout")).toBe(true);
    expect(isLoss("connections.closed", "abuse")).toBe(false);
  });

  it("are listed by reason, those of late first, and none that is at zero", () => {
    const made = history(
      [0, { counters: { "events.dropped": { unwatched: 9, failed: 0, oversize: 1 }, "deliveries.overrun": 4 } }],
      [1_000, { counters: { "events.dropped": { unwatched: 9, failed: 0, oversize: 2 }, "deliveries.overrun": 4 } }],
    );
    const state = made.state;
    expect(
      state === undefined ? [] : lines(state, ["events.dropped", "deliveries.overrun", "unheard.of"], made.samples),
    ).toEqual([
      { name: "events.dropped", cause: "oversize", total: 2, recent: 1 },
      { name: "events.dropped", cause: "unwatched", total: 9, recent: 0 },
      { name: "deliveries.overrun", cause: "", total: 4, recent: 0 },
    ]);
  });
});

describe("history", () => {
  it("adds up the loops, and takes the lag of the worst", () => {
    const [sample] = history([
      0,
      { loops: { loop0: loop(2_000, 1), loop1: loop(9_000, 2, 1), loop2: loop(-5) } },
    ]).samples;
    expect(sample?.lagMs).toBe(9);
    expect(sample?.rungs).toEqual({ healthy: 15, queued: 3, merging: 0, dropping: 1, stalled: 0 });
    expect(sample?.backlogBytes).toBe(4_000);
  });

  it("forgets what is older than a quarter of an hour, and what is too much", () => {
    const made = new History();
    for (let at = 0; at <= HISTORY_MS + 10_000; at += 100) {
      made.add(T + at, readState(said({ startedAt: at < 100 ? 1 : 2 })));
    }
    expect(made.samples.length).toBe(1_000);
    expect(made.restarts).toEqual([]);
    expect(made.last(5_000)).toHaveLength(50);
    expect(made.last(HISTORY_MS)).toHaveLength(1_000);
  });

  it("of no answer is empty", () => {
    expect(new History().last(60_000)).toEqual([]);
  });
});

describe("readState", () => {
  it.each([null, {}, [], { gateway: {} }, { gateway: { node: "x" } }])(
    "does not take %j for a gateway's state",
    (json) => expect(() => readState(json)).toThrow(/no Heliograph gateway/),
  );

  it("takes what fails in one section for nothing in that section", () => {
    const state = readState({
      ...(said() as object),
      loops: { error: "this section failed" },
      latency: { error: "x" },
    });
    expect(state.open).toBe(3);
    expect(state.latency.total.buckets).toHaveLength(0);
  });
});
