import {
  type GatewayError,
  HeliographClient,
  ProtocolError,
  type Subscription,
  type TokenProvider,
} from "@heliograph/client";
import { type Restriction, type WatchCounters, type WatchItem, WatchSession } from "@heliograph/client/watch";
import { type Signal, signal } from "@preact/signals";
import type { KeptSession } from "../model/kept.ts";
import { LagRing } from "../model/lag.ts";
import { RateRing } from "../model/rate.ts";
import { Sighting } from "../model/sighting.ts";
import { Link, type LinkEnvironment } from "./link.ts";
import { type Charted, type Correlation, Tracker } from "./tracker.ts";

/** Where events come from. */
export interface Source {
  readonly url: string;
  readonly channel: string;
  readonly token: TokenProvider | undefined;
}

/** `received = shown + filtered + paused + evicted + duplicates + unreadable`; the rest did not come, or is said of what came. */
export interface Counters extends WatchCounters {
  /** Came, and is no ingested event. */
  readonly unreadable: number;
  /** Came, and no node waits for it. */
  readonly unmapped: number;
}

export interface FeedEnvironment extends LinkEnvironment {
  /** Runs a task after that time, before a painting. */
  readonly onFrame: (task: () => void, delayMs: number) => void;
}

const BROWSER: FeedEnvironment = {
  now: () => Date.now(),
  onFrame: (task, delayMs) =>
    void (delayMs > 0 ? setTimeout(requestAnimationFrame, delayMs, task) : requestAnimationFrame(task)),
  client: (options) => new HeliographClient(options),
};

/** Lists and numbers change no more often than they can be read. */
const CHANGE_MS = 100;
/** Where so many come between two changes, nobody reads them, and half as many changes do. */
const HASTE = 50;
const HELD_MAX = 10_000;

/**
 * From the gateway to the screen: owns the connection, the watch session of what came since Realtime was switched on, and what is made of
 * it. The picture is told at once, all else at most ten times a second.
 */
export class Feed {
  readonly session: WatchSession<Sighting>;
  readonly link: Link;
  readonly tracker: Tracker;
  readonly rate: RateRing = new RateRing();
  readonly lag: LagRing = new LagRing();
  /** Rises when anything here has changed. */
  readonly version: Signal<number> = signal(0);
  /** The gateway took the subscription. */
  readonly subscribed: Signal<boolean> = signal(false);
  readonly #environment: FeedEnvironment;
  #restriction: Restriction = {};
  #passes: ((sighting: Sighting) => boolean) | undefined;
  #unwatch: () => void = () => {};
  /** Came during a pause, and is not yet taken up by the tracker. */
  #waiting: Sighting[] = [];
  #unreadable = 0;
  #recountDue = false;
  #sessionTask: () => void = () => {};
  #frameAsked = false;
  #changedAt = 0;
  #heldSinceChange = 0;
  #changeMs = CHANGE_MS;

