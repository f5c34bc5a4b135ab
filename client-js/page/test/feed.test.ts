import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../sdk/test/fake-gateway.ts";
import { Bench, CHANNEL, SOURCE } from "./bench.ts";
import { envelope } from "./events.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const late = (seconds: number): object => ({
  occurred_at: new Date(Date.parse("2026-02-03T12:00:00Z") - seconds * 1_000).toISOString(),
});

describe("Feed", () => {
  it("lights the right node and not the other one of the same name", async () => {
    const bench = await new Bench().live();
    bench.track("Checkout Step Completed", { properties: { step: "payment" } });
    expect(bench.lit).toEqual(["payment"]);
    await bench.paint();
    expect(bench.feed.counters).toMatchObject({ received: 1, shown: 1, unmapped: 0 });
    expect(bench.tallies).toEqual({ payment: 1 });
  });

  it("lights at once, and tells lists and numbers at most ten times a second", async () => {
    const bench = await new Bench().live();
    await vi.advanceTimersByTimeAsync(1_000);
    bench.frames = 0;
    for (let i = 0; i < 1_000; i++) {
      bench.track("Product Viewed");
      await vi.advanceTimersByTimeAsync(1);
    }
    expect(bench.lit.filter((id) => id === "product")).toHaveLength(1_000);
    await bench.paint();
    expect(bench.frames).toBeLessThanOrEqual(12);
    expect(bench.frames).toBeGreaterThanOrEqual(5);
    expect(bench.feed.counters.shown).toBe(1_000);
  });

  it("goes on telling after the clock was set back", async () => {
    const bench = await new Bench().live();
    await bench.track("Product Viewed").paint();
    vi.setSystemTime(Date.now() - 3_600_000);
    await bench.track("Product Viewed").paint();
    expect(bench.view).toHaveLength(2);
  });

  it("shows a copy once, lights nothing for what no node waits for, and has a number for everything", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed", { message_id: "same" }).track("Product Viewed", { message_id: "same" });
    bench.track("Newsletter Opened");
    bench.socket.publish(CHANNEL, 4, { not: "an event" });
    expect(bench.lit).toEqual(["product"]);
    await bench.paint();
    expect(bench.feed.counters).toMatchObject({ received: 4, shown: 2, duplicates: 1, unmapped: 1, unreadable: 1 });
    expect(bench.feed.tracker.unmapped.events).toMatchObject([{ name: "Newsletter Opened", count: 1 }]);
  });

  it("tells what the gateway did not send, and why", async () => {
    const bench = await new Bench().live();
    const at = { epoch: "e1", offset: 3 };
    const watchSessionId = bench.feed.session.id;
    bench.socket.say({ type: "skipped", channel: CHANNEL, payload: { count: 7, from: at, to: at } });
    bench.socket.say({
      type: "lost",
      channel: CHANNEL,
      payload: { count: 3, from: at, to: at, reason: "slow_consumer" },
    });
    bench.socket.say({ type: "stats", channel: CHANNEL, payload: { watchSessionId, sampled: 11, filtered: 0 } });
    await bench.paint();
    expect(bench.feed.counters).toMatchObject({ received: 0, skipped: 7, lost: 3, sampled: 11 });
    expect(bench.feed.link.notice.value?.text).toContain("3 events did not reach this page (slow_consumer)");
  });

  it("measures how late what came was by the gateway's clock", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed", { arrived_at: new Date(Date.now() - 250).toISOString() });
    expect(bench.feed.lag.lastMs).toBe(250);
    expect(bench.feed.lag.p95(Date.now())).toBe(256);
  });

  it("goes on over a reconnect: countdown, then what was missed, none twice", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed");
    bench.socket.hangUp(1006);
    expect(bench.feed.link.connection.value).toMatchObject({ state: "reconnecting", retryAt: Date.now() + 100 });
    expect(bench.feed.subscribed.value).toBe(false);
    await vi.advanceTimersByTimeAsync(100);
    bench.socket.accept();
    bench.socket.authenticate();
    bench.socket.acceptSubscribe();
    bench.say({ event_name: "Product Viewed" }, 1);
    bench.say({ event_name: "Product Added" }, 2);
    expect(bench.feed.link.connection.value).toMatchObject({ state: "live", userId: "u_1" });
    expect(bench.feed.link.notice.value).toBeUndefined();
    expect(bench.lit).toEqual(["product", "cart", "direct product>cart"]);
  });

  it("says what to do when a channel is refused", async () => {
    const bench = new Bench();
    bench.feed.on({ url: "ws://x/ws", channel: CHANNEL, token: "t" });
    await settle();
    bench.socket.accept();
    bench.socket.authenticate();
    bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no grant" } }));
    expect(bench.feed.link.notice.value).toMatchObject({
      kind: "error",
      advice: expect.stringContaining("grants include this channel"),
    });
  });

  it("stops with the close code that the page asks for a token by, and goes on in the same session with another", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed");
    bench.socket.hangUp(4401, "expired");
    expect(bench.feed.link.connection.value).toEqual({ state: "failed", why: "expired (4401)", code: 4401 });
    await bench.live("another");
    await bench.paint();
    expect(bench.feed.counters.received).toBe(1);
  });

  it("is silent when off, and counts from zero in another session when on again", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed");
    const old = bench.socket;
    const { id } = bench.feed.session;
    expect(bench.feed.off()).toMatchObject({ id, items: [{ number: 1 }] });
    expect(bench.feed.off()).toBeUndefined();
    expect(old.closedWith).toBe(1000);
    old.publish(CHANNEL, 2, envelope());
    await bench.paint();
    expect([bench.feed.counters.received, bench.view]).toEqual([1, ["Product Viewed"]]);
    await bench.live();
    await bench.paint();
    expect([bench.feed.counters.received, bench.view, bench.tallies]).toEqual([0, [], {}]);
    expect(bench.feed.session.id).not.toBe(id);
  });

  it("sleeps without ending the session, and asks for what was missed when it wakes", async () => {
    const bench = await new Bench().live();
    bench.track("Product Viewed");
    bench.feed.link.sleep();
    expect([bench.socket.closedWith, bench.feed.link.connection.value.state]).toEqual([1000, "asleep"]);
    bench.feed.link.retry();
    await settle();
    bench.socket.accept();
    bench.socket.authenticate();
    expect(bench.asked?.["recover"]).toEqual({ epoch: "e1", offset: 1 });
    await bench.paint();
    expect(bench.feed.counters.received).toBe(1);
  });

  it("does not sleep where nothing is listened to", () => {
    const bench = new Bench();
    bench.feed.link.sleep();
    expect(bench.feed.link.connection.value.state).toBe("off");
  });
});

