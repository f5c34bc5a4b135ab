import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../sdk/test/fake-gateway.ts";
import { type Looked, watchIdle } from "../src/live/idle.ts";
import { initials } from "../src/ui/avatars.tsx";
import type { Desk } from "../src/ui/desk.ts";
import { onPress, type Press } from "../src/ui/keys.ts";
import { Bench, SOURCE } from "./bench.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("keys", () => {
  const press = (key: string, more: Partial<Press> = {}): Press => ({
    key,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    repeat: false,
    ...more,
  });

  async function keyboard() {
    const bench = await new Bench().live();
    const reached: string[] = [];
    const reach = {
      toFilter: () => void reached.push("filter"),
      step: (rows: 1 | -1) => void reached.push(`step ${rows}`),
    };
    return {
      bench,
      reached,
      type: (key: string, more?: Partial<Press>) => onPress(press(key, more), bench.desk, reach),
    };
  }

  it("pause and catch up, clear, and switch Realtime", async () => {
    const { bench, type } = await keyboard();
    bench.track("Landing");
    expect(type("p")).toBe(true);
    expect(bench.desk.paused).toBe(true);
    type("P");
    expect(bench.desk.paused).toBe(false);
    await bench.paint();
    type("c");
    await bench.paint();
    expect([bench.view, bench.feed.counters.received]).toEqual([[], 0]);
    type("r");
    expect(bench.desk.on.value).toBe(false);
    type("R");
    expect(bench.desk.on.value).toBe(true);
  });

  it("lead to the filter, through the events, and to dialogs of their own", async () => {
    const { bench, reached, type } = await keyboard();
    for (const key of ["f", "/", "j", "K"]) {
      expect(type(key)).toBe(true);
    }
    expect(reached).toEqual(["filter", "filter", "step 1", "step -1"]);
    type("?");
    const help = bench.desk.dialog.value;
    type("g");
    const graph = bench.desk.dialog.value;
    expect([help?.kind, graph?.kind]).toEqual(["help", "graph"]);
    if (help !== undefined && graph !== undefined) {
      bench.desk.closeDialog(help);
      expect(bench.desk.dialog.value).toBe(graph);
      bench.desk.closeDialog(graph);
    }
    expect(bench.desk.dialog.value).toBeUndefined();
  });

  it("follow the trace of the event that is chosen, and no longer", async () => {
    const { bench, type } = await keyboard();
    bench.track("Landing", { trace_id: "t" });
    await bench.paint();
    type("t");
    expect(bench.feed.tracker.followed.value).toBeUndefined();
    bench.desk.chosen.value = 1;
    type("t");
    expect([bench.feed.tracker.followed.value, bench.desk.tab.value]).toEqual(["t", "Traces"]);
    type("t");
    expect(bench.feed.tracker.followed.value).toBeUndefined();
  });

  it("are the browser's with a modifier, do nothing twice while held down but steps, and mean nothing else", async () => {
    const { bench, reached, type } = await keyboard();
    expect([type("p", { ctrlKey: true }), type("c", { metaKey: true }), type("r", { altKey: true })]).toEqual([
      false,
      false,
      false,
    ]);
    expect([type("p", { repeat: true }), type("j", { repeat: true }), type("x"), type("Tab")]).toEqual([
      false,
      true,
      false,
      false,
    ]);
    expect([bench.desk.paused, reached]).toEqual([false, ["step 1"]]);
  });
});

describe("the desk", () => {
  it("keeps what was restarted and what was switched off; nothing where logs are not wanted", async () => {
    const bench = await new Bench().live();
    const { desk } = bench;
    bench.track("Landing");
    desk.restart();
    await settle();
    bench.socket.acceptSubscribe();
    desk.restart();
    await settle();
    bench.socket.acceptSubscribe();
    expect(desk.kept.sessions.value).toHaveLength(1);
    bench.track("Landing").track("Landing");
    desk.stop();
    expect(desk.kept.sessions.value.map(({ items }) => items.length)).toEqual([2, 1]);
    desk.keepsLog.value = false;
    await bench.live();
    bench.track("Landing");
    desk.stop();
    expect(desk.kept.sessions.value).toHaveLength(2);
  });

  it("binds view and picture to the node that is picked and the terms that are chosen, until cleared", async () => {
    const bench = await new Bench().live();
    const { desk } = bench;
    const off = desk.start();
    const cart = desk.source.value.graph.nodes.find(({ id }) => id === "cart");
    bench.track("Product Added", { properties: { product: "lens" } }).track("Landing");
    desk.selected.value = cart?.uuid;
    await bench.paint();
    expect([bench.view, desk.filterWords]).toEqual([["Product Added"], "node: Added to cart"]);
    desk.filterBy({ text: "mirror" });
    await bench.paint();
    expect([bench.view, desk.filterWords]).toEqual([[], "node: Added to cart, text: mirror"]);
    desk.clearFilter();
    await bench.paint();
    expect([bench.view, desk.filterWords]).toEqual([["Product Added", "Landing"], undefined]);
    off();
  });

  it("shows another graph, and says what is wrong with it, or with one that it does not show", async () => {
    const { desk } = await new Bench().live();
    expect(desk.problem.value).toBeUndefined();
    desk.selected.value = "some node";
    desk.show({ ...SOURCE, name: "mine.json", problems: ["two nodes have one id", "an edge leads nowhere"] });
    expect(desk.selected.value).toBeUndefined();
    expect(desk.problem.value).toMatchObject({ kind: "info", text: "two nodes have one id" });
    expect(desk.problem.value?.advice).toMatch(/^mine\.json is shown\. And 1 more/);
    desk.show(SOURCE);
    expect(desk.problem.value).toBeUndefined();
    desk.refuse("not JSON");
    expect(desk.problem.value).toMatchObject({ kind: "error", text: "not JSON" });
  });

  it("asks the gateway for less in place, and again after a restart", async () => {
    const bench = await new Bench().live();
    bench.desk.sample({ sampleRate: 0.1, maxPerSecond: 10 });
    await bench.paint();
    expect(bench.asked).toMatchObject({ sampleRate: 0.1, maxPerSecond: 10 });
    bench.desk.restart();
    await bench.paint();
    expect(bench.asked).toMatchObject({ sampleRate: 0.1, maxPerSecond: 10, watchSessionId: bench.feed.session.id });
    bench.desk.sample({ sampleRate: 1, maxPerSecond: undefined });
    await bench.paint();
    expect(bench.asked?.["sampleRate"]).toBeUndefined();
  });
});

