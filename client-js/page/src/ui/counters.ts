import type { Feed } from "../live/feed.ts";

/** What tests and the curious read; nothing can be changed by it. */
export interface HeliographCounters {
  readonly state: string;
  readonly received: number;
  readonly shown: number;
  readonly unmapped: number;
  /** Events per node id. */
  readonly lit: Readonly<Record<string, number>>;
}

declare global {
  interface Window {
    readonly __heliograph?: HeliographCounters;
  }
}

export function publishCounters(target: Window, { session, connection }: Feed): void {
  const counters: HeliographCounters = Object.freeze({
    get state() {
      return connection.peek().state;
    },
    get received() {
      return session.counters.received;
    },
    get shown() {
      return session.counters.shown;
    },
    get unmapped() {
      return session.counters.unmapped;
    },
    get lit() {
      return Object.fromEntries([...session.tallies].map(([id, { count }]) => [id, count]));
    },
  });
  Object.defineProperty(target, "__heliograph", { value: counters, configurable: true });
}
