import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hold } from "../src/holders.ts";
import { Recent } from "../src/watch/recent.ts";
import { Ring } from "../src/watch/ring.ts";
import { toNdjson, type WatchCounters, WatchSession } from "../src/watch.ts";
import { Bench, settle } from "./fake-gateway.ts";

interface Seen {
  readonly message_id: string;
  readonly name: string;
}

const event = (id: number, name = "a"): Seen => ({ message_id: `m${id}`, name });

/** A session whose paintings are the test's. */
class Screen {
  now = 1_000;
  #tasks: (() => void)[] = [];
  readonly session: WatchSession<Seen>;

  constructor(capacity = 1_000) {
    this.session = new WatchSession<Seen>({
      capacity,
      now: () => this.now,
      onFrame: (task) => this.#tasks.push(task),
    });
  }

  get framesAsked(): number {
    return this.#tasks.length;
  }

  paint(): this {
    for (const task of this.#tasks.splice(0)) {
      task();
    }
    return this;
  }

  /** The ids in view. */
  get view(): string[] {
    return this.session.items.value.map(({ event: { message_id } }) => message_id);
  }

  push(from: number, to = from, name = "a"): void {
    for (let id = from; id <= to; id++) {
      this.session.push(event(id, name));
    }
  }
}

const counters = (screen: Screen): Partial<WatchCounters> =>
  Object.fromEntries(Object.entries(screen.paint().session.counters.value).filter(([, count]) => count !== 0));

describe("Ring", () => {
  it("holds the last so many, oldest first, and gives back what it pushed out", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.option(fc.nat(), { freq: 10 })), (capacity, steps) => {
        const ring = new Ring<number>(capacity);
        let model: number[] = [];
        for (const step of steps) {
          if (step === null) {
            ring.clear();
            model = [];
          } else {
            const evicted = ring.add(step);
            model.push(step);
            expect(evicted).toBe(model.length > capacity ? model.shift() : undefined);
          }
          expect([...ring]).toEqual(model);
          expect(ring.size).toBe(model.length);
        }
      }),
    );
  });
});

describe("Recent", () => {
  it("knows the last so many ids that were seen, and no others", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e", "f");
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(id), (capacity, ids) => {
        const recent = new Recent(capacity);
        let model: string[] = [];
        for (const seen of ids) {
          expect(recent.see(seen)).toBe(model.includes(seen));
          model = [...model.filter((other) => other !== seen), seen].slice(-capacity);
          expect(recent.size).toBe(model.length);
        }
      }),
    );
  });
});

