import type { SegmentEvent } from "./graph/envelope.ts";
import { type Fields, fields, text } from "./graph/json.ts";

/** Where events go, e.g. a watch session. */
export interface EventSink {
  push(event: SegmentEvent): unknown;
}

/** Segment's browser library, as npm's `Analytics` or `AnalyticsBrowser`, or as the snippet's global once it has loaded. */
export interface AnalyticsLike {
  register(...plugins: AnalyticsPlugin[]): unknown;
  deregister(...names: string[]): unknown;
}

/** What is registered. */
export interface AnalyticsPlugin {
  readonly name: string;
  readonly version: string;
  readonly type: "enrichment";
  isLoaded(): boolean;
  load(context: unknown, analytics: AnalyticsLike): Promise<void>;
  track<C extends AnalyticsContext>(context: C): C;
  page<C extends AnalyticsContext>(context: C): C;
  screen<C extends AnalyticsContext>(context: C): C;
  identify<C extends AnalyticsContext>(context: C): C;
  group<C extends AnalyticsContext>(context: C): C;
  alias<C extends AnalyticsContext>(context: C): C;
}

export interface AnalyticsContext {
  readonly event: object;
}

export interface InterceptOptions {
  /** The property that names the trace. Default `trace_id`; without it, it is `context.sessionId`. */
  readonly traceProperty?: string;
  readonly now?: () => number;
}

/**
 * Shows this browser's own calls, without any network: what Segment's library is about to send goes to the sink, too, enriched and
 * filtered as it is sent. Takes the library, or the snippet's queue (`window.analytics` before the library has loaded). Nothing is
 * delayed, and what the sink throws stays here. Returns its own undo.
 */
export function interceptAnalytics(
  analytics: AnalyticsLike | unknown[],
  sink: EventSink,
  { traceProperty = "trace_id", now = Date.now }: InterceptOptions = {},
): () => void {
  let isOn = true;
  let loaded: AnalyticsLike | undefined;
  const see = <C extends AnalyticsContext>(context: C): C => {
    if (isOn) {
      try {
        sink.push(eventOf(fields(context.event), traceProperty, now()));
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
    return context;
  };
  const plugin: AnalyticsPlugin = {
    name: `heliograph-${Math.random().toString(36).slice(2)}`,
    version: "1",
    type: "enrichment",
    isLoaded: () => true,
    load: async (_, instance) => {
      loaded = instance;
    },
    track: see,
    page: see,
    screen: see,
    identify: see,
    group: see,
    alias: see,
  };
  const call = ["register", plugin];
  if (Array.isArray(analytics)) {
    analytics.push(call);
  } else {
    quietly(() => analytics.register(plugin));
  }
  return () => {
    if (isOn) {
      isOn = false;
      if (Array.isArray(analytics) && analytics.includes(call)) {
        analytics.splice(analytics.indexOf(call), 1);
      }
      quietly(() => loaded?.deregister(plugin.name));
    }
  };
}

/** The library has its own ways to say that it could not load. */
function quietly(task: () => unknown): void {
  void (async () => task())().catch(() => {});
}

function eventOf(raw: Fields, traceProperty: string, arrivedAt: number): SegmentEvent {
  const context = fields(raw["context"]);
  const properties = fields(raw["properties"]);
  const type = text(raw["type"]) ?? "track";
  const occurredAt = new Date(raw["timestamp"] as string | Date).getTime();
  return {
    name: nameOf(type, raw),
    type,
    messageId: String(raw["messageId"]),
    traceId: text(properties[traceProperty]) ?? text(context["sessionId"]),
    user: undefined,
    userId: text(raw["userId"]),
    anonymousId: text(raw["anonymousId"]),
    occurredAt: Number.isNaN(occurredAt) ? arrivedAt : occurredAt,
    arrivedAt,
    late: false,
    properties,
    traits: { ...fields(context["traits"]), ...fields(raw["traits"]) },
  };
}

/** As the gateway names it: a track by its event, a page or screen by its name behind its category, all else by the type. */
function nameOf(type: string, raw: Fields): string {
  const parts =
    type === "track" ? [raw["event"]] : type === "page" || type === "screen" ? [raw["category"], raw["name"]] : [];
  return parts.flatMap((part) => text(part) ?? []).join(" ") || type;
}