describe("a session of the log", () => {
  async function openedLog() {
    const bench = await new Bench().live();
    const { desk } = bench;
    const off = desk.start();
    bench.track("Landing", { trace_id: "before" });
    desk.restart();
    await settle();
    bench.socket.acceptSubscribe();
    bench.track("Product Viewed", { trace_id: "now" });
    await bench.paint();
    const [session] = desk.kept.sessions.value;
    desk.openSession(session);
    return { bench, desk, off, session };
  }
  const names = ({ itemsInView }: Desk): string[] => itemsInView.map(({ event }) => event.event.name);

  it("that is looked at is what is in view, under the same filter, and its own traces are followed", async () => {
    const { desk, off } = await openedLog();
    expect(names(desk)).toEqual(["Landing"]);
    desk.filterBy({ text: "viewed" });
    expect(names(desk)).toEqual([]);
    desk.clearFilter();
    desk.chosen.value = 1;
    desk.followChosen();
    expect(desk.feed.tracker.followed.value).toBe("before");
    expect(names(desk)).toEqual(["Product Viewed"]);
    off();
  });

  it("leaves no row chosen in another list", async () => {
    const { desk, off } = await openedLog();
    desk.chosen.value = 1;
    desk.opened.value = 1;
    desk.tab.value = "Events";
    expect([desk.chosen.value, desk.opened.value, desk.sessionInView]).toEqual([undefined, undefined, undefined]);
    off();
  });

  it("is closed when it is discarded, wherever that is done", async () => {
    const { desk, off, session } = await openedLog();
    desk.tab.value = "Events";
    if (session !== undefined) {
      desk.discard(session);
    }
    expect([desk.openedSession.value, desk.tab.value]).toEqual([undefined, "Events"]);
    off();
  });

  it("filters by no node that the graph does not have", async () => {
    const { bench, desk, off } = await openedLog();
    desk.selected.value = "of another graph";
    await bench.paint();
    expect([desk.query.value.node, desk.filterWords, bench.view]).toEqual([undefined, undefined, ["Product Viewed"]]);
    off();
  });
});

describe("a tab that nobody looks at", () => {
  class Tab implements Looked {
    visibilityState: DocumentVisibilityState = "visible";
    readonly #listeners = new Set<() => void>();
    addEventListener(_: "visibilitychange", listener: () => void): void {
      this.#listeners.add(listener);
    }
    removeEventListener(_: "visibilitychange", listener: () => void): void {
      this.#listeners.delete(listener);
    }
    become(state: DocumentVisibilityState): void {
      this.visibilityState = state;
      for (const listener of this.#listeners) {
        listener();
      }
    }
  }

  it("is idle after the time, not before, and not if it was looked at meanwhile", () => {
    const tab = new Tab();
    const onIdle = vi.fn();
    const off = watchIdle(tab, 600_000, onIdle);
    vi.advanceTimersByTime(700_000);
    tab.become("hidden");
    vi.advanceTimersByTime(599_999);
    tab.become("visible");
    vi.advanceTimersByTime(700_000);
    expect(onIdle).not.toHaveBeenCalled();
    tab.become("hidden");
    vi.advanceTimersByTime(600_000);
    expect(onIdle).toHaveBeenCalledOnce();
    off();
    tab.become("hidden");
    vi.advanceTimersByTime(700_000);
    expect(onIdle).toHaveBeenCalledOnce();
  });
});

describe("initials", () => {
  it.each([
    ["Ada Lovelace", "AL"],
    ["demo", "DE"],
    ["émile-du_châtelet", "ÉC"],
    ["x", "X"],
    ["—", "?"],
  ])("of %s are %s", (name, expected) => expect(initials(name)).toBe(expected));
});