describe("WatchSession", () => {
  it("takes only a capacity that it can hold", () => {
    for (const capacity of [999, 65_537, 1_000.5, Number.NaN]) {
      expect(() => new WatchSession({ capacity })).toThrow(RangeError);
    }
    expect(() => new WatchSession({ capacity: 65_536 })).not.toThrow();
  });

  it("changes its signals at most once per painting, however much comes", () => {
    const screen = new Screen();
    const sizes: number[] = [];
    screen.session.items.subscribe((items) => sizes.push(items.length));
    screen.push(1, 500);
    expect(screen.framesAsked).toBe(1);
    screen.paint();
    expect(screen.framesAsked).toBe(0);
    screen.push(501);
    screen.paint();
    expect(sizes).toEqual([0, 500, 501]);
  });

  it("tells each new event at once to who listens, for light must not wait for a painting", () => {
    const screen = new Screen();
    const told: string[] = [];
    screen.session.on("shown", ({ event: { message_id }, number, at }) => told.push(`${number} ${message_id} ${at}`));
    screen.push(1);
    screen.now = 2_000;
    screen.push(2);
    screen.push(1);
    expect(told).toEqual(["1 m1 1000", "2 m2 2000"]);
  });

  it("shows a copy once, over twice its capacity, and counts it", () => {
    const screen = new Screen();
    screen.push(1, 2_000);
    screen.push(1);
    expect(screen.session.push(event(2))).toBeUndefined();
    expect(counters(screen)).toEqual({ received: 2_002, shown: 1_000, duplicates: 2, evicted: 1_000 });
    screen.push(3_000, 4_999);
    expect(screen.session.push(event(3))).toBeDefined();
  });

  it("takes up what has no id as often as it comes", () => {
    const session = new WatchSession<unknown>();
    expect(session.push("x")).toMatchObject({ number: 1 });
    expect(session.push("x")).toMatchObject({ number: 2 });
    expect(session.push({ messageId: "segment" })).toMatchObject({ number: 3 });
    expect(session.push({ message_id: "segment" })).toBeUndefined();
  });

  it("stands still while paused, says how much waits, and catches up in order", () => {
    const screen = new Screen();
    const told: number[] = [];
    screen.session.on("shown", ({ number }) => told.push(number));
    screen.push(1, 3);
    screen.session.pause();
    screen.push(4, 5);
    screen.push(4);
    screen.paint();
    expect(screen.view).toEqual(["m1", "m2", "m3"]);
    expect(screen.session.pausedSince.value).toEqual({ waiting: 2, evicted: 0 });
    expect(counters(screen)).toEqual({ received: 6, shown: 3, paused: 2, duplicates: 1 });

    screen.session.catchUp();
    expect(told).toEqual([1, 2, 3, 4, 5]);
    expect(screen.paint().view).toEqual(["m1", "m2", "m3", "m4", "m5"]);
    expect(screen.session.pausedSince.value).toEqual({ waiting: 0, evicted: 0 });
  });

  it("keeps the view of a pause although what is in it makes room, and counts what waited in vain", () => {
    const screen = new Screen();
    screen.push(1, 1_000);
    screen.session.pause();
    screen.push(1_001, 2_500);
    screen.paint();
    expect(screen.view).toHaveLength(1_000);
    expect(screen.view[0]).toBe("m1");
    expect(screen.session.pausedSince.value).toEqual({ waiting: 1_000, evicted: 500 });
    screen.session.catchUp();
    expect(screen.paint().view[0]).toBe("m1501");
    expect(counters(screen)).toEqual({ received: 2_500, shown: 1_000, evicted: 1_500 });
  });

  it("jumps to what is live over what came during the pause, which stays held and counted", () => {
    const screen = new Screen();
    const told: number[] = [];
    screen.session.on("shown", ({ number }) => told.push(number));
    screen.push(1);
    screen.session.pause();
    screen.push(2, 3);
    screen.session.jumpToLive();
    screen.push(4);
    expect(screen.paint().view).toEqual(["m1", "m4"]);
    expect(told).toEqual([1, 4]);
    expect(counters(screen)).toEqual({ received: 4, shown: 2, paused: 2 });
    expect(screen.session.export().split("\n")).toHaveLength(5);
  });

  it("applies a filter at once to what is there, also during a pause, and gives everything back without it", () => {
    const screen = new Screen();
    screen.push(1, 2, "a");
    screen.push(3, 4, "b");
    screen.session.setFilter({ eq: ["name", "b"] });
    screen.push(5, 5, "a");
    expect(screen.paint().view).toEqual(["m3", "m4"]);
    expect(counters(screen)).toEqual({ received: 5, shown: 2, filtered: 3 });
    screen.session.pause();
    screen.push(6, 6, "b");
    screen.session.setFilter(({ name }) => name === "a");
    expect(screen.view).toEqual(["m1", "m2", "m5"]);
    screen.session.setFilter(undefined);
    screen.session.catchUp();
    expect(screen.paint().view).toEqual(["m1", "m2", "m3", "m4", "m5", "m6"]);
  });

  it("tells of each new event once, before it is in view and whether it is or not", () => {
    const screen = new Screen();
    const told: string[] = [];
    screen.session.on("held", ({ event }) => told.push(`held ${event.message_id}`));
    screen.session.on("shown", ({ event }) => told.push(`shown ${event.message_id}`));
    screen.session.setFilter({ eq: ["name", "b"] });
    screen.push(1, 1, "a");
    screen.push(2, 2, "b");
    screen.push(2, 2, "b");
    screen.session.pause();
    screen.push(3, 3, "b");
    expect(told).toEqual(["held m1", "held m2", "shown m2", "held m3"]);
    expect(screen.session.held.map(({ number }) => number)).toEqual([1, 2, 3]);
    screen.session.catchUp();
    expect(told.slice(4)).toEqual(["shown m3"]);
  });

  it("is cleared without forgetting what it has shown, and restarted as another session", () => {
    const screen = new Screen();
    const { id } = screen.session;
    screen.push(1, 2);
    screen.session.clear();
    expect(screen.view).toEqual([]);
    screen.push(2, 3);
    expect(screen.paint().view).toEqual(["m3"]);
    expect(counters(screen)).toEqual({ received: 2, shown: 1, duplicates: 1 });
    screen.now = 9_000;
    screen.session.restart();
    screen.push(2);
    expect(screen.paint().view).toEqual(["m2"]);
    expect(screen.session.items.value[0]?.number).toBe(1);
    expect(screen.session.id).not.toBe(id);
    expect(id).toMatch(/^[\w-]{1,64}$/);
    expect(screen.session.startedAt).toBe(9_000);
  });

  it("keeps the log of a session that is stopped, or discards it, and takes up nothing more", () => {
    const screen = new Screen();
    screen.push(1, 2);
    screen.now = 5_000;
    const log = screen.session.stop();
    screen.push(3);
    expect(log).toMatchObject({ id: screen.session.id, startedAt: 1_000, stoppedAt: 5_000, counters: { received: 2 } });
    expect(log?.items.map(({ event: { message_id } }) => message_id)).toEqual(["m1", "m2"]);
    expect(screen.paint().view).toEqual(["m1", "m2"]);
    screen.session.restart();
    screen.push(7);
    expect(screen.session.log).toBe(log);
    expect(screen.session.stop({ keep: false })).toBeUndefined();
    expect(screen.session.log).toBeUndefined();
    expect(screen.paint().view).toEqual([]);
  });

  it("no longer shows what made room during the pause that a stop ends", () => {
    const screen = new Screen();
    screen.push(1);
    screen.session.pause();
    screen.push(2, 1_001);
    expect(screen.paint().view).toEqual(["m1"]);
    screen.session.stop();
    expect(screen.paint().view).toEqual([]);
    expect(screen.session.counters.value).toMatchObject({ shown: 0, evicted: 1, paused: 1_000 });
  });

  it("exports a line for each item", () => {
    const screen = new Screen();
    screen.now = Date.UTC(2026, 1, 3, 12);
    screen.push(1);
    expect(screen.session.export()).toBe(
      '{"number":1,"event":{"message_id":"m1","name":"a"},"at":"2026-02-03T12:00:00.000Z"}\n',
    );
    expect(toNdjson([])).toBe("");
  });

  it("whatever is done to it: nothing goes without a number, no copy is shown, and the view is in order", () => {
    const step = fc.oneof(
      { weight: 8, arbitrary: fc.record({ push: fc.nat(1_500), times: fc.integer({ min: 1, max: 400 }) }) },
      fc.constantFrom("pause", "catchUp", "jumpToLive", "clear", "paint", "even", "all", "stop", "restart"),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const screen = new Screen();
        const { session } = screen;
        const told: number[] = [];
        let restarts = 0;
        session.on("shown", ({ number }) => told.push(number + 1e6 * restarts));
        for (const action of steps) {
          if (typeof action === "object") {
            screen.push(action.push, action.push + action.times, action.push % 2 === 0 ? "even" : "odd");
          } else if (action === "paint") {
            screen.paint();
          } else if (action === "even" || action === "all") {
            session.setFilter(action === "all" ? undefined : ({ name }) => name === "even");
          } else {
            restarts += action === "restart" ? 1 : 0;
            session[action]();
          }
          screen.paint();
          const { received, shown, duplicates, evicted, filtered, paused } = session.counters.value;
          expect(received).toBe(shown + duplicates + evicted + filtered + paused);
          expect(shown + filtered + paused).toBeLessThanOrEqual(1_000);
          const numbers = session.items.value.map(({ number }) => number);
          expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
          expect(new Set(screen.view).size).toBe(numbers.length);
          if (session.state.value !== "paused") {
            expect(numbers).toHaveLength(shown);
          }
        }
        expect(new Set(told).size).toBe(told.length);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a session that watches a channel", () => {
  async function watching(): Promise<{ bench: Bench; screen: Screen }> {
    const bench = await new Bench().connected();
    const screen = new Screen();
    screen.session.watch(bench.client.channel<Seen>("events"), { sampleRate: 0.5 });
    await settle();
    bench.socket.acceptSubscribe();
    return { bench, screen };
  }

  const asked = (bench: Bench): unknown =>
    (bench.socket.sent("subscribe").at(-1)?.["payload"] as { channels: unknown[] } | undefined)?.channels[0];

  it("names itself and its restrictions to the gateway, and shows what comes", async () => {
    const { bench, screen } = await watching();
    expect(asked(bench)).toEqual({ channel: "events", sampleRate: 0.5, watchSessionId: screen.session.id });
    bench.socket.publish("events", 1, event(1));
    bench.socket.publish("events", 2, event(1));
    expect(screen.paint().view).toEqual(["m1"]);
    screen.session.restrict({ filter: { eq: ["name", "b"] }, maxPerSecond: 5 });
    await settle();
    expect(asked(bench)).toEqual({
      channel: "events",
      sampleRate: 0.5,
      maxPerSecond: 5,
      filter: { eq: ["name", "b"] },
      watchSessionId: screen.session.id,
    });
  });

  it("counts what did not come, with the reason, and each of the gateway's counts once", async () => {
    const { bench, screen } = await watching();
    const stats = (sampled: number, filtered: number, watchSessionId = screen.session.id): void =>
      bench.socket.say({
        type: "stats",
        channel: "events",
        payload: { watchSessionId, sent: 0, filtered, sampled, skipped: 9 },
      });
    const gap = { from: { epoch: "e1", offset: 1 }, to: { epoch: "e1", offset: 2 } };
    stats(10, 1);
    stats(700, 700, "of another session");
    stats(15, 4);
    bench.socket.say({ type: "skipped", channel: "events", payload: { count: 2, ...gap } });
    bench.socket.say({ type: "lost", channel: "events", payload: { count: 3, ...gap, reason: "slow_consumer" } });
    screen.session.restrict({ sampleRate: 0.1 });
    await settle();
    bench.socket.acceptSubscribe();
    stats(1, 0);
    expect(counters(screen)).toEqual({ sampled: 16, withheld: 4, skipped: 2, lost: 3 });
  });

  it("goes on counting where the gateway's counts begin anew without another subscription", async () => {
    const { bench, screen } = await watching();
    const stats = (sent: number, filtered: number, sampled: number, skipped: number): void =>
      bench.socket.say({
        type: "stats",
        channel: "events",
        payload: { watchSessionId: screen.session.id, sent, filtered, sampled, skipped },
      });
    stats(9, 20, 100, 0);
    stats(5, 1, 5, 0);
    stats(1, 30, 40, 0);
    stats(1, 31, 41, 1);
    stats(1, 32, 42, 0);
    expect(counters(screen)).toMatchObject({ sampled: 100 + 5 + 40 + 1 + 42, withheld: 20 + 1 + 30 + 1 + 32 });
  });

  it("leaves the channel to who else holds it, with all that there is", async () => {
    const bench = await new Bench().connected();
    const off = hold(bench.client.channel("a"));
    const screen = new Screen();
    screen.session.watch(bench.client.channel<Seen>("a"), { filter: { eq: ["name", "a"] }, sampleRate: 0.5 });
    await settle();
    bench.socket.acceptSubscribe();
    screen.session.stop();
    await settle();
    expect(bench.socket.sent("unsubscribe")).toEqual([]);
    expect(bench.socket.sent("subscribe").at(-1)?.["payload"]).toEqual({ channels: [{ channel: "a" }] });
    off();
    expect(bench.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("leaves the channel when it is stopped, and comes back by another name when it is restarted", async () => {
    const { bench, screen } = await watching();
    const { id } = screen.session;
    screen.session.stop();
    bench.socket.publish("events", 1, event(1));
    expect(bench.socket.sent("unsubscribe")).toHaveLength(1);
    screen.session.restart();
    await settle();
    expect(asked(bench)).toMatchObject({ channel: "events", watchSessionId: screen.session.id });
    expect(screen.session.id).not.toBe(id);
    bench.socket.acceptSubscribe();
    bench.socket.publish("events", 2, event(2));
    expect(screen.paint().view).toEqual(["m2"]);
  });

  it("watches no more after off", async () => {
    const bench = await new Bench().connected();
    const screen = new Screen();
    const off = screen.session.watch(bench.client.channel<Seen>("events"));
    off();
    screen.session.restart();
    await settle();
    expect(bench.socket.sent("subscribe")).toEqual([]);
  });
});
