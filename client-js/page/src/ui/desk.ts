import type { GraphNode } from "@heliograph/client/graph";
import { computed, effect, type ReadonlySignal, type Signal, signal, untracked } from "@preact/signals";
import type { PageConfig } from "../live/config.ts";
import { Feed } from "../live/feed.ts";
import type { Notice } from "../live/link.ts";
import type { Correlation } from "../live/tracker.ts";
import { Viewers } from "../live/viewers.ts";
import { graphId } from "../model/graph-id.ts";
import { Kept, type KeptSession } from "../model/kept.ts";
import { sightingsToNdjson } from "../model/ndjson.ts";
import { EVERYTHING, predicate, type Query } from "../model/query.ts";
import type { Sighting } from "../model/sighting.ts";
import type { GraphSource } from "../source/source.ts";
import { download } from "./download.ts";

export const TABS = ["Events", "Nodes", "Traces", "Unmapped", "Presence", "Log"] as const;
export type Tab = (typeof TABS)[number];

/** A dialog that is shown: by identity, so that the late word of one that is gone closes no other. */
export interface Shown {
  readonly kind: "help" | "graph";
  readonly number: number;
}

/** How much the gateway is asked to send. */
export interface Sampling {
  readonly sampleRate: number;
  /** Undefined: as many as come. */
  readonly maxPerSecond: number | undefined;
}

