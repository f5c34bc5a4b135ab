import type { SegmentEvent } from "../graph/envelope.ts";
import type { GraphNode } from "../graph/graph.ts";
import { type ReadonlySignal, Signal } from "../signal.ts";
import type { Leg, Paths } from "./paths.ts";

/** One event of a trace, and the nodes it lit. */
export interface TraceEvent {
  readonly event: SegmentEvent;
  readonly nodes: readonly GraphNode[];
}

/** What is known of one trace. */
export interface Trace {
  readonly id: string;
  /** Of its newest event that names one: the user's id where the channel shows it, else a pseudonym. */
  readonly user: string | undefined;
  /** All events that came, also those that are no longer in the timeline. */
  readonly count: number;
  /** When the last one occurred, in milliseconds since the epoch. */
  readonly lastAt: number;
  /** Makes room for no other. */
  readonly pinned: boolean;
}

/** A node and the trace's events there. */
export interface TraceStop {
  /** Absent: of the events that lit none. */
  readonly node: GraphNode | undefined;
  readonly events: readonly TraceEvent[];
}

export interface TraceOptions {
  /** What events belong together by. Default: the trace's id. */
  readonly by?: (event: SegmentEvent) => string | undefined;
  /** Traces kept; of those that are neither followed nor pinned, the one that was silent longest makes room. Default 200. */
  readonly tracesMax?: number;
  /** Events kept of each; the earliest makes room. Default 200. */
  readonly eventsMax?: number;
}

interface Entry {
  readonly id: string;
  user: string | undefined;
  count: number;
  pinned: boolean;
  readonly events: TraceEvent[];
}

/** Correlates by who did it, where the grants show that: the user's id, else the anonymous one, else the pseudonym. */
export function byUser({ userId, anonymousId, user }: SegmentEvent): string | undefined {
  return userId ?? anonymousId ?? user;
}

/**
 * The last traces, each with its timeline. Give it every event once. Delivery has no order, so that an event that comes late takes
 * its place by occurrence, and moves nothing that is shown as the trace's head.
 */
export class TraceFollower {
  readonly #paths: Paths;
  readonly #by: (event: SegmentEvent) => string | undefined;
  readonly #tracesMax: number;
  readonly #eventsMax: number;
  /** The one that was silent longest first. */
  readonly #entries = new Map<string, Entry>();
  readonly #followed = new Signal<string | undefined>(undefined);
  readonly #version = new Signal(0);

  constructor(paths: Paths, options: TraceOptions = {}) {
    this.#paths = paths;
    this.#by = options.by ?? (({ traceId }) => traceId);
    this.#tracesMax = options.tracesMax ?? 200;
    this.#eventsMax = options.eventsMax ?? 200;
  }

  /** Rises with each change. */
  get version(): ReadonlySignal<number> {
    return this.#version;
  }

  /** The trace that alone is shown, if one is. */
  get followed(): ReadonlySignal<string | undefined> {
    return this.#followed;
  }

  /** The most recently heard of first. */
  get traces(): Trace[] {
    return [...this.#entries.values()].reverse().map(describe);
  }

  trace(id: string): Trace | undefined {
    const entry = this.#entries.get(id);
    return entry && describe(entry);
  }

  /** A trace's events by occurrence. */
  timeline(id: string): TraceEvent[] {
    return [...(this.#entries.get(id)?.events ?? [])];
  }

  /** Shows only this trace, which makes room for no other meanwhile; `undefined`: all. */
  follow(id: string | undefined): void {
    this.#followed.value = id;
  }

  /** Keeps a trace that is here, however long it is silent; or no longer does. */
  pin(id: string, pinned = true): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined && entry.pinned !== pinned) {
      entry.pinned = pinned;
      this.#version.value++;
    }
  }

  /** Whether an event is of the trace that is followed, or none is. */
  shows(event: SegmentEvent): boolean {
    const id = this.#followed.value;
    return id === undefined || this.#by(event) === id;
  }

  /** How this event's trace came to these nodes; nothing for its first event, and for one that came late. */
  add(event: SegmentEvent, nodes: readonly GraphNode[]): readonly Leg[] {
    const id = this.#by(event);
    if (id === undefined) {
      return [];
    }
    const entry = this.#entries.get(id) ?? { id, user: undefined, count: 0, pinned: false, events: [] };
    const { events } = entry;
    let index = events.length;
    while (index > 0 && (events[index - 1]?.event.occurredAt ?? 0) > event.occurredAt) {
      index--;
    }
    const isNewest = index === events.length && !event.late;
    const before = isNewest ? lastLit(events) : undefined;
    events.splice(index, 0, { event, nodes });
    entry.count++;
    entry.user = (isNewest ? byUser(event) : undefined) ?? entry.user ?? byUser(event);
    if (events.length > this.#eventsMax) {
      events.shift();
    }
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    this.#makeRoom();
    this.#version.value++;
    return before === undefined ? [] : this.#paths.between(before.nodes, nodes);
  }

  /** The whole way of a trace, by occurrence. */
  path(id: string): Leg[] {
    const lit = (this.#entries.get(id)?.events ?? []).filter(({ nodes }) => nodes.length > 0);
    return lit.slice(1).flatMap(({ nodes }, i) => this.#paths.between(lit[i]?.nodes ?? [], nodes));
  }

  /** A trace's timeline by node, in the order in which it first came there. */
  stops(id: string): TraceStop[] {
    const stops = new Map<GraphNode | undefined, TraceEvent[]>();
    for (const event of this.#entries.get(id)?.events ?? []) {
      for (const node of event.nodes.length > 0 ? event.nodes : [undefined]) {
        const events = stops.get(node);
        if (events === undefined) {
          stops.set(node, [event]);
        } else {
          events.push(event);
        }
      }
    }
    return [...stops].map(([node, events]) => ({ node, events }));
  }

  clear(): void {
    this.#entries.clear();
    this.#version.value++;
  }

  #makeRoom(): void {
    if (this.#entries.size > this.#tracesMax) {
      for (const [id, { pinned }] of this.#entries) {
        if (!pinned && id !== this.#followed.value) {
          this.#entries.delete(id);
          return;
        }
      }
    }
  }
}

function lastLit(events: readonly TraceEvent[]): TraceEvent | undefined {
  for (let i = events.length - 1; i >= 0; i--) {
    if ((events[i]?.nodes.length ?? 0) > 0) {
      return events[i];
    }
  }
  return undefined;
}

function describe({ id, user, count, pinned, events }: Entry): Trace {
  return { id, user, count, pinned, lastAt: events.at(-1)?.event.occurredAt ?? 0 };
}
