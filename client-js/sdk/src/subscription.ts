import { Emitter } from "./emitter.ts";
import { GatewayError, type HeliographError, ProtocolError } from "./errors.ts";
import { type IterateOptions, iterate } from "./iterate.ts";
import {
  type ClientMessage,
  type Degradation,
  type ErrorCode,
  type Filter,
  type Gap,
  type Granted,
  isPublication,
  type Joined,
  type Position,
  type Publication,
  type PublicationFrame,
  publication,
  type ServerFrame,
  type ServerMessage,
} from "./protocol.ts";
import type { Asker } from "./requests.ts";
import type { Member, SubscriptionState } from "./roster.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";

/** What happens in one channel. */
export interface SubscriptionEvents<Data = unknown> {
  /** An event of the channel, in order, none twice. */
  publication: Publication<Data>;
  /**
   * The gateway accepted the subscription, again after each reconnect; comes before what was missed. `wasRecovering` without
   * `recovered`: what was missed is gone, fetch the present state from where it is kept.
   */
  subscribed: {
    readonly recovered: boolean;
    readonly wasRecovering: boolean;
    readonly position: Position | undefined;
    readonly granted: Granted;
  };
  /** Publications that this connection will never get. */
  lost: Gap;
  /** Publications that were merged into the next one. */
  skipped: Gap;
  /** The gateway sends less than there is, for now. */
  degraded: Degradation;
  restored: Degradation;
  state: { readonly from: SubscriptionState; readonly to: SubscriptionState };
  /** The gateway refused the subscription, or what came is not what `parse` takes. In state `failed` only `subscribe()` tries again. */
  error: HeliographError;
  /** Whatever else the gateway tells of this channel, as it said it: `presence:…`, `stats`. */
  message: ServerMessage;
}

/** What of a channel is sent; the gateway sees to it. */
export interface StreamOptions {
  /** Only these publications. */
  readonly filter?: Filter | undefined;
  /** Above 0 up to 1: so much of the traces; each comes whole or not at all. */
  readonly sampleRate?: number | undefined;
  /** 0.1 to 10,000: what comes faster waits and merges, and `skipped` says what the next one stands for. */
  readonly maxPerSecond?: number | undefined;
  /** 0 to 1,000: so many of the newest come first, if nothing was recovered. */
  readonly last?: number | undefined;
  /** The channel's state comes first, if it has one and nothing else was brought. */
  readonly state?: boolean | undefined;
  /** 1 to 64 characters: `stats` tell what this watch session was not sent. */
  readonly watchSessionId?: string | undefined;
}

export interface SubscriptionOptions<Data = unknown> extends StreamOptions {
  /** Continue behind this position, as kept from an earlier session. */
  readonly recover?: Position;
  /** Makes sure that data is what it is taken to be; what it throws for is reported as `error` and not passed on. */
  readonly parse?: (data: unknown) => Data;
}

export interface PublishOptions {
  /** The event's name; the gateway's default is `message`. */
  readonly name?: string;
  /** Where waiting updates merge by key, only the last of each is kept. */
  readonly key?: string;
  /** Makes the publish idempotent, so that the client may repeat it after a reconnect. */
  readonly id?: string;
}

export interface HistoryOptions {
  /** Starts behind this position; absent: the newest. */
  readonly after?: Position;
  readonly limit?: number;
}

export interface History<Data = unknown> {
  readonly publications: readonly Publication<Data>[];
  readonly position: Position | undefined;
  /** Nothing is missing between the asked position and the first publication. */
  readonly complete: boolean;
}

/** The client, as its subscriptions see it. */
export interface Gateway {
  /** Somebody listens to this handle. */
  hear(member: Member): void;
  join(member: Member): void;
  leave(member: Member): void;
  ask(message: ClientMessage, repeatable: boolean, asker: Asker): void;
}

/** Answers after which the same question has the same answer. */
const PERMANENT: readonly ErrorCode[] = ["FORBIDDEN", "BAD_CHANNEL", "BAD_FILTER", "BAD_MESSAGE", "TOO_LARGE"];