/** What the person at this page has chosen, and what every control and key does. */
export class Desk {
  readonly config: PageConfig;
  readonly feed: Feed;
  readonly viewers: Viewers = new Viewers();
  readonly kept: Kept = new Kept();
  readonly source: Signal<GraphSource>;
  readonly on: Signal<boolean> = signal(true);
  readonly tab: Signal<Tab> = signal<Tab>("Events");
  readonly #nodes = computed(() => new Map(this.source.value.graph.nodes.map((node) => [node.uuid, node])));
  /** All of the query but its node, which is {@link selected}. */
  readonly terms: Signal<Omit<Query, "node">> = signal<Omit<Query, "node">>(EVERYTHING);
  /** The node that is picked, by uuid. */
  readonly selected: Signal<string | undefined> = signal<string | undefined>(undefined);
  readonly query: ReadonlySignal<Query> = computed(() => ({ ...this.terms.value, node: this.#selectedNode?.uuid }));
  readonly passes: ReadonlySignal<((sighting: Sighting) => boolean) | undefined> = computed(() =>
    predicate(this.query.value),
  );
  /** Numbers, in the list that is in view, of the event that is chosen and of the one whose details are open. */
  readonly chosen: Signal<number | undefined> = signal<number | undefined>(undefined);
  readonly opened: Signal<number | undefined> = signal<number | undefined>(undefined);
  /** The trace whose timeline is open. */
  readonly openedTrace: Signal<string | undefined> = signal<string | undefined>(undefined);
  /** The kept session that is looked at. */
  readonly openedSession: Signal<KeptSession | undefined> = signal<KeptSession | undefined>(undefined);
  readonly halfLifeMs: Signal<number> = signal(600);
  readonly sampling: Signal<Sampling> = signal<Sampling>({ sampleRate: 1, maxPerSecond: undefined });
  readonly keepsLog: Signal<boolean> = signal(true);
  readonly dialog: Signal<Shown | undefined> = signal<Shown | undefined>(undefined);

  /** The list is not at its newest end. */
  readonly scrolled: Signal<boolean> = signal(false);
  #dialogs = 0;

  /** What is wrong with the graph that is shown, or was with one that is not. */
  readonly problem: Signal<Notice | undefined>;

  constructor(config: PageConfig, source: GraphSource, feed = new Feed(source)) {
    this.config = config;
    this.source = signal(source);
    this.problem = signal(problemOf(source));
    this.feed = feed;
  }

  /** Keeps feed and viewers to what is chosen; returns its own off. */
  start(): () => void {
    const offs = [
      effect(() => {
        const passes = this.passes.value;
        untracked(() => this.feed.setFilter(passes));
      }),
      effect(() => {
        const client = this.feed.link.client.value;
        const { graph } = this.source.value;
        untracked(() => (client === undefined ? this.viewers.leave() : this.viewers.join(client, graphId(graph))));
      }),
      effect(() => {
        const viewing = { follows: this.feed.tracker.followed.value, filter: this.filterWords };
        untracked(() => this.viewers.tell(viewing));
      }),
      effect(() => {
        this.tab.value;
        this.#forgetRow();
      }),
    ];
    return () => {
      for (const off of offs) {
        off();
      }
      this.viewers.leave();
    };
  }

  get paused(): boolean {
    return this.feed.session.state.value === "paused";
  }

  /** The filter for other people; undefined: there is none. */
  get filterWords(): string | undefined {
    const { event, trace, user, text } = this.terms.value;
    const node = this.selectedLabel;
    const words = Object.entries({ event, node, trace, user, text: text.trim() === "" ? undefined : text.trim() })
      .filter(([, value]) => value !== undefined)
      .map(([kind, value]) => `${kind}: ${value}`);
    return words.length === 0 ? undefined : words.join(", ");
  }

  get selectedLabel(): string | undefined {
    return this.#selectedNode?.label;
  }

  nodeById(uuid: string): GraphNode | undefined {
    return this.#nodes.value.get(uuid);
  }

  /** The kept session whose events are in view. */
  get sessionInView(): KeptSession | undefined {
    return this.tab.value === "Log" ? this.openedSession.value : undefined;
  }

  /** What the list of events has, oldest first: of a kept session that is looked at, or of what is live. */
  get itemsInView(): KeptSession["items"] {
    const passes = this.passes.value;
    const session = this.sessionInView;
    if (session === undefined) {
      return this.feed.session.items.value;
    }
    return passes === undefined ? session.items : session.items.filter(({ event }) => passes(event));
  }

  show(source: GraphSource): void {
    this.selected.value = undefined;
    this.source.value = source;
    this.feed.setGraph(source);
    this.problem.value = problemOf(source);
  }

  /** A graph could not be taken. */
  refuse(problem: string): void {
    this.problem.value = { kind: "error", text: problem, advice: "The graph is as it was." };
  }

  toggle(): void {
    if (this.on.value) {
      this.on.value = false;
    } else {
      this.#forgetChoice();
      this.on.value = true;
    }
  }

  /** Realtime is off: what came is kept, or not. */
  stop(): void {
    this.#keep(this.feed.off());
  }

  restart(): void {
    this.#forgetChoice();
    this.#keep(this.feed.restart());
  }

  clear(): void {
    this.#forgetChoice();
    this.feed.clear();
  }

  togglePause(): void {
    if (this.paused) {
      this.feed.resume("catch up");
    } else {
      this.feed.pause();
    }
  }

  filterBy(terms: Partial<Omit<Query, "node">>): void {
    this.terms.value = { ...this.terms.value, ...terms };
  }

  clearFilter(): void {
    this.terms.value = EVERYTHING;
    this.selected.value = undefined;
  }

  follow(id: string | undefined): void {
    this.feed.follow(id === this.feed.tracker.followed.value ? undefined : id);
    this.openedTrace.value = id ?? this.openedTrace.value;
  }

  /** Follows the trace of the event that is chosen; where one is followed already, no longer does. */
  followChosen(): void {
    const { tracker } = this.feed;
    const number = this.chosen.value ?? this.opened.value;
    const item = this.itemsInView.find((each) => each.number === number);
    const id = item && tracker.idOf(item.event.event);
    if (id === undefined || id === tracker.followed.value) {
      this.follow(undefined);
    } else {
      this.follow(id);
      this.tab.value = "Traces";
    }
  }

  /** Follows what somebody else does, whether it has been heard of here or not. */
  followToo(id: string): void {
    if (this.feed.tracker.followed.value !== id) {
      this.follow(id);
    }
    this.tab.value = "Traces";
  }

  pin(id: string, pinned: boolean): void {
    this.feed.pin(id, pinned);
  }

  /** The events of this name alone. */
  seeEvent(name: string): void {
    this.filterBy({ event: name });
    this.tab.value = "Events";
  }

  /** A kept session, or the list of them. */
  openSession(session: KeptSession | undefined): void {
    this.#forgetChoice();
    this.openedSession.value = session;
    this.tab.value = "Log";
  }

  discard(session: KeptSession): void {
    this.kept.discard(session.id);
    if (this.openedSession.value?.id === session.id) {
      this.openedSession.value = undefined;
    }
  }

  correlate(correlation: Correlation): void {
    this.openedTrace.value = undefined;
    this.feed.correlate(correlation);
  }

  sample(sampling: Sampling): void {
    const { sampleRate, maxPerSecond } = sampling;
    this.sampling.value = sampling;
    this.feed.restrict({ sampleRate: sampleRate < 1 ? sampleRate : undefined, maxPerSecond });
  }

  /** Everything that is held, whatever the filter hides. */
  export(): void {
    this.save(this.feed.session.held, this.feed.session.startedAt);
  }

  save(items: KeptSession["items"], startedAt: number): void {
    const stamp = new Date(startedAt).toISOString().replace(/[:.]/g, "-");
    download(`heliograph-${stamp}.ndjson`, "application/x-ndjson", sightingsToNdjson(items));
  }

  openDialog(kind: Shown["kind"]): void {
    this.dialog.value = { kind, number: ++this.#dialogs };
  }

  closeDialog(dialog: Shown): void {
    if (this.dialog.value === dialog) {
      this.dialog.value = undefined;
    }
  }

  #keep(ended: KeptSession | undefined): void {
    if (ended !== undefined && this.keepsLog.value) {
      this.kept.add(ended);
    }
  }

  /** Undefined also for a node of a graph that is not shown any more, as those of a log may be. */
  get #selectedNode(): GraphNode | undefined {
    const uuid = this.selected.value;
    return uuid === undefined ? undefined : this.nodeById(uuid);
  }

  #forgetChoice(): void {
    this.#forgetRow();
    this.openedTrace.value = undefined;
  }

  #forgetRow(): void {
    this.chosen.value = undefined;
    this.opened.value = undefined;
  }
}

function problemOf({ name, problems }: GraphSource): Notice | undefined {
  const [first] = problems;
  const others = problems.length - 1;
  const more = others > 0 ? ` And ${others} more, which the graph's dialog lists.` : "";
  return first === undefined ? undefined : { kind: "info", text: first, advice: `${name} is shown.${more}` };
}
