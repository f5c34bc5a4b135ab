import type { Desk } from "./desk.ts";

/** What tests and the curious read; nothing can be changed by it. */
export interface HeliographCounters {
  readonly state: string;
  /** The gateway took the subscription. */
  readonly subscribed: boolean;
  readonly paused: boolean;
  readonly received: number;
  readonly shown: number;
  readonly filtered: number;
  /** Came during a pause and is not in view. */
  readonly waiting: number;
  readonly evicted: number;
  readonly duplicates: number;
  readonly unreadable: number;
  readonly unmapped: number;
  readonly sampled: number;
  readonly merged: number;
  readonly dropped: number;
  readonly lagMs: number | undefined;
  readonly traces: number;
  readonly kept: number;
  readonly viewers: number;
  /** Events per node id. */
  readonly lit: Readonly<Record<string, number>>;
}

declare global {
  interface Window {
    readonly __heliograph?: HeliographCounters;
  }
}

export function publishCounters(target: Window, desk: Desk): void {
  const { feed, viewers, kept } = desk;
  const counters: HeliographCounters = Object.freeze({
    get state() {
      return feed.link.connection.peek().state;
    },
    get subscribed() {
      return feed.subscribed.peek();
    },
    get paused() {
      return desk.paused;
    },
    get received() {
      return feed.counters.received;
    },
    get shown() {
      return feed.counters.shown;
    },
    get filtered() {
      return feed.counters.filtered;
    },
    get waiting() {
      return feed.counters.paused;
    },
    get evicted() {
      return feed.counters.evicted;
    },
    get duplicates() {
      return feed.counters.duplicates;
    },
    get unreadable() {
      return feed.counters.unreadable;
    },
    get unmapped() {
      return feed.counters.unmapped;
    },
    get sampled() {
      return feed.counters.sampled;
    },
    get merged() {
      return feed.counters.skipped;
    },
    get dropped() {
      return feed.counters.lost;
    },
    get lagMs() {
      return feed.lag.lastMs;
    },
    get traces() {
      return feed.tracker.traces.traces.length;
    },
    get kept() {
      return kept.sessions.peek().length;
    },
    get viewers() {
      const company = viewers.company.peek();
      return company.state === "seen" ? company.count : 0;
    },
    get lit() {
      const { nodes } = desk.source.peek().graph;
      const tallies = feed.tracker.tallies.peek();
      return Object.fromEntries(
        nodes.flatMap(({ uuid, id }) => [[id, tallies.get(uuid)?.count ?? 0] as const]).filter(([, n]) => n > 0),
      );
    },
  });
  Object.defineProperty(target, "__heliograph", { value: counters, configurable: true });
}