  constructor(charted: Charted, environment: FeedEnvironment = BROWSER) {
    this.#environment = environment;
    this.tracker = new Tracker(charted);
    this.link = new Link(environment);
    this.session = new WatchSession<Sighting>({
      capacity: HELD_MAX,
      idOf: ({ event }) => event.messageId,
      now: environment.now,
      onFrame: (task) => {
        this.#sessionTask = task;
        this.#changed();
      },
    });
    this.session.on("held", (item) => this.#onHeld(item));
    this.session.on("shown", ({ event }) => this.tracker.show(event, environment.now()));
  }

  get counters(): Counters {
    const counters = this.session.counters.value;
    return {
      ...counters,
      received: counters.received + this.#unreadable,
      unreadable: this.#unreadable,
      unmapped: this.tracker.unmappedCount,
    };
  }

  get restriction(): Restriction {
    return this.#restriction;
  }

  /** Listens there, in place of where it did; after {@link off} with nothing of what was before. */
  on({ url, channel, token }: Source): void {
    this.#unwatch();
    this.subscribed.value = false;
    if (this.session.state.value === "stopped") {
      this.#forget();
      this.session.restart();
    }
    const client = this.link.open(url, token);
    const subscription = client.channel<Sighting>(channel, {
      parse: (data) => Sighting.read(data, (event) => this.tracker.match(event)),
    });
    this.#listen(subscription);
    this.#unwatch = this.session.watch(subscription, this.#restriction);
    client.connect();
  }

  /** Ends the session, which is given back if anything is in it. What was in view stays until {@link on}. */
  off(): KeptSession | undefined {
    const ended = this.session.state.value === "stopped" ? undefined : this.session.stop();
    this.#unwatch();
    this.#unwatch = () => {};
    this.#takeWaiting();
    this.subscribed.value = false;
    this.link.close();
    this.#changed();
    return ended;
  }

  /** A new session by the same connection; the one before is given back. */
  restart(): KeptSession | undefined {
    const ended = this.session.state.value === "stopped" ? undefined : this.session.stop();
    this.#forget();
    this.session.restart();
    return ended;
  }

  /** Starts counting anew; copies of what was there before are still known. */
  clear(): void {
    this.#forget();
    this.session.clear();
    this.#changed();
  }

  pause(): void {
    this.session.pause();
    this.#changed();
  }

  /** Ends a pause: with what came meanwhile in view, or passed over. */
  resume(how: "catch up" | "jump to live"): void {
    this.#takeWaiting();
    if (how === "catch up") {
      this.session.catchUp();
    } else {
      this.session.jumpToLive();
    }
    this.#changed();
  }

  /** What is in view; undefined: everything. */
  setFilter(passes: ((sighting: Sighting) => boolean) | undefined): void {
    this.#passes = passes;
    this.session.setFilter(passes);
    this.#recountDue = true;
    this.#changed();
  }

  /** What the gateway sends at all. */
  restrict(restriction: Restriction): void {
    this.#restriction = { ...this.#restriction, ...restriction };
    this.session.restrict(restriction);
    this.#changed();
  }

  setGraph(charted: Charted): void {
    this.tracker.setGraph(charted, this.#takenUp(), this.#waiting);
    this.setFilter(this.#passes); // nodes and their labels are others
  }

  /** Only this trace lights, whose way is known from all that is held, however long it has been silent; `undefined`: all do. */
  follow(id: string | undefined): void {
    this.tracker.follow(id);
    if (id !== undefined && this.tracker.traces.trace(id) === undefined) {
      this.tracker.recall(id, this.#takenUp());
    }
  }

  pin(id: string, pinned: boolean): void {
    this.tracker.traces.pin(id, pinned);
    this.#changed();
  }

  correlate(correlation: Correlation): void {
    this.tracker.correlate(correlation, this.#takenUp());
    this.#changed();
  }

  #onHeld({ event: sighting, at }: WatchItem<Sighting>): void {
    const now = this.#environment.now();
    this.#heldSinceChange++;
    this.rate.add(now);
    this.lag.add(now, at - sighting.event.arrivedAt);
    if (this.session.state.value === "paused") {
      this.#waiting.push(sighting);
      const [oldest] = this.#waiting;
      if (oldest !== undefined && this.#waiting.length > HELD_MAX) {
        this.#waiting.shift();
        this.tracker.passOver(oldest);
      }
    } else {
      this.tracker.hold(sighting);
    }
  }

  /** What is held, but for what waits for the end of a pause. */
  #takenUp(): Sighting[] {
    const waiting = new Set(this.#waiting);
    return this.session.held.map(({ event }) => event).filter((sighting) => !waiting.has(sighting));
  }

  #takeWaiting(): void {
    for (const sighting of this.#waiting.splice(0)) {
      this.tracker.hold(sighting);
    }
  }

  #forget(): void {
    this.tracker.clear();
    this.rate.clear();
    this.lag.clear();
    this.#waiting = [];
    this.#unreadable = 0;
  }

  #listen(channel: Subscription<Sighting>): void {
    channel.on("state", ({ to }) => {
      this.subscribed.value = to === "subscribed";
    });
    channel.on("subscribed", ({ recovered, wasRecovering }) => {
      this.link.notice.value = undefined;
      if (wasRecovering && !recovered) {
        this.link.tell("info", "Some events were missed while disconnected.", "Counters and list go on from here.");
      }
    });
    channel.on("lost", ({ count, reason }) =>
      this.link.tell(
        "info",
        `${count} events did not reach this page (${reason ?? "no reason given"}).`,
        "More arrive than this browser takes: ask for fewer under “Settings”.",
      ),
    );
    channel.on("degraded", () =>
      this.link.tell("info", "The gateway is busy and sends less for now.", "Counters say what is left out."),
    );
    channel.on("restored", () => {
      this.link.notice.value = undefined;
    });
    channel.on("error", (error) => this.#onError(channel.channel, error));
  }

  #onError(channel: string, error: Error): void {
    if (error instanceof ProtocolError) {
      this.#unreadable++;
      this.#changed();
      return;
    }
    const advice =
      (error as Partial<GatewayError>).code === "FORBIDDEN"
        ? "Use a token whose grants include this channel under `subscribe`."
        : "It is tried again.";
    this.link.tell("error", `${channel}: ${error.message}`, advice);
  }

  #changed(): void {
    if (!this.#frameAsked) {
      const { now, onFrame } = this.#environment;
      this.#frameAsked = true;
      // never longer, also where the clock was set back
      onFrame(() => this.#show(), Math.min(this.#changeMs, this.#changedAt + this.#changeMs - now()));
    }
  }

  #show(): void {
    this.#frameAsked = false;
    this.#changedAt = this.#environment.now();
    this.#changeMs = this.#heldSinceChange > HASTE ? 2 * CHANGE_MS : CHANGE_MS;
    this.#heldSinceChange = 0;
    const task = this.#sessionTask;
    this.#sessionTask = () => {};
    task();
    if (this.#recountDue) {
      this.#recountDue = false;
      this.tracker.recount(this.session.items.value);
    }
    this.tracker.publish();
    this.version.value++;
  }
}
