import {
  type EventDefinition,
  type Graph,
  GraphMatcher,
  type GraphNode,
  type SegmentEvent,
  UnmappedEvents,
  type Waiter,
} from "@heliograph/client/graph";
import { byUser, type Leg, Paths, TraceFollower } from "@heliograph/client/trace";
import type { WatchItem } from "@heliograph/client/watch";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Light, NodeTally } from "../graph/light.ts";
import type { Sighting } from "../model/sighting.ts";

/** A graph, and what its events are called. */
export interface Charted {
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
}

/** What events belong together by. */
export type Correlation = "trace" | "user";

const DARK: Light = { onSighting: () => {} };

/**
 * What events are to a graph. Traces and names without a node are of all that came, whatever the filter hides; light and the nodes' tallies
 * are of what is in view. Signals change when told to.
 */
export class Tracker {
  readonly unmapped: UnmappedEvents = new UnmappedEvents();
  readonly #tallies = new Map<string, NodeTally>();
  readonly #talliesShown: Signal<ReadonlyMap<string, NodeTally>> = signal<ReadonlyMap<string, NodeTally>>(new Map());
  readonly #path: Signal<readonly Leg[] | undefined> = signal<readonly Leg[] | undefined>(undefined);
  readonly #followed: Signal<string | undefined> = signal<string | undefined>(undefined);
  /** How each trace came to an event, until that is in view. */
  readonly #legs = new WeakMap<Sighting, readonly Leg[]>();
  #matcher: GraphMatcher;
  #paths: Paths;
  #traces: TraceFollower;
  #correlation: Correlation = "trace";
  #light: Light = DARK;
  #unmappedCount = 0;
  #hasUsers = false;
  /** Events of the trace that is followed when its way was last told; −1: it has to be told anew. */
  #pathCount = -1;

  constructor({ graph, definitions }: Charted) {
    this.#matcher = new GraphMatcher(graph.nodes, definitions);
    this.#paths = new Paths(graph);
    this.#traces = new TraceFollower(this.#paths);
  }

  /** By uuid. */
  get tallies(): ReadonlySignal<ReadonlyMap<string, NodeTally>> {
    return this.#talliesShown;
  }

  /** The whole way of the trace that is followed. */
  get path(): ReadonlySignal<readonly Leg[] | undefined> {
    return this.#path;
  }

  get followed(): ReadonlySignal<string | undefined> {
    return this.#followed;
  }

  get traces(): TraceFollower {
    return this.#traces;
  }

  get paths(): Paths {
    return this.#paths;
  }

  get correlation(): Correlation {
    return this.#correlation;
  }

  get unmappedCount(): number {
    return this.#unmappedCount;
  }

  /** Whether the channel shows who did what. */
  get hasUsers(): boolean {
    return this.#hasUsers;
  }

  setLight(light: Light | undefined): void {
    this.#light = light ?? DARK;
  }

  match(event: SegmentEvent): readonly GraphNode[] {
    return this.#matcher.match(event);
  }

  /** Names of events that nodes wait for. */
  get names(): readonly string[] {
    return this.#matcher.names;
  }

  /** Nodes that wait for events of that name. */
  waiting(name: string): readonly Waiter[] {
    return this.#matcher.waiting(name);
  }

  /** Of the trace, or of the person, that an event belongs to. */
  idOf(event: SegmentEvent): string | undefined {
    return this.#correlation === "user" ? byUser(event) : event.traceId;
  }

  /** Takes up an event that came. */
  hold(sighting: Sighting): void {
    this.#take(sighting);
    this.#legs.set(sighting, this.#traces.add(sighting.event, sighting.nodes));
  }

  /** Counts an event that came and made room before it was taken up. */
  passOver(sighting: Sighting): void {
    this.#take(sighting);
  }

  /** Lights an event that is in view from now on. */
  show(sighting: Sighting, now: number): void {
    const { nodes, event } = sighting;
    this.#count(nodes, now);
    if (nodes.length > 0 && this.#traces.shows(event)) {
      this.#light.onSighting(nodes, this.#legs.get(sighting) ?? [], event.occurredAt);
    }
    this.#legs.delete(sighting);
  }

  /** Tallies of what is in view, and of nothing else. */
  recount(inView: readonly WatchItem<Sighting>[]): void {
    this.#tallies.clear();
    for (const { event, at } of inView) {
      this.#count(event.nodes, at);
    }
  }

  /**
   * Shows another graph; what came is looked at anew.
   *
   * @param waiting came, and is not yet taken up
   */
  setGraph({ graph, definitions }: Charted, held: readonly Sighting[], waiting: readonly Sighting[]): void {
    this.#matcher = new GraphMatcher(graph.nodes, definitions);
    this.#paths = new Paths(graph);
    for (const sighting of [...held, ...waiting]) {
      sighting.nodes = this.match(sighting.event);
    }
    this.unmapped.clear();
    this.#unmappedCount = 0;
    for (const sighting of held) {
      this.#take(sighting);
    }
    this.correlate(this.#correlation, held);
    const id = this.#followed.value;
    if (id !== undefined && this.#traces.timeline(id).every(({ nodes }) => nodes.length === 0)) {
      this.follow(undefined); // its way was in the graph before
    }
  }

  correlate(correlation: Correlation, held: readonly Sighting[]): void {
    const sameKind = correlation === this.#correlation;
    const before = sameKind ? this.#traces.traces : [];
    const pinned = new Set(before.filter((trace) => trace.pinned).map(({ id }) => id));
    const followed = sameKind ? this.#followed.value : undefined;
    this.#correlation = correlation;
    this.#traces = new TraceFollower(this.#paths, correlation === "user" ? { by: byUser } : {});
    // what is followed or pinned makes room for none of those that come after it here
    this.#traces.follow(followed);
    for (const { event, nodes } of held) {
      this.#traces.add(event, nodes);
      const id = this.idOf(event);
      if (id !== undefined && pinned.has(id)) {
        this.#traces.pin(id);
      }
    }
    this.follow(followed);
  }

  /** Only this trace lights; `undefined`: all do. */
  follow(id: string | undefined): void {
    this.#traces.follow(id);
    this.#followed.value = id;
    this.#pathCount = -1;
    this.publish();
  }

  /** A trace that had made room is followed: its events are still among those that are held. */
  recall(id: string, held: readonly Sighting[]): void {
    for (const { event, nodes } of held) {
      if (this.idOf(event) === id) {
        this.#traces.add(event, nodes);
      }
    }
    this.publish();
  }

  clear(): void {
    this.unmapped.clear();
    this.#unmappedCount = 0;
    this.#hasUsers = false;
    this.#tallies.clear();
    this.#traces.clear();
    this.#pathCount = -1;
  }

  /** Tells the signals. */
  publish(): void {
    this.#talliesShown.value = new Map(this.#tallies);
    const id = this.#followed.value;
    const count = id === undefined ? 0 : (this.#traces.trace(id)?.count ?? 0);
    if (this.#pathCount !== count) {
      this.#pathCount = count;
      this.#path.value = id === undefined ? undefined : this.#traces.path(id);
    }
  }

  #count(nodes: readonly GraphNode[], lastAt: number): void {
    for (const { uuid } of nodes) {
      this.#tallies.set(uuid, { count: (this.#tallies.get(uuid)?.count ?? 0) + 1, lastAt });
    }
  }

  #take({ event, nodes }: Sighting): void {
    this.#hasUsers ||= byUser(event) !== undefined;
    if (nodes.length === 0) {
      this.#unmappedCount++;
      this.unmapped.add(event);
    }
  }
}
