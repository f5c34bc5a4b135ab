import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type IterateOptions, iterate, type Sink } from "../src/iterate.ts";
import { Bench, settle } from "./fake-gateway.ts";

/** A source in the test's hand. */
function source(options?: IterateOptions): { sink: Sink<number>; loop: AsyncGenerator<number>; offs: () => number } {
  let sink: Sink<number> | undefined;
  let offs = 0;
  const loop = iterate<number>((given) => {
    sink = given;
    return () => void offs++;
  }, options);
  return { sink: sink as unknown as Sink<number>, loop, offs: () => offs };
}

/** What a loop got, and how it ended. */
async function run(loop: AsyncGenerator<number>): Promise<(number | string)[]> {
  const got: (number | string)[] = [];
  try {
    for await (const event of loop) {
      got.push(event);
    }
    got.push("end");
  } catch (error) {
    got.push((error as Error).name);
  }
  return got;
}

describe("a loop over events", () => {
  it("gets what came since it was made, also before it began, and what comes while it waits", async () => {
    const { sink, loop } = source();
    sink.next(1);
    const got = run(loop);
    await settle();
    sink.next(2);
    await settle();
    sink.next(3);
    sink.end();
    expect(await got).toEqual([1, 2, 3, "end"]);
  });

  it("stops listening when it is left", async () => {
    const { sink, loop, offs } = source();
    sink.next(1);
    for await (const _ of loop) {
      break;
    }
    expect(offs()).toBe(1);
  });

  it("throws the error of the end behind what waits", async () => {
    const { sink, loop, offs } = source();
    sink.next(1);
    sink.end(new RangeError());
    expect(await run(loop)).toEqual([1, "RangeError"]);
    expect(offs()).toBe(1);
  });

  it("ends at once and quietly when it is aborted, also before it began", async () => {
    const stop = new AbortController();
    const { sink, loop, offs } = source({ signal: stop.signal });
    const got = run(loop);
    await settle();
    sink.next(1);
    await settle();
    sink.next(2);
    stop.abort();
    expect(await got).toEqual([1, "end"]);
    expect(offs()).toBe(1);
    const late = source({ signal: stop.signal });
    expect(late.offs()).toBe(1);
    expect(await run(late.loop)).toEqual(["end"]);
  });

  it("that is behind gets the newest, only the newest, or an error", async () => {
    const dropped: number[] = [];
    for (const [overflow, expected] of [
      ["drop-oldest", [3, 4, 5, "end"]],
      ["latest", [5, "end"]],
      ["error", [1, 2, 3, "OverflowError"]],
    ] as const) {
      const { sink, loop } = source({ max: 3, overflow, onDrop: (count) => dropped.push(count) });
      for (let i = 1; i <= 5; i++) {
        sink.next(i);
      }
      sink.end();
      expect(await run(loop)).toEqual(expected);
    }
    expect(dropped).toEqual([1, 2, 1, 2, 3, 4]);
  });

  it("never gets an event twice or out of order, and every one that it does not get is counted", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.constantFrom("next", "turn"), { maxLength: 40 }),
        async (max, steps) => {
          let dropped = 0;
          const { sink, loop } = source({ max, onDrop: (count) => (dropped = count) });
          const got = run(loop);
          let sent = 0;
          for (const step of steps) {
            if (step === "next") {
              sink.next(++sent);
            } else {
              await Promise.resolve();
            }
          }
          sink.end();
          const events = (await got).slice(0, -1) as number[];
          expect(events).toEqual([...new Set(events)].sort((a, b) => a - b));
          expect(events.length + dropped).toBe(sent);
        },
      ),
    );
  });
});

describe("a loop over a channel", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("goes on over reconnects and ends with the subscription", async () => {
    const bench = new Bench();
    const channel = bench.client.channel<number>("a").subscribe();
    const got: number[] = [];
    const done = (async () => {
      for await (const { data } of channel) {
        got.push(data);
      }
    })();
    await bench.connected();
    bench.socket.acceptSubscribe();
    bench.socket.publish("a", 1);
    await settle();
    bench.socket.hangUp(1006);
    await vi.advanceTimersByTimeAsync(350);
    bench.socket.accept();
    bench.socket.authenticate();
    bench.socket.acceptSubscribe();
    bench.socket.publish("a", 2);
    await settle();
    channel.unsubscribe();
    await done;
    expect(got).toEqual([1, 2]);
  });

  it("ends by the error of a subscription that fails", async () => {
    const bench = new Bench();
    const loop = bench.client.channel<number>("a").subscribe().publications();
    await bench.connected();
    bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no" } }));
    await expect(loop.next()).rejects.toThrow("FORBIDDEN: no");
  });
});
