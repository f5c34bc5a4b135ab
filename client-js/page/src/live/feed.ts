import {
  type ClientOptions,
  type GatewayError,
  HeliographClient,
  type Publication,
  type StateChange,
  type Subscription,
  type TokenProvider,
} from "@heliograph/client";
import { type Graph, type GraphMatcher, readEnvelope } from "@heliograph/client/graph";
import { Paths, TraceFollower } from "@heliograph/client/trace";
import { type Signal, signal } from "@preact/signals";
import type { Light } from "../graph/light.ts";
import { RateRing } from "../model/rate.ts";
import { type Sighting, WatchSession } from "../model/watch.ts";

/** Where events come from. */
export interface Source {
  readonly url: string;
  readonly channel: string;
  readonly token: TokenProvider | undefined;
}

/** What the header shows of the connection. */
export type Connection =
  | { readonly state: "off" }
  | { readonly state: "connecting"; readonly attempt: number }
  | { readonly state: "live"; readonly since: number; readonly userId: string | undefined }
  | {
      readonly state: "reconnecting";
      readonly attempt: number;
      readonly retryAt: number | undefined;
      readonly why: string;
    }
  | { readonly state: "failed"; readonly why: string; readonly code: number | undefined };

/** Something to know, and what to do about it. */
export interface Notice {
  readonly kind: "error" | "info";
  readonly text: string;
  readonly advice: string;
}

export interface FeedEnvironment {
  readonly now: () => number;
  /** Runs a task after that time, before a painting. */
  readonly onFrame: (task: () => void, delayMs: number) => void;
  readonly client: (options: ClientOptions) => HeliographClient;
}

const BROWSER: FeedEnvironment = {
  now: () => Date.now(),
  onFrame: (task, delayMs) =>
    void (delayMs > 0 ? setTimeout(requestAnimationFrame, delayMs, task) : requestAnimationFrame(task)),
  client: (options) => new HeliographClient(options),
};

/** Lists and numbers change no more often than they can be read. */
const CHANGE_MS = 100;

/** From the gateway to the screen: owns the connection and the watch session, and tells the view a few times a second. */
export class Feed {
  readonly session: WatchSession = new WatchSession();
  readonly rate: RateRing = new RateRing();
  readonly connection: Signal<Connection> = signal<Connection>({ state: "off" });
  readonly notice: Signal<Notice | undefined> = signal<Notice | undefined>(undefined);
  /** Rises when the session has changed. */
  readonly version: Signal<number> = signal(0);
  /** When Realtime was switched on, or the session cleared. */
  readonly since: Signal<number> = signal(0);
  readonly traces: TraceFollower;
  readonly #matcher: GraphMatcher;
  readonly #environment: FeedEnvironment;
  #client: HeliographClient | undefined;
  #light: Light | undefined;
  #userId: string | undefined;
  #frameAsked = false;
  #changedAt = 0;

  constructor(graph: Graph, matcher: GraphMatcher, environment: FeedEnvironment = BROWSER) {
    this.#matcher = matcher;
    this.traces = new TraceFollower(new Paths(graph));
    this.#environment = environment;
  }

  setLight(light: Light | undefined): void {
    this.#light = light;
  }

  on(source: Source): void {
    this.off();
    this.clear();
    const { url, token } = source;
    const client = this.#environment.client({ url, ...(token === undefined ? {} : { token }) });
    this.#client = client;
    client.on("state", (change) => this.#onState(change));
    client.on("identity", ({ userId }) => {
      this.#userId = userId;
    });
    client.on("error", (error) =>
      this.#tell("error", error.message, "The connection goes on as far as it can; reload the page if this stays."),
    );
    this.#listen(client.channel(source.channel));
    client.connect();
  }

  off(): void {
    this.#client?.close();
    this.#client = undefined;
    this.connection.value = { state: "off" };
    this.notice.value = undefined;
  }

  retry(): void {
    this.#client?.connect();
  }

  /** Starts counting anew. */
  clear(): void {
    this.session.clear();
    this.rate.clear();
    this.traces.clear();
    this.since.value = this.#environment.now();
    this.#changed();
  }

  #listen(channel: Subscription): void {
    channel.on("publication", (publication) => this.#onPublication(publication));
    channel.on("subscribed", ({ recovered, wasRecovering }) => {
      this.notice.value = undefined;
      if (wasRecovering && !recovered) {
        this.#tell("info", "Some events were missed while disconnected.", "Counters and list go on from here.");
      }
    });
    channel.on("lost", ({ count, reason }) => {
      this.session.addLost(count);
      this.#changed();
      this.#tell(
        "info",
        `${count} events did not reach this page (${reason ?? "no reason given"}).`,
        "More arrive than this browser takes.",
      );
    });
    channel.on("error", (error) => {
      const code = (error as Partial<GatewayError>).code;
      const advice =
        code === "FORBIDDEN"
          ? "Use a token whose grants include this channel under `subscribe`."
          : "It is tried again.";
      this.#tell("error", `${channel.channel}: ${error.message}`, advice);
    });
    channel.subscribe();
  }

  #onPublication({ data }: Publication): void {
    const now = this.#environment.now();
    const event = readEnvelope(data);
    if (event === undefined) {
      this.session.addUnreadable();
    } else {
      this.rate.add(now);
      const sighting = this.session.add(event, this.#matcher.match(event), now);
      if (sighting !== undefined) {
        this.#show(sighting);
      }
    }
    this.#changed();
  }

  #show({ event, nodes }: Sighting): void {
    const legs = this.traces.add(event, nodes);
    if (nodes.length > 0) {
      this.#light?.onSighting(nodes, legs, event.occurredAt);
    }
  }

  #onState({ to, reason, code, attempt, nextDelayMs }: StateChange): void {
    const now = this.#environment.now();
    switch (to) {
      case "connecting":
        this.connection.value = { state: "connecting", attempt };
        break;
      case "connected":
        this.notice.value = undefined;
        this.connection.value = { state: "live", since: now, userId: this.#userId };
        break;
      case "reconnecting": {
        const retryAt = nextDelayMs === undefined ? undefined : now + nextDelayMs;
        this.connection.value = { state: "reconnecting", attempt, retryAt, why: reason };
        break;
      }
      case "failed":
        this.connection.value = { state: "failed", why: reason, code };
        break;
      default:
        break;
    }
  }

  #tell(kind: Notice["kind"], text: string, advice: string): void {
    this.notice.value = { kind, text, advice };
  }

  #changed(): void {
    if (!this.#frameAsked) {
      const { now, onFrame } = this.#environment;
      this.#frameAsked = true;
      onFrame(
        () => {
          this.#frameAsked = false;
          this.#changedAt = now();
          this.version.value++;
        },
        this.#changedAt + CHANGE_MS - now(),
      );
    }
  }
}