describe("a pause", () => {
  it("stands still, picture and traces, too, while what comes is held; then shows it in order", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" });
    bench.feed.pause();
    bench.track("Products Searched", { trace_id: "t" }).track("Newsletter Opened");
    await bench.paint();
    expect([bench.view, bench.lit]).toEqual([["Landing"], ["landing"]]);
    expect([bench.feed.tracker.traces.trace("t")?.count, bench.feed.counters.unmapped]).toEqual([1, 0]);
    expect(bench.feed.session.pausedSince.value).toEqual({ waiting: 2, evicted: 0 });
    bench.feed.resume("catch up");
    await bench.paint();
    expect(bench.view).toEqual(["Landing", "Products Searched", "Newsletter Opened"]);
    expect(bench.lit).toEqual(["landing", "search", "direct landing>search"]);
    expect(bench.tallies).toEqual({ landing: 1, search: 1 });
    expect(bench.feed.counters.unmapped).toBe(1);
  });

  it("is jumped over: not in view and not lit, but the trace is whole", async () => {
    const bench = await new Bench().live();
    bench.feed.pause();
    bench.track("Landing", { trace_id: "t" });
    bench.feed.resume("jump to live");
    bench.track("Products Searched", { trace_id: "t" });
    await bench.paint();
    expect([bench.view, bench.tallies]).toEqual([["Products Searched"], { search: 1 }]);
    expect(bench.lit).toEqual(["search", "direct landing>search"]);
    expect(bench.feed.tracker.traces.trace("t")?.count).toBe(2);
    expect(bench.feed.counters).toMatchObject({ received: 2, shown: 1, paused: 1 });
  });

  it("holds no more than there is room for", async () => {
    const bench = await new Bench().live();
    bench.feed.pause();
    for (let i = 0; i < 10_100; i++) {
      bench.track("Landing", { trace_id: "t" });
    }
    await bench.paint();
    expect(bench.feed.session.pausedSince.value).toEqual({ waiting: 10_000, evicted: 100 });
    bench.feed.resume("catch up");
    expect(bench.feed.tracker.traces.trace("t")?.count).toBe(10_000);
  });

  it("counts what no node waits for, also where it made room before the pause ended", async () => {
    const bench = await new Bench().live();
    bench.feed.pause();
    for (let i = 0; i < 10_100; i++) {
      bench.track("Newsletter Opened");
    }
    bench.feed.resume("catch up");
    expect(bench.feed.counters.unmapped).toBe(10_100);
    expect(bench.feed.tracker.unmapped.events).toMatchObject([{ name: "Newsletter Opened", count: 10_100 }]);
  });

  it.each<[string, (bench: Bench) => void]>([
    ["events are told apart by another thing", ({ feed }) => feed.correlate("user")],
    ["another graph is loaded", ({ feed }) => feed.setGraph(SOURCE)],
  ])("forgets nothing of it when %s meanwhile", async (_what, act) => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t", user: "t" });
    bench.feed.pause();
    bench.track("Products Searched", { trace_id: "t", user: "t" }).track("Newsletter Opened");
    act(bench);
    expect([bench.feed.tracker.traces.trace("t")?.count, bench.feed.counters.unmapped]).toEqual([1, 0]);
    bench.feed.resume("catch up");
    await bench.paint();
    expect([bench.feed.tracker.traces.trace("t")?.count, bench.feed.counters.unmapped]).toEqual([2, 1]);
    expect(bench.feed.tracker.unmapped.events).toMatchObject([{ name: "Newsletter Opened", count: 1 }]);
    expect(bench.lit).toEqual(["landing", "search", "direct landing>search"]);
  });
});

