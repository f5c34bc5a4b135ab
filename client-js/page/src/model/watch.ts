import type { GraphNode, SegmentEvent } from "@heliograph/client/graph";
import { Recent } from "./recent.ts";
import { Ring } from "./ring.ts";

/** One event that was shown. */
export interface Sighting {
  readonly number: number;
  readonly event: SegmentEvent;
  /** The nodes it lit; none: unmapped. */
  readonly nodes: readonly GraphNode[];
  readonly seenAt: number;
}

/** What became of everything since the session began. */
export interface Counters {
  /** Everything that came from the gateway. */
  received: number;
  /** New events, in the list and on the graph. */
  shown: number;
  /** Shown, but no node waits for them. */
  unmapped: number;
  /** Seen before, by message id. */
  duplicates: number;
  /** Not an ingested event. */
  unreadable: number;
  /** Shown once, and no longer in the list. */
  evicted: number;
  /** Never came: the gateway said so. */
  lost: number;
}

/** What one node has seen. */
export interface NodeTally {
  readonly count: number;
  readonly lastAt: number;
}

/** Everything seen between Realtime on and the next clear: a bounded list, counters, and a tally per node. */
export class WatchSession {
  readonly #ring: Ring<Sighting>;
  readonly #seen: Recent<true>;
  readonly #tallies = new Map<string, NodeTally>();
  #counters = zero();

  constructor(capacity = 1_000) {
    this.#ring = new Ring(capacity);
    this.#seen = new Recent(2 * capacity);
  }

  get counters(): Readonly<Counters> {
    return this.#counters;
  }

  get tallies(): ReadonlyMap<string, NodeTally> {
    return this.#tallies;
  }

  /** Undefined if it is a copy of one seen before. */
  add(event: SegmentEvent, nodes: readonly GraphNode[], now: number): Sighting | undefined {
    this.#counters.received++;
    if (this.#seen.put(event.messageId, true) !== undefined) {
      this.#counters.duplicates++;
      return undefined;
    }
    const sighting = { number: ++this.#counters.shown, event, nodes, seenAt: now };
    this.#counters.unmapped += nodes.length === 0 ? 1 : 0;
    this.#counters.evicted += this.#ring.add(sighting) ? 1 : 0;
    for (const { id } of nodes) {
      this.#tallies.set(id, { count: (this.#tallies.get(id)?.count ?? 0) + 1, lastAt: now });
    }
    return sighting;
  }

  addUnreadable(): void {
    this.#counters.received++;
    this.#counters.unreadable++;
  }

  addLost(count: number): void {
    this.#counters.lost += count;
  }

  newest(count: number): Sighting[] {
    return this.#ring.newest(count);
  }

  clear(): void {
    this.#counters = zero();
    this.#ring.clear();
    this.#seen.clear();
    this.#tallies.clear();
  }
}

function zero(): Counters {
  return { received: 0, shown: 0, unmapped: 0, duplicates: 0, unreadable: 0, evicted: 0, lost: 0 };
}
