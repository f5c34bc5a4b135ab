import type { BackoffOptions } from "./backoff.ts";
import type { ChannelTypes, In, Out, TypeOf } from "./channels.ts";
import { type Clock, systemClock } from "./clock.ts";
import { Connection, type ConnectionState, type StateChange } from "./connection.ts";
import { withDefaults } from "./defaults.ts";
import { Emitter } from "./emitter.ts";
import { DisconnectedError, GatewayError, type HeliographError } from "./errors.ts";
import { type Lifecycle, pageLifecycle } from "./lifecycle.ts";
import type { ServerFrame } from "./protocol.ts";
import { Requests } from "./requests.ts";
import { Roster } from "./roster.ts";
import { type ReadonlySignal, type Signal, signal } from "./signal.ts";
import { type Gateway, Subscription, type SubscriptionOptions } from "./subscription.ts";
import { type TokenProvider, TokenSource } from "./token.ts";
import { type TransportFactory, webSocketTransport } from "./transport.ts";

/** What happens to the client as a whole. */
export interface ClientEvents {
  /** Every change of the connection's state, and each new delay before an attempt. */
  state: StateChange;
  /** Who the gateway takes this client for. */
  identity: { readonly userId: string | undefined };
  /** What went wrong and belongs to no promise and no channel. The client goes on, or its state says that it does not. */
  error: HeliographError;
}

/** Everything but `url` has a default. */
export interface ClientOptions {
  /** `ws:` or `wss:`, without a token: that travels in the first message. */
  readonly url: string;
  /** A token, or a function that fetches one; absent: anonymous. */
  readonly token?: TokenProvider | undefined;
  readonly backoff?: Partial<BackoffOptions> | undefined;
  /** From dialling to `authenticated`. Default 10 s. */
  readonly connectTimeoutMs?: number | undefined;
  /** For `publish`, `history` and each subscribe. Default 10 s. */
  readonly requestTimeoutMs?: number | undefined;
  /** How long the token provider may take. Default 15 s. */
  readonly tokenTimeoutMs?: number | undefined;
  /** Most requests that wait for a connection or an answer. Default 256. */
  readonly requestsMax?: number | undefined;
  /** Most subscriptions at once. Default 1,000. */
  readonly subscriptionsMax?: number | undefined;
  /** Most characters that may wait in the socket before `publish` is refused. Default 1 Mi. */
  readonly bufferedMax?: number | undefined;
  readonly transport?: TransportFactory | undefined;
  readonly lifecycle?: Lifecycle | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined;
}

const BACKOFF: BackoffOptions = { baseMs: 500, capMs: 20_000, floorMs: 100 };

const DEFAULTS = {
  connectTimeoutMs: 10_000,
  requestTimeoutMs: 10_000,
  tokenTimeoutMs: 15_000,
  requestsMax: 256,
  subscriptionsMax: 1_000,
  bufferedMax: 1 << 20,
  transport: webSocketTransport(),
  lifecycle: pageLifecycle,
  clock: systemClock,
  random: Math.random,
};

/** What a channel brings: what the client was given for its name, else what this call says, else unknown. */
type Said<Channels, Name extends string, Data> =
  unknown extends In<TypeOf<Channels, Name>> ? ([Data] extends [never] ? unknown : Data) : In<TypeOf<Channels, Name>>;

/** A client of one gateway: one connection and any number of channels over it. */
export class HeliographClient<Channels = ChannelTypes> {
  readonly #events = new Emitter<ClientEvents>();
  readonly #status: Signal<ConnectionState> = signal<ConnectionState>("idle");
  readonly #connection: Connection;
  readonly #requests: Requests;
  readonly #roster: Roster;
  readonly #gateway: Gateway;
  /** Handles that somebody listens to, subscribed or not. */
  readonly #heard = new Map<string, object>();