/**
 * One channel: its listeners, and how far they have seen it.
 *
 * ```
 * unsubscribed ── subscribe ──► subscribing ◄── connection lost ── subscribed
 *                                   │  └────────── accepted ────────►│
 *                                   └── refused for good ──► failed ◄┘ no longer permitted
 * ```
 */
export class Subscription<Data = unknown, Out = unknown> implements Member {
  readonly channel: string;
  readonly #gateway: Gateway;
  readonly #events = new Emitter<SubscriptionEvents<Data>>();
  readonly #parse: (data: unknown) => Data;
  readonly #status: Signal<SubscriptionState> = signal<SubscriptionState>("unsubscribed");
  #state: SubscriptionState = "unsubscribed";
  #options: StreamOptions;
  #position: Position | undefined;
  /** What comes next may lie before the position: the channel's state, or the newest that were asked for. */
  #fresh = false;
  #duplicates = 0;

  /** Made by the client's `channel()`. */
  constructor(channel: string, gateway: Gateway, options: SubscriptionOptions<Data>) {
    const { recover, parse = (data) => data as Data, ...stream } = options;
    this.channel = channel;
    this.#gateway = gateway;
    this.#parse = parse;
    this.#options = stream;
    this.#position = recover;
  }

  get state(): SubscriptionState {
    return this.#state;
  }

  /** The same as a signal. */
  get status(): ReadonlySignal<SubscriptionState> {
    return this.#status;
  }

  /** The last publication seen; keep it to continue in another session. */
  get position(): Position | undefined {
    return this.#position;
  }

  /** Publications that came again and were not passed on. */
  get duplicates(): number {
    return this.#duplicates;
  }

  /** Listens; returns its own off. */
  on<K extends keyof SubscriptionEvents>(name: K, listener: (event: SubscriptionEvents<Data>[K]) => void): () => void {
    this.#gateway.hear(this);
    return this.#events.on(name, listener);
  }

