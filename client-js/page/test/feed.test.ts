import { HeliographClient, type TokenProvider } from "@heliograph/client";
import { GraphMatcher } from "@heliograph/client/graph";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket, settle } from "../../sdk/test/fake-gateway.ts";
import { Feed } from "../src/live/feed.ts";
import { envelope } from "./events.ts";
import { definitions, graph } from "./sample.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const CHANNEL = "private-prod-segment-events";

/** The real client on fake sockets, and what the graph is told. */
class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly lit: string[] = [];
  frames = 0;
  readonly feed: Feed = new Feed(graph, new GraphMatcher(graph.nodes, definitions), {
    now: () => Date.now(),
    onFrame: (task, delayMs) =>
      void setTimeout(() => {
        this.frames++;
        task();
      }, delayMs),
    client: (options) =>
      new HeliographClient({
        ...options,
        random: () => 0,
        transport: (_, listener) => {
          const socket = new FakeSocket(listener);
          this.sockets.push(socket);
          return socket;
        },
      }),
  });

  constructor() {
    this.feed.setLight({
      onSighting: (nodes, legs) => {
        const edges = legs.filter(({ kind }) => kind !== "ambiguous").flatMap((leg) => leg.edges);
        this.lit.push(...nodes.map(({ id }) => id), ...edges.map(({ from, to }) => `${from.id}>${to.id}`));
      },
    });
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  async live(token: TokenProvider = "t"): Promise<this> {
    this.feed.on({ url: "ws://x/ws", channel: CHANNEL, token });
    await settle();
    this.socket.accept();
    this.socket.authenticate();
    this.socket.acceptSubscribe();
    return this;
  }

  say(offset: number, fields: Record<string, unknown>): void {
    this.socket.publish(CHANNEL, offset, envelope(fields));
  }
}

describe("Feed", () => {
  it("lights the right node and not the other one of the same name", async () => {
    const bench = await new Bench().live();
    bench.say(1, { event_name: "Checkout Step Completed", properties: { step: "payment" } });
    expect(bench.lit).toEqual(["payment"]);
    expect(bench.feed.session.counters).toMatchObject({ received: 1, shown: 1, unmapped: 0 });
  });

  it("lights at once, and tells lists and numbers at most ten times a second", async () => {
    const bench = await new Bench().live();
    await vi.advanceTimersByTimeAsync(1_000);
    bench.frames = 0;
    for (let offset = 1; offset <= 1_000; offset++) {
      bench.say(offset, { event_name: "Product Viewed" });
      await vi.advanceTimersByTimeAsync(1);
    }
    await vi.advanceTimersByTimeAsync(200);
    expect(bench.lit.filter((id) => id === "product")).toHaveLength(1_000);
    expect(bench.frames).toBeLessThanOrEqual(12);
    expect(bench.feed.session.counters.shown).toBe(1_000);
  });

  it("shows a copy once, and lights nothing for what no node waits for", async () => {
    const bench = await new Bench().live();
    bench.say(1, { event_name: "Product Viewed", message_id: "same" });
    bench.say(2, { event_name: "Product Viewed", message_id: "same" });
    bench.say(3, { event_name: "Newsletter Opened" });
    bench.socket.publish(CHANNEL, 4, { not: "an event" });
    expect(bench.lit).toEqual(["product"]);
    expect(bench.feed.session.counters).toMatchObject({
      received: 4,
      shown: 2,
      duplicates: 1,
      unmapped: 1,
      unreadable: 1,
    });
  });

  it("goes on over a reconnect: countdown, then what was missed, none twice", async () => {
    const bench = await new Bench().live();
    bench.say(1, { event_name: "Product Viewed" });
    bench.socket.hangUp(1006);
    expect(bench.feed.connection.value).toMatchObject({ state: "reconnecting", retryAt: Date.now() + 100 });
    await vi.advanceTimersByTimeAsync(100);
    bench.socket.accept();
    bench.socket.authenticate();
    bench.socket.acceptSubscribe();
    bench.say(1, { event_name: "Product Viewed" });
    bench.say(2, { event_name: "Product Added" });
    expect(bench.feed.connection.value).toMatchObject({ state: "live", userId: "u_1" });
    expect(bench.feed.notice.value).toBeUndefined();
    expect(bench.lit).toEqual(["product", "cart", "product>cart"]);
  });

  it("says what to do when a channel is refused, and counts what was lost", async () => {
    const bench = new Bench();
    bench.feed.on({ url: "ws://x/ws", channel: CHANNEL, token: "t" });
    await settle();
    bench.socket.accept();
    bench.socket.authenticate();
    bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no grant" } }));
    expect(bench.feed.notice.value).toMatchObject({
      kind: "error",
      advice: expect.stringContaining("grants include this channel"),
    });
    const other = await new Bench().live();
    const at = { epoch: "e1", offset: 3 };
    other.socket.say({
      type: "lost",
      channel: CHANNEL,
      payload: { count: 3, from: at, to: at, reason: "slow_consumer" },
    });
    expect(other.feed.session.counters.lost).toBe(3);
    expect(other.feed.notice.value?.text).toContain("3 events did not reach this page (slow_consumer)");
  });

  it("stops with the close code that the page asks for a token by", async () => {
    const bench = await new Bench().live();
    bench.socket.hangUp(4401, "expired");
    expect(bench.feed.connection.value).toEqual({ state: "failed", why: "expired (4401)", code: 4401 });
  });

  it("is silent when off, and counts from zero when on again", async () => {
    const bench = await new Bench().live();
    bench.say(1, { event_name: "Product Viewed" });
    const old = bench.socket;
    bench.feed.off();
    expect(old.closedWith).toBe(1000);
    old.publish(CHANNEL, 2, envelope());
    expect(bench.feed.session.counters.received).toBe(1);
    await bench.live();
    expect(bench.feed.session.counters.received).toBe(0);
  });
});