  constructor(options: ClientOptions) {
    const backoff = withDefaults(BACKOFF, options.backoff ?? {});
    const settings = { ...withDefaults(DEFAULTS, options), backoff };
    const { clock, token, tokenTimeoutMs } = settings;
    const tokens = token === undefined ? undefined : new TokenSource(token, clock, tokenTimeoutMs);
    this.#connection = new Connection(settings, tokens, {
      onState: (change) => {
        if (change.to === "closed" || change.to === "failed") {
          this.#requests.onEnd(`the client is ${change.to}: ${change.reason}`);
        }
        this.#events.emit("state", change);
        this.#status.value = this.state;
      },
      onReady: () => this.#requests.onReady(() => this.#roster.onReady()),
      onMessage: (message) => this.#onMessage(message),
      onDown: (drop) => {
        this.#requests.onDown(drop);
        this.#roster.onDown();
      },
      onError: (error) => this.#events.emit("error", error),
    });
    this.#requests = new Requests(settings, clock, this.#connection);
    this.#roster = new Roster(settings, this.#connection, this.#requests);
    this.#gateway = {
      hear: (subscription) => this.#heard.set(subscription.channel, subscription),
      join: (subscription) => this.#roster.join(subscription),
      leave: (subscription) => {
        this.#heard.delete(subscription.channel);
        this.#roster.leave(subscription);
      },
      ask: (message, repeatable, asker) => {
        const { state } = this;
        if (state === "idle" || state === "closed" || state === "failed") {
          asker.onError(new DisconnectedError(`the client is ${state}: call connect() first`));
        } else {
          this.#roster.flush();
          this.#requests.ask(message, repeatable, asker);
        }
      },
    };
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  /** The same as a signal. */
  get status(): ReadonlySignal<ConnectionState> {
    return this.#status;
  }

  /** Starts; while reconnecting, tries at once; after `closed` or `failed`, starts anew. */
  connect(): void {
    this.#connection.connect();
  }

  /** Ends the connection until `connect()`. Subscriptions stay wanted; requests that wait are rejected. */
  close(): void {
    this.#connection.close();
  }

  /** Listens; returns its own off. */
  on<K extends keyof ClientEvents>(name: K, listener: (event: ClientEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /**
   * A channel to listen to, publish into, or ask the history of: the handle that is
   * subscribed or listened to (until it is unsubscribed), else a new one with these options.
   * Its types are those that the client was given for its name, or `Data`.
   */
  channel<Data = never, const Name extends string = string>(
    name: Name,
    options: SubscriptionOptions<Said<Channels, Name, Data>> = {},
  ): Subscription<Said<Channels, Name, Data>, Out<TypeOf<Channels, Name>>> {
    const present = this.#roster.get(name) ?? this.#heard.get(name) ?? new Subscription(name, this.#gateway, options);
    return present as Subscription<Said<Channels, Name, Data>, Out<TypeOf<Channels, Name>>>;
  }

  #onMessage(frame: ServerFrame): void {
    if (this.#requests.onMessage(frame)) {
      return;
    }
    const { type, channel } = frame;
    const subscription = this.#roster.get(channel ?? "");
    if (subscription !== undefined) {
      subscription.onMessage(frame);
      return;
    }
    switch (type) {
      case "connected":
      case "authenticated":
        this.#onUser(frame.payload);
        break;
      case "error":
        this.#events.emit("error", new GatewayError(frame.payload.code, frame.payload.message, channel));
        break;
      case "degraded":
      case "restored":
        for (const each of channel === undefined ? this.#roster.all() : []) {
          each.onMessage(frame);
        }
        break;
      default:
    }
  }

  #onUser({ userId, lost = [] }: { readonly userId: string | null; readonly lost?: readonly string[] }): void {
    this.#events.emit("identity", { userId: userId ?? undefined });
    for (const channel of lost) {
      this.#roster.get(channel)?.onFailed(new GatewayError("FORBIDDEN", "the new token does not permit it", channel));
    }
  }
}
