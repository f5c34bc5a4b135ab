// @vitest-environment jsdom
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Analytics, AnalyticsBrowser } from "@segment/analytics-next";
import { afterEach, describe, expect, it, vi } from "vitest";
import { interceptAnalytics } from "../src/analytics.ts";
import type { SegmentEvent } from "../src/graph.ts";

const settings = { integrations: { "Segment.io": { apiKey: "K" } }, plan: {} };

class Sink {
  readonly events: SegmentEvent[] = [];

  push(event: SegmentEvent): void {
    this.events.push(event);
  }

  get names(): string[] {
    return this.events.map(({ type, name }) => `${type}: ${name}`);
  }
}

/** The library as from npm; what it would send over the network is kept here. */
function library(): { analytics: AnalyticsBrowser; sent: () => string[] } {
  const network = vi.fn(async (url: string, request?: RequestInit) => {
    void request;
    return new Response(url.includes("/settings") ? JSON.stringify(settings) : "{}");
  });
  vi.stubGlobal("fetch", network);
  const analytics = AnalyticsBrowser.load({ writeKey: "K", cdnSettings: settings });
  const sent = (): string[] =>
    network.mock.calls.flatMap(([url, request]) => {
      const { event, type } = JSON.parse(String(request?.body ?? "{}")) as { event?: string; type?: string };
      return url.includes("/v1/m") || type === undefined ? [] : [event ?? type];
    });
  return { analytics, sent };
}

afterEach(() => {
  vi.unstubAllGlobals();
  localStorage.clear();
  document.cookie.split(";").forEach((cookie) => {
    // biome-ignore lint/suspicious/noDocumentCookie: jsdom has no other
    document.cookie = `${cookie.split("=")[0]}=; expires=Thu, 01 Jan 1970 00:00:00 GMT`;
  });
});

describe("interceptAnalytics, with Segment's library from npm", () => {
  it("sees each kind of call as the gateway would name it, also those from before the library was ready", async () => {
    const sink = new Sink();
    const { analytics, sent } = library();
    interceptAnalytics(analytics, sink);
    await Promise.all([
      analytics.track("Order Completed", { trace_id: "t-1", step: "pay" }),
      analytics.page("Docs", "Intro"),
      analytics.page("Pricing"),
      analytics.page(),
      analytics.screen("Home"),
      analytics.identify("alice", { plan: "pro" }),
      analytics.group("acme"),
      analytics.alias("alice-2"),
    ]);
    expect([...sink.names].sort()).toEqual([
      "alias: alias",
      "group: group",
      "identify: identify",
      "page: Docs Intro",
      "page: Pricing",
      "page: page",
      "screen: Home",
      "track: Order Completed",
    ]);
    expect([...sent()].sort()).toEqual(
      ["alias", "group", "identify", "page", "page", "page", "screen", "Order Completed"].sort(),
    );
  });

  it("sees the event as it is sent: its id, its time, its trace, its properties and who did it", async () => {
    const sink = new Sink();
    const { analytics } = library();
    interceptAnalytics(analytics, sink, { now: () => 1_800_000_000_000 });
    await analytics.identify("alice", { plan: "pro" });
    const context = await analytics.track("Order Completed", { trace_id: "t-1", step: "pay" });
    expect(sink.events.at(-1)).toEqual({
      name: "Order Completed",
      type: "track",
      messageId: context.event.messageId,
      traceId: "t-1",
      user: undefined,
      userId: "alice",
      anonymousId: context.event.anonymousId,
      occurredAt: new Date(context.event.timestamp ?? 0).getTime(),
      arrivedAt: 1_800_000_000_000,
      late: false,
      properties: { trace_id: "t-1", step: "pay" },
      traits: {},
    });
    expect(sink.events[0]?.traits).toEqual({ plan: "pro" });
  });

  it("sees nothing after its undo, and leaves nothing behind", async () => {
    const sink = new Sink();
    const { analytics, sent } = library();
    const undo = interceptAnalytics(analytics, sink);
    const [instance] = await analytics;
    await analytics.track("A");
    undo();
    undo();
    await analytics.track("B");
    expect(sink.names).toEqual(["track: A"]);
    expect(sent()).toEqual(["A", "B"]);
    await vi.waitFor(() =>
      expect(instance.queue.plugins.filter(({ name }) => name.startsWith("heliograph"))).toEqual([]),
    );
  });

  it("does not break a call whose sink throws, nor another interception", async () => {
    const thrown: unknown[] = [];
    const onError = (error: unknown): void => void thrown.push(error);
    process.on("uncaughtException", onError);
    const sink = new Sink();
    const { analytics, sent } = library();
    interceptAnalytics(analytics, {
      push: () => {
        throw new Error("full");
      },
    });
    interceptAnalytics(analytics, sink);
    const context = await analytics.track("A");
    await vi.waitFor(() => expect(thrown).toEqual([new Error("full")]));
    process.off("uncaughtException", onError);
    expect(context.failedDelivery()).toBeUndefined();
    expect([sink.names, sent()]).toEqual([["track: A"], ["A"]]);
  });

  it("is quiet where the library cannot load, and lets its caller hear of it", async () => {
    vi.stubGlobal("fetch", async () => {
      throw new TypeError("blocked");
    });
    const analytics = AnalyticsBrowser.load({ writeKey: "K" });
    const undo = interceptAnalytics(analytics, new Sink());
    await expect(analytics).rejects.toThrow("blocked");
    undo();
  });

  it("takes an instance that is ready", async () => {
    const sink = new Sink();
    const analytics = new Analytics({ writeKey: "K" });
    interceptAnalytics(analytics, sink);
    await analytics.track("Ready");
    expect(sink.names).toEqual(["track: Ready"]);
  });
});

describe("interceptAnalytics, with the snippet's queue", () => {
  const script = readFileSync(
    createRequire(import.meta.url)
      .resolve("@segment/analytics-next")
      .replace(/dist\/.*$/, "dist/umd/standalone.js"),
    "utf8",
  );
  type Queue = unknown[] & { _writeKey?: string; track?: (name: string) => void };

  /** The page's global before the library has loaded, as the snippet makes it. */
  function queue(): Queue {
    const analytics = Object.assign([] as unknown[], { _writeKey: "K", _loadOptions: { cdnSettings: settings } });
    (window as unknown as { analytics: Queue }).analytics = analytics;
    return analytics;
  }

  it("sees what is called from the queue on, once the library has taken it over", async () => {
    const sink = new Sink();
    vi.stubGlobal("fetch", async () => new Response(JSON.stringify(settings)));
    const analytics = queue();
    analytics.push(["track", "Queued Before"]);
    const undo = interceptAnalytics(analytics, sink);
    analytics.push(["track", "Queued After"]);
    // biome-ignore lint/security/noGlobalEval: it is how a page's script runs
    globalThis.eval(script);
    await vi.waitFor(() => expect(sink.names).toEqual(["track: Queued Before", "track: Queued After"]));
    const loaded = (window as unknown as { analytics: AnalyticsBrowser }).analytics;
    await loaded.track("Live");
    undo();
    await loaded.track("Undone");
    expect(sink.names.at(-1)).toBe("track: Live");
  });

  it("takes itself out of a queue that nobody has taken over", () => {
    const analytics = queue();
    const undo = interceptAnalytics(analytics, new Sink());
    expect(analytics).toHaveLength(1);
    undo();
    expect(analytics).toHaveLength(0);
  });
});
