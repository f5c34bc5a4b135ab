import { Emitter } from "./emitter.ts";
import { GatewayError, type HeliographError, ProtocolError } from "./errors.ts";
import type {
  ClientMessage,
  ErrorCode,
  Filter,
  Gap,
  Joined,
  Position,
  Publication,
  ServerMessage,
} from "./protocol.ts";
import type { Asker } from "./requests.ts";
import type { Member, SubscriptionState } from "./roster.ts";

/** What happens in one channel. */
export interface SubscriptionEvents<Data = unknown> {
  /** An event of the channel, in order, none twice. */
  publication: Publication<Data>;
  /**
   * The gateway accepted the subscription, again after each reconnect; comes before what was missed. `wasRecovering` without
   * `recovered`: what was missed is gone, fetch the present state from where it is kept.
   */
  subscribed: { readonly recovered: boolean; readonly wasRecovering: boolean; readonly position: Position | undefined };
  /** Publications that this connection will never get. */
  lost: Gap;
  /** Publications that were merged into the next one. */
  skipped: Gap;
  /** The gateway sends less than there is, for now. */
  degraded: { readonly reason: string | undefined; readonly maxPerSecond: number | undefined };
  restored: { readonly reason: string | undefined };
  state: { readonly from: SubscriptionState; readonly to: SubscriptionState };
  /** The gateway refused the subscription. In state `failed` only `subscribe()` tries again. */
  error: HeliographError;
}

export interface SubscriptionOptions {
  /** Only these publications; evaluated by the gateway. */
  readonly filter?: Filter;
  /** Continue behind this position, as kept from an earlier session. */
  readonly recover?: Position;
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
export class Subscription<Data = unknown> implements Member {
  readonly channel: string;
  readonly #gateway: Gateway;
  readonly #events = new Emitter<SubscriptionEvents<Data>>();
  #state: SubscriptionState = "unsubscribed";
  #filter: Filter | undefined;
  #position: Position | undefined;
  #duplicates = 0;
  /** The gateway could not continue behind the position, and the listeners have not been told yet. */
  #unrecoverable = false;

  /** Made by the client's `channel()`. */
  constructor(channel: string, gateway: Gateway, options: SubscriptionOptions) {
    this.channel = channel;
    this.#gateway = gateway;
    this.#filter = options.filter;
    this.#position = options.recover;
  }

  get state(): SubscriptionState {
    return this.#state;
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
    return this.#events.on(name, listener);
  }

  /** Starts, now or with the next connection, and again after each reconnect. */
  subscribe(): this {
    if (this.#state === "unsubscribed" || this.#state === "failed") {
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

  /** Replaces the filter, in place if subscribed. */
  setFilter(filter: Filter | undefined): void {
    this.#filter = filter;
    if (this.#state === "subscribing" || this.#state === "subscribed") {
      this.#gateway.join(this);
    }
  }

  /** Publishes into this channel; needs no subscription. Rejects with a {@link HeliographError}. */
  async publish(data: unknown, options: PublishOptions = {}): Promise<Position | undefined> {
    const payload = { data, ...options };
    return (await this.#ask("publish", payload, options.id !== undefined, "published")).position;
  }

  /** What the channel retains; needs no subscription. Rejects with a {@link HeliographError}. */
  async history(options: HistoryOptions = {}): Promise<History<Data>> {
    const { publications, position, complete } = await this.#ask("history", options, true, "history");
    return { publications: publications as readonly Publication<Data>[], position, complete };
  }

  /** What a `subscribe` says of this channel. @internal */
  toRequest(): object {
    // once subscribed, the gateway knows better than we where the stream is: a filter hides from us how far it has come
    const recover = this.#state === "subscribed" ? undefined : this.#position;
    return { channel: this.channel, recover, filter: this.#filter };
  }

  /** @internal */
  onDisconnected(): void {
    if (this.#state === "subscribed") {
      this.#move("subscribing");
    }
  }

  /** @internal */
  onJoined({ recovered, wasRecovering, position }: Joined): void {
    if (this.#state !== "subscribing" && this.#state !== "subscribed") {
      return;
    }
    const wasToldOf = { recovered, wasRecovering: wasRecovering || this.#unrecoverable, position };
    this.#unrecoverable = false;
    if (this.#state === "subscribing" && !recovered) {
      this.#position = position;
    }
    this.#move("subscribed");
    if (this.state === "subscribed") {
      this.#events.emit("subscribed", wasToldOf);
    }
  }

  /** Whether to ask again is the answer. @internal */
  onRefused(error: HeliographError): "now" | "later" | "stop" {
    if (this.#state !== "subscribing" && this.#state !== "subscribed") {
      return "stop";
    }
    const code = error instanceof GatewayError ? error.code : "";
    if (code === "UNRECOVERABLE_POSITION") {
      this.#position = undefined;
      this.#unrecoverable = true;
      return "now";
    }
    if (PERMANENT.includes(code)) {
      this.onFailed(error);
      return "stop";
    }
    this.#events.emit("error", error);
    return this.state === "unsubscribed" ? "stop" : "later";
  }

  /** The gateway ended it, or would not hear of it again. @internal */
  onFailed(error: HeliographError): void {
    if (this.#state !== "unsubscribed") {
      this.#move("failed");
      this.#events.emit("error", error);
    }
  }

  /** @internal */
  onMessage(message: ServerMessage): void {
    switch (message.type) {
      case "publication":
        this.#onPublication(message.publication as Publication<Data>);
        break;
      case "lost":
        this.#advance(message.gap.to);
        this.#events.emit("lost", message.gap);
        break;
      case "skipped":
        this.#events.emit("skipped", message.gap);
        break;
      case "degraded":
        this.#events.emit("degraded", message);
        break;
      case "restored":
        this.#events.emit("restored", message);
        break;
      case "error":
        this.#events.emit("error", new GatewayError(message.code, message.message, this.channel));
        break;
      default:
        break;
    }
  }

  #ask<Type extends ServerMessage["type"]>(
    type: "publish" | "history",
    payload: object,
    repeatable: boolean,
    expected: Type,
  ): Promise<ServerMessage & { type: Type }> {
    return new Promise((resolve, reject) => {
      this.#gateway.ask({ type, channel: this.channel, payload }, repeatable, {
        onAnswer: (answer) =>
          answer.type === expected
            ? resolve(answer as ServerMessage & { type: Type })
            : reject(new ProtocolError(`the gateway answered ${answer.type} to ${type}`)),
        onError: reject,
      });
    });
  }

  #onPublication(publication: Publication<Data>): void {
    if (this.#state !== "subscribed") {
      return;
    }
    if (publication.position !== undefined && !this.#advance(publication.position)) {
      this.#duplicates++;
      return;
    }
    this.#events.emit("publication", publication);
  }

  /** False if that position was seen before. */
  #advance(position: Position | undefined): boolean {
    if (position === undefined) {
      return false;
    }
    if (this.#position?.epoch === position.epoch && position.offset <= this.#position.offset) {
      return false;
    }
    this.#position = position;
    return true;
  }

  #move(to: SubscriptionState): void {
    const from = this.#state;
    if (from !== to) {
      this.#state = to;
      this.#events.emit("state", { from, to });
    }
  }
}