  /** The publications from now on, for a `for await` loop. It ends with the subscription, by its error if that failed. */
  publications(options?: IterateOptions): AsyncGenerator<Publication<Data>, void, undefined> {
    return iterate<Publication<Data>>((sink) => {
      const offs = [
        this.on("publication", sink.next),
        this.on("state", ({ to }) => to === "unsubscribed" && sink.end()),
        this.on("error", (error) => this.#state === "failed" && sink.end(error)),
      ];
      return () => {
        for (const off of offs) {
          off();
        }
      };
    }, options);
  }

  [Symbol.asyncIterator](): AsyncGenerator<Publication<Data>, void, undefined> {
    return this.publications();
  }

  /** Starts, now or with the next connection, and again after each reconnect. */
  subscribe(): this {
    if (!this.#wanted) {
      this.#gateway.join(this);
      this.#move("subscribing");
    }
    return this;
  }

  /** Stops, and forgets the position. */
  unsubscribe(): void {
    if (this.#state !== "unsubscribed") {
      this.#position = undefined;
      this.#gateway.leave(this);
      this.#move("unsubscribed");
    }
  }

  /** Replaces those options that are given, in place if subscribed; `undefined` takes one away. */
  configure(options: StreamOptions): void {
    this.#options = { ...this.#options, ...options };
    if (this.#wanted) {
      this.#gateway.join(this);
    }
  }

  /** Publishes into this channel; needs no subscription. Rejects with a {@link HeliographError}. */
  async publish(data: Out, options: PublishOptions = {}): Promise<Position | undefined> {
    const repeatable = options.id !== undefined;
    return (await this.request("publish", "published", { data, ...options }, repeatable)).position;
  }

  /** What the channel retains; needs no subscription. Rejects with a {@link HeliographError}. */
  async history(options: HistoryOptions = {}): Promise<History<Data>> {
    const { publications, position, complete } = await this.request("history", "history", options, true);
    return { publications: publications.map((item) => publication(item, this.#parse)), position, complete };
  }

  /**
   * Says any message of the protocol about this channel, and gives its answer's payload. Rejects with a {@link HeliographError}.
   *
   * @param repeatable whether saying it twice does no harm, so that it is repeated after a reconnect
   */
  request<Answer extends ServerMessage["type"]>(
    type: ClientMessage["type"],
    answer: Answer,
    payload: object,
    repeatable = false,
  ): Promise<ServerMessage<Answer>["payload"]> {
    return new Promise((resolve, reject) => {
      this.#gateway.ask({ type, channel: this.channel, payload }, repeatable, {
        onAnswer: (message) =>
          message.type === answer
            ? resolve(message.payload as ServerMessage<Answer>["payload"])
            : reject(new ProtocolError(`the gateway answered ${message.type} to ${type}`)),
        onError: reject,
      });
    });
  }

  /** What a `subscribe` says of this channel. @internal */
  toRequest(): object {
    // once subscribed, the gateway knows better than we where the stream is: a filter hides from us how far it has come
    const recover = this.#state === "subscribed" ? undefined : this.#position;
    return { channel: this.channel, recover, ...this.#options };
  }

  /** @internal */
  onDisconnected(): void {
    if (this.#state === "subscribed") {
      this.#move("subscribing");
    }
  }

  /** @internal */
  onJoined({ recovered, wasRecovering, position, granted = {} }: Joined): void {
    if (!this.#wanted) {
      return;
    }
    if (!recovered && (wasRecovering || this.#state === "subscribing")) {
      this.#position = position;
      this.#fresh = true;
    }
    this.#move("subscribed");
    if (this.state === "subscribed") {
      this.#events.emit("subscribed", { recovered, wasRecovering, position, granted });
    }
  }

  /** Whether to ask again. @internal */
  onRefused(error: HeliographError): boolean {
    if (!this.#wanted) {
      return false;
    }
    if (error instanceof GatewayError && PERMANENT.includes(error.code)) {
      this.onFailed(error);
    } else {
      this.#events.emit("error", error);
    }
    return this.#wanted;
  }

  /** The gateway ended it, or would not hear of it again. @internal */
  onFailed(error: HeliographError): void {
    if (this.#state !== "unsubscribed") {
      this.#move("failed");
      this.#events.emit("error", error);
    }
  }

  /** @internal */
  onMessage(frame: ServerFrame): void {
    if (isPublication(frame)) {
      this.#onPublication(frame);
      return;
    }
    switch (frame.type) {
      case "lost":
        this.#advance(frame.payload.to);
        this.#events.emit("lost", frame.payload);
        break;
      case "skipped":
      case "degraded":
      case "restored":
        this.#events.emit(frame.type, frame.payload as Gap & Degradation);
        break;
      case "error":
        this.#events.emit("error", new GatewayError(frame.payload.code, frame.payload.message, this.channel));
        break;
      default:
        this.#events.emit("message", frame as ServerMessage);
    }
  }

  #onPublication(frame: PublicationFrame): void {
    if (this.#state !== "subscribed") {
      return;
    }
    if (frame.position !== undefined && !this.#advance(frame.position)) {
      this.#duplicates++;
      return;
    }
    let read: Publication<Data>;
    try {
      read = publication(frame, this.#parse);
    } catch (cause) {
      this.#events.emit("error", new ProtocolError(`unexpected data on ${this.channel}: ${String(cause)}`, { cause }));
      return;
    }
    this.#events.emit("publication", read);
  }

  /** False if that position was seen before. */
  #advance(position: Position): boolean {
    const seen = this.#position;
    if (!this.#fresh && seen?.epoch === position.epoch && position.offset <= seen.offset) {
      return false;
    }
    this.#fresh = false;
    this.#position = position;
    return true;
  }

  get #wanted(): boolean {
    return this.#state === "subscribing" || this.#state === "subscribed";
  }

  #move(to: SubscriptionState): void {
    const from = this.#state;
    if (from !== to) {
      this.#state = to;
      this.#events.emit("state", { from, to });
      this.#status.value = this.#state;
    }
  }
}