describe("a filter", () => {
  it("holds for what is there and what comes, in list, picture and tallies; traces stay whole", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" }).track("Products Searched", { trace_id: "t" });
    bench.feed.setFilter(({ event }) => event.name === "Products Searched");
    bench.track("Product Viewed", { trace_id: "t" });
    await bench.paint();
    expect([bench.view, bench.tallies]).toEqual([["Products Searched"], { search: 1 }]);
    expect(bench.lit).not.toContain("product");
    expect(bench.feed.counters).toMatchObject({ received: 3, shown: 1, filtered: 2 });
    expect(bench.feed.tracker.traces.trace("t")?.count).toBe(3);
    bench.feed.setFilter(undefined);
    await bench.paint();
    expect(bench.tallies).toEqual({ landing: 1, search: 1, product: 1 });
  });
});

describe("a trace that is followed", () => {
  it("alone lights, and its whole way is told with each step", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" });
    bench.feed.tracker.follow("t");
    bench.track("Products Searched", { trace_id: "t" }).track("Order Completed", { trace_id: "u" });
    expect(bench.lit).toEqual(["landing", "search", "direct landing>search"]);
    await bench.paint();
    expect(bench.feed.tracker.path.value?.map(({ kind, to }) => [kind, to.id])).toEqual([["direct", "search"]]);
    bench.feed.tracker.follow(undefined);
    expect(bench.feed.tracker.path.value).toBeUndefined();
  });

  it("has its way told again only for events of its own, and when all begins anew", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" }).track("Products Searched", { trace_id: "t" });
    bench.feed.tracker.follow("t");
    const { path } = bench.feed.tracker;
    const before = path.value;
    bench.track("Landing", { trace_id: "u" });
    await bench.paint();
    expect(path.value).toBe(before);
    bench.feed.clear();
    bench.track("Products Searched", { trace_id: "t" }).track("Landing", { trace_id: "t" });
    await bench.paint();
    expect(path.value?.map(({ kind, to }) => [kind, to.id])).toEqual([["jump", "landing"]]);
  });

  it("is known from all that is held, also where it had made room, and then makes room no longer", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" }).track("Products Searched", { trace_id: "t" });
    const others = (): void => {
      for (let i = 0; i < 250; i++) {
        bench.track("Landing", { trace_id: `o-${i}` });
      }
    };
    others();
    expect(bench.feed.tracker.traces.trace("t")).toBeUndefined();
    bench.desk.follow("t");
    expect(bench.feed.tracker.path.value?.map(({ kind, to }) => [kind, to.id])).toEqual([["direct", "search"]]);
    others();
    expect(bench.feed.tracker.traces.trace("t")?.count).toBe(2);
  });

  it("is another one by user, of what is held already", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t", user: "p_1" }).track("Products Searched", { trace_id: "u", user: "p_1" });
    bench.feed.tracker.follow("t");
    bench.feed.correlate("user");
    expect(bench.feed.tracker.traces.traces).toMatchObject([{ id: "p_1", count: 2 }]);
    expect([bench.feed.tracker.followed.value, bench.feed.tracker.hasUsers]).toEqual([undefined, true]);
  });

  it("takes a late event up where it occurred", async () => {
    const bench = await new Bench().live();
    bench.track("Products Searched", { trace_id: "t" });
    bench.track("Landing", { trace_id: "t", late: true, ...late(90) });
    expect(bench.feed.tracker.traces.timeline("t").map(({ event }) => event.name)).toEqual([
      "Landing",
      "Products Searched",
    ]);
    expect(bench.lit).toEqual(["search", "landing"]);
  });
});

