import { type Complete, withDefaults } from "../defaults.ts";
import { Emitter } from "../emitter.ts";
import type { Filter } from "../protocol.ts";
import { type ReadonlySignal, type Signal, signal } from "../signal.ts";
import type { StreamOptions, Subscription } from "../subscription.ts";
import { Feed } from "./feed.ts";
import { matches } from "./filter.ts";
import { Recent } from "./recent.ts";
import { Ring } from "./ring.ts";

/** `live`: what comes is shown; `paused`: the view stands still and what comes is kept for later; `stopped`: nothing comes. */
export type WatchState = "live" | "paused" | "stopped";

/** One event of the session. */
export interface WatchItem<Event = unknown> {
  /** 1 for the first event since the last restart, then rising by one. */
  readonly number: number;
  readonly event: Event;
  /** When it came, milliseconds since the epoch by this clock. */
  readonly at: number;
}

/**
 * What became of everything, so that nothing is missing without a number that says why. Of what came,
 * `received = shown + duplicates + evicted + filtered + paused`.
 */
export interface WatchCounters {
  /** Came, copies included. */
  readonly received: number;
  /** Held, and in view. */
  readonly shown: number;
  /** Came before, by its id. */
  readonly duplicates: number;
  /** Made room for newer ones. */
  readonly evicted: number;
  /** Held, and hidden by the filter. */
  readonly filtered: number;
  /** Held, and came during a pause: waiting for its end, or passed over then by a jump to what is live. */
  readonly paused: number;
  /** Did not come: of a trace that the sample leaves out. */
  readonly sampled: number;
  /** Did not come: a later one stands for it. */
  readonly skipped: number;
  /** Did not come and never will: this browser was too slow, or it left the history too soon. */
  readonly lost: number;
  /** Did not come: hidden by the filter that the gateway was given. */
  readonly withheld: number;
}

/** What came since the pause began. */
export interface WatchPause {
  /** Held until the pause ends. */
  readonly waiting: number;
  /** Made room for newer ones already. */
  readonly evicted: number;
}

/** A session that was stopped, as it was kept. */
export interface SessionLog<Event = unknown> {
  readonly id: string;
  readonly startedAt: number;
  readonly stoppedAt: number;
  /** Everything that was held, oldest first. */
  readonly items: readonly WatchItem<Event>[];
  readonly counters: WatchCounters;
}

export interface WatchOptions<Event> {
  /** Most events that are held: 1,000 to 65,536, default 10,000. The ids of twice as many are remembered. */
  readonly capacity?: number | undefined;
  /** What copies of one event have in common; undefined: it has no copies. Default: `message_id`, or `messageId`. */
  readonly idOf?: (event: Event) => string | undefined;
  /** Runs a task before the next painting. */
  readonly onFrame?: ((task: () => void) => void) | undefined;
  readonly now?: (() => number) | undefined;
}

/** What the gateway sends at all: of what it does not, only counts arrive. */
export type Restriction = Pick<StreamOptions, "filter" | "sampleRate" | "maxPerSecond" | "last">;

export interface WatchEvents<Event> {
  /** A new event, whether it is in view or not; before it is `shown`. */
  held: WatchItem<Event>;
  /** A new event that is in view, at once and not with the next painting. Those of a pause come together when it ends by catching up. */
  shown: WatchItem<Event>;
}

interface Entry<Event> {
  readonly item: WatchItem<Event>;
  fate: "shown" | "filtered" | "paused";
}

/**
 * Everything seen since Realtime was switched on, from whatever source: a bounded list without copies that can be filtered, paused,
 * cleared, stopped and restarted. Signals change at most once per painting.
 */
export class WatchSession<Event = unknown> {
  readonly #options: Complete<WatchOptions<Event>>;
  readonly #events = new Emitter<WatchEvents<Event>>();
  readonly #ring: Ring<Entry<Event>>;
  readonly #ids: Recent;
  readonly #feeds = new Set<Feed<Event>>();
  readonly #state: Signal<WatchState> = signal<WatchState>("live");
  readonly #items: Signal<readonly WatchItem<Event>[]> = signal<readonly WatchItem<Event>[]>([]);
  readonly #counters: Signal<WatchCounters> = signal<WatchCounters>(zero());
  readonly #pause: Signal<WatchPause> = signal<WatchPause>({ waiting: 0, evicted: 0 });
  #id = newId();
  #startedAt: number;
  #number = 0;
  #counts: { -readonly [K in keyof WatchCounters]: number } = zero();
  #passes: (event: Event) => boolean = () => true;
  /** The last item in view when the pause began. */
  #pausedAt = 0;
  #evictedSincePause = 0;
  #log: SessionLog<Event> | undefined;
  #frameAsked = false;