describe("another graph", () => {
  it("is lit by what is held already, and keeps what is pinned and followed", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" }).track("Newsletter Opened", { trace_id: "t" });
    bench.feed.pin("t", true);
    bench.feed.tracker.follow("t");
    const node = { uuid: "n", id: "news", label: "News", eventId: "Newsletter Opened", x: 0, y: 0 };
    bench.feed.setGraph({ graph: { nodes: [node], edges: [] }, definitions: [] });
    await bench.paint();
    expect([...bench.feed.tracker.tallies.value.keys()]).toEqual(["n"]);
    expect(bench.feed.tracker.unmapped.events.map(({ name }) => name)).toEqual(["Landing"]);
    expect(bench.feed.counters.unmapped).toBe(1);
    expect(bench.feed.tracker.traces.trace("t")).toMatchObject({ count: 2, pinned: true });
    expect(bench.feed.tracker.followed.value).toBe("t");
    bench.feed.setGraph(SOURCE);
    await bench.paint();
    expect(bench.tallies).toEqual({ landing: 1 });
  });

  it("ends the following of a trace that has no way there", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "t" });
    bench.desk.follow("t");
    const node = { uuid: "n", id: "news", label: "News", eventId: "Newsletter Opened", x: 0, y: 0 };
    bench.desk.show({ ...SOURCE, graph: { nodes: [node], edges: [] }, definitions: [] });
    expect(bench.feed.tracker.followed.value).toBeUndefined();
    bench.track("Newsletter Opened", { trace_id: "u" });
    expect(bench.lit.at(-1)).toBe("news");
  });

  it("is filtered by the names of its own nodes", async () => {
    const bench = await new Bench().live();
    bench.desk.start();
    bench.desk.filterBy({ text: "news" });
    bench.track("Landing");
    await bench.paint();
    expect(bench.view).toEqual([]);
    const node = { uuid: "n", id: "news", label: "News", eventId: "Landing", x: 0, y: 0 };
    bench.desk.show({ ...SOURCE, graph: { nodes: [node], edges: [] }, definitions: [] });
    await bench.paint();
    expect(bench.view).toEqual(["Landing"]);
    expect([...bench.feed.tracker.tallies.value.keys()]).toEqual(["n"]);
    bench.desk.show(SOURCE);
    await bench.paint();
    expect([bench.view, bench.feed.counters.filtered]).toEqual([[], 1]);
  });

  it("keeps what is pinned and followed also where it has been silent for longer than all others", async () => {
    const bench = await new Bench().live();
    bench.track("Landing", { trace_id: "pinned" }).track("Landing", { trace_id: "followed" });
    bench.feed.pin("pinned", true);
    bench.feed.tracker.follow("followed");
    for (let i = 0; i < 250; i++) {
      bench.track("Landing", { trace_id: `t-${i}` });
    }
    bench.feed.setGraph(SOURCE);
    const { traces } = bench.feed.tracker;
    expect(traces.trace("pinned")).toMatchObject({ count: 1, pinned: true });
    expect(traces.trace("followed")).toMatchObject({ count: 1, pinned: false });
    expect(traces.traces).toHaveLength(200);
  });
});