  constructor(options: WatchOptions<Event> = {}) {
    const { capacity = 10_000 } = options;
    if (!Number.isInteger(capacity) || capacity < 1_000 || capacity > 65_536) {
      throw new RangeError(`capacity ${capacity}: expected a whole number from 1000 to 65536`);
    }
    this.#options = withDefaults({ capacity, idOf: messageId, onFrame, now: Date.now }, options);
    this.#ring = new Ring(capacity);
    this.#ids = new Recent(2 * capacity);
    this.#startedAt = this.#options.now();
  }

  /** Of this session, told to the gateway as `watchSessionId`; another after each restart. */
  get id(): string {
    return this.#id;
  }

  get startedAt(): number {
    return this.#startedAt;
  }

  get state(): ReadonlySignal<WatchState> {
    return this.#state;
  }

  /** What is in view, oldest first. During a pause it stands still, but for a filter that is set meanwhile. */
  get items(): ReadonlySignal<readonly WatchItem<Event>[]> {
    return this.#items;
  }

  /** Everything that is held, whatever the filter hides, oldest first. */
  get held(): WatchItem<Event>[] {
    return [...this.#ring].map(({ item }) => item);
  }

  get counters(): ReadonlySignal<WatchCounters> {
    return this.#counters;
  }

  get pausedSince(): ReadonlySignal<WatchPause> {
    return this.#pause;
  }

  /** The last session that was stopped and kept. */
  get log(): SessionLog<Event> | undefined {
    return this.#log;
  }

  /** Listens; returns its own off. */
  on<K extends keyof WatchEvents<Event>>(name: K, listener: (event: WatchEvents<Event>[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Takes an event up, from any source; undefined if it is a copy, or the session is stopped. */
  push(event: Event): WatchItem<Event> | undefined {
    const { idOf, now } = this.#options;
    const state = this.#state.value;
    if (state === "stopped") {
      return undefined;
    }
    const passes = this.#passes(event);
    const id = idOf(event);
    this.#counts.received++;
    this.#changed();
    if (id !== undefined && this.#ids.see(id)) {
      this.#counts.duplicates++;
      return undefined;
    }
    const item = { number: ++this.#number, event, at: now() };
    const fate = state === "paused" ? "paused" : passes ? "shown" : "filtered";
    this.#counts[fate]++;
    this.#evict(this.#ring.add({ item, fate }));
    this.#events.emit("held", item);
    if (fate === "shown") {
      this.#events.emit("shown", item);
    }
    return item;
  }

  /** Watches a channel until the session is stopped, and again after a restart; returns its own off. The channel's errors stay the channel's. */
  watch(channel: Subscription<Event>, restriction: Restriction = {}): () => void {
    const feed = new Feed(channel, restriction, {
      onEvent: (event) => this.push(event),
      onMissed: (reason, count) => {
        this.#counts[reason] += count;
        this.#changed();
      },
    });
    this.#feeds.add(feed);
    if (this.#state.value !== "stopped") {
      feed.start(this.#id);
    }
    return () => {
      this.#feeds.delete(feed);
      feed.stop();
    };
  }

  /** What the gateway sends of all watched channels from now on; options that are not named stay as they are. */
  restrict(restriction: Restriction): void {
    for (const feed of this.#feeds) {
      feed.restrict(restriction);
    }
  }

  /** What is in view of what is held, at once: the rest stays held, and is there again without the filter. */
  setFilter(filter: Filter | ((event: Event) => boolean) | undefined): void {
    this.#passes =
      typeof filter === "function" ? filter : filter === undefined ? () => true : (event) => matches(filter, event);
    for (const entry of this.#ring) {
      if (entry.fate !== "paused") {
        this.#decide(entry);
      }
    }
    if (this.#state.value === "paused") {
      this.#items.value = this.#view();
    }
    this.#changed();
  }

  /** The view stands still; what comes is held as far as there is room. */
  pause(): void {
    if (this.#state.value === "live") {
      this.#show();
      this.#pausedAt = this.#number;
      this.#evictedSincePause = 0;
      this.#state.value = "paused";
    }
  }

  /** Ends a pause, and shows in order what came meanwhile. */
  catchUp(): void {
    if (this.#state.value === "paused") {
      this.#state.value = "live";
      for (const entry of [...this.#ring]) {
        if (entry.item.number > this.#pausedAt && this.#decide(entry) === "shown") {
          this.#events.emit("shown", entry.item);
        }
      }
      this.#changed();
    }
  }

  /** Ends a pause, and shows only what comes from now on; what came meanwhile stays held and counted. */
  jumpToLive(): void {
    if (this.#state.value === "paused") {
      this.#state.value = "live";
      this.#changed();
    }
  }

  /** Counts anew from here; copies of what was there before are still known. */
  clear(): void {
    this.#ring.clear();
    this.#counts = zero();
    this.#pausedAt = this.#number;
    this.#evictedSincePause = 0;
    this.#items.value = [];
    this.#changed();
  }

  /** Leaves the channels. What was held is kept as the log, or discarded. */
  stop({ keep = true }: { readonly keep?: boolean } = {}): SessionLog<Event> | undefined {
    if (this.#state.value !== "stopped") {
      for (const feed of this.#feeds) {
        feed.stop();
      }
      this.#state.value = "stopped";
      this.#show();
      this.#log = keep ? this.#toLog() : undefined;
      if (!keep) {
        this.clear();
      }
    }
    return this.#log;
  }

  /** A new session, with an id of its own and nothing in it; the filter stays. The log of the last one stays until the next stop. */
  restart(): void {
    for (const feed of this.#feeds) {
      feed.stop();
    }
    this.clear();
    this.#ids.clear();
    this.#id = newId();
    this.#number = 0;
    this.#pausedAt = 0;
    this.#startedAt = this.#options.now();
    this.#state.value = "live";
    for (const feed of this.#feeds) {
      feed.start(this.#id);
    }
  }

  /** What is {@link held}, as NDJSON. */
  export(): string {
    return toNdjson(this.held);
  }

  #decide(entry: Entry<Event>): Entry<Event>["fate"] {
    this.#counts[entry.fate]--;
    entry.fate = this.#passes(entry.item.event) ? "shown" : "filtered";
    this.#counts[entry.fate]++;
    return entry.fate;
  }

  #evict(entry: Entry<Event> | undefined): void {
    if (entry !== undefined) {
      this.#counts[entry.fate]--;
      this.#counts.evicted++;
      this.#evictedSincePause += entry.item.number > this.#pausedAt ? 1 : 0;
    }
  }

  #view(): WatchItem<Event>[] {
    const items: WatchItem<Event>[] = [];
    for (const { item, fate } of this.#ring) {
      if (fate === "shown") {
        items.push(item);
      }
    }
    return items;
  }

  #changed(): void {
    if (!this.#frameAsked) {
      this.#frameAsked = true;
      this.#options.onFrame(() => {
        this.#frameAsked = false;
        this.#show();
      });
    }
  }

  #show(): void {
    const paused = this.#state.value === "paused";
    if (!paused) {
      this.#items.value = this.#view();
    }
    this.#counters.value = { ...this.#counts };
    const evicted = paused ? this.#evictedSincePause : 0;
    this.#pause.value = { waiting: paused ? this.#number - this.#pausedAt - evicted : 0, evicted };
  }

  #toLog(): SessionLog<Event> {
    return {
      id: this.#id,
      startedAt: this.#startedAt,
      stoppedAt: this.#options.now(),
      items: this.held,
      counters: { ...this.#counts },
    };
  }
}

/** One item a line: `{"number":1,"at":"2026-02-03T12:00:00.000Z","event":{…}}`. */
export function toNdjson(items: readonly WatchItem[]): string {
  return items.map((item) => `${JSON.stringify({ ...item, at: new Date(item.at).toISOString() })}\n`).join("");
}

function zero(): { -readonly [K in keyof WatchCounters]: number } {
  return {
    received: 0,
    shown: 0,
    duplicates: 0,
    evicted: 0,
    filtered: 0,
    paused: 0,
    sampled: 0,
    skipped: 0,
    lost: 0,
    withheld: 0,
  };
}

/** Only the gateway's books are kept by it, so chance of any quality does; `crypto` has less in pages without TLS. */
function newId(): string {
  return `ws_${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
}

/** Of an ingested event as the gateway publishes it, and of a call of Segment's SDK. */
function messageId(event: unknown): string | undefined {
  const { message_id, messageId } = (event ?? {}) as Readonly<Record<string, unknown>>;
  const id = message_id ?? messageId;
  return typeof id === "string" ? id : undefined;
}

function onFrame(task: () => void): void {
  if (typeof requestAnimationFrame === "function") {
    requestAnimationFrame(task);
  } else {
    setTimeout(task, 16);
  }
}
