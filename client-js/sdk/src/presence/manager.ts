import { type Clock, systemClock, Timers } from "../clock.ts";
import type { ConnectionState, StateChange } from "../connection.ts";
import { type Complete, withDefaults } from "../defaults.ts";
import { Emitter } from "../emitter.ts";
import { DisconnectedError, GatewayError, type HeliographError } from "../errors.ts";
import { hold } from "../holders.ts";
import type { ErrorCode, PresencePage, PresenceState, PresenceUser, ServerMessage } from "../protocol.ts";
import type { SubscriptionState } from "../roster.ts";
import { part, type ReadonlySignal, type Signal, signal } from "../signal.ts";
import type { Subscription } from "../subscription.ts";

/** One who is there. */
export interface PresenceMember<Metadata = unknown> extends PresenceUser<Metadata> {
  /** Was there before the connection broke; whether still is not known. */
  readonly stale: boolean;
}

/** Members by user. */
export type PresenceMembers<Metadata = unknown> = ReadonlyMap<string, PresenceMember<Metadata>>;

/** Who came, went and changed; each also as a difference where the gateway told all members at once. */
export interface PresenceEvents<Metadata = unknown> {
  join: PresenceMember<Metadata>;
  update: PresenceMember<Metadata>;
  leave: PresenceMember<Metadata>;
  /** All members were told anew. `partial`: they are too many, and only their number was. */
  sync: { readonly count: number; readonly partial: boolean };
  /** The user could not become a member, or what others see of it could not be changed. */
  error: HeliographError;
}

export interface PresenceOptions {
  /** Least time between two updates; the last one always gets through. The gateway takes 20 changes a second. Default 250. */
  readonly updateMs?: number | undefined;
  /**
   * How often to say that the user is there. Default 0, never: being connected is enough. Where it is said, the user is absent 30 s after
   * the last time (`presence.timeoutMs`), although connected.
   */
  readonly heartbeatMs?: number | undefined;
  /** How long after a connection broke its members are not doubted, and after it is back, those are waited for who are not yet. Default 5,000. */
  readonly graceMs?: number | undefined;
  readonly clock?: Clock | undefined;
}

/** The part of a client that is used. */
export interface PresenceClient {
  readonly state: ConnectionState;
  on(name: "state", listener: (change: StateChange) => void): () => void;
  channel(name: string): Subscription;
}

/** Who is there, in one piece, so that nobody sees members without their number. */
interface Present<Metadata> {
  readonly members: PresenceMembers<Metadata>;
  readonly count: number;
  readonly partial: boolean;
}

const RETRY_MS = 1_000;
/** Answers to a join after which the next one has another. */
const PASSING: readonly ErrorCode[] = ["RATE_LIMITED", "UNAVAILABLE", "INTERNAL"];

/** Members that there are more by what is told. */
const MORE: Readonly<Record<string, number>> = { "presence:join": 1, "presence:update": 0, "presence:leave": -1 };

/** The managers that want the user to be a member, by channel: to the gateway a connection is one or none. */
const wanting = new WeakMap<Subscription, Set<unknown>>();

/**
 * Who is at a resource, and the user among them. Members outlive a broken connection: nobody leaves because this client could not look,
 * and who is back in time has never been away.
 */
export class PresenceManager<Metadata = unknown> {
  readonly #client: PresenceClient;
  readonly #name: string;
  readonly #options: Complete<PresenceOptions>;
  readonly #timers: Timers;
  readonly #events = new Emitter<PresenceEvents<Metadata>>();
  readonly #present: Signal<Present<Metadata>> = signal<Present<Metadata>>(present(new Map()));
  /** Empty where they are too many to be told. */
  readonly members: ReadonlySignal<PresenceMembers<Metadata>> = part(this.#present, ({ members }) => members);
  readonly count: ReadonlySignal<number> = part(this.#present, ({ count }) => count);
  readonly #joined: Signal<boolean> = signal(false);
  #offs: (() => void)[] = [];
  /** Of all managers that watch this channel. */
  #wanting = new Set<unknown>();
  #joining = false;
  /** The gateway has told who is there. A join before that could be told first, and the user then be missing in what is told later. */
  #told = false;
  #metadata: Metadata | undefined;
  /** Who is missing in the next `presence:sync` may only be late. */
  #returning = false;
  /** The gateway was told of an update so recently that the next one has to wait; `due`: one does. */
  #updated: "long ago" | "just now" | "due" = "long ago";

  /** @param resource what stands behind `presence:` in the channel's name */
  constructor(client: PresenceClient, resource: string, options: PresenceOptions = {}) {
    this.#client = client;
    this.#name = `presence:${resource}`;
    this.#options = withDefaults({ updateMs: 250, heartbeatMs: 0, graceMs: 5_000, clock: systemClock }, options);
    this.#timers = new Timers(this.#options.clock);
  }

  /** They are too many to be told: only `count` is known, and {@link page} has them. */
  get partial(): boolean {
    return this.#present.value.partial;
  }

  /** Whether the user is a member by this connection. */
  get joined(): ReadonlySignal<boolean> {
    return this.#joined;
  }

  /** Listens; returns its own off. */
  on<K extends keyof PresenceEvents>(name: K, listener: (event: PresenceEvents<Metadata>[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** Looks who is there, unseen, until `close()`. */
  watch(): this {
    if (this.#offs.length === 0) {
      const channel = this.#channel;
      // Who has missed a change asks how things stand.
      const ask = (): void => channel.configure({});
      this.#offs = [
        channel.on("message", (message) => this.#onMessage(message)),
        channel.on("lost", ask),
        channel.on("state", ({ from, to }) => to === "failed" && this.#onFailed(from)),
        this.#client.on("state", (change) => this.#onState(change)),
      ];
      this.#wanting = wanting.get(channel) ?? this.#wanting;
      wanting.set(channel, this.#wanting);
      this.#offs.push(hold(channel));
      if (channel.state === "subscribed") {
        ask();
      }
    }
    return this;
  }

  /** Makes the user a member, now or with the next connection, and again after each reconnect. Looks, too, if the token permits it. */
  join(metadata: Metadata | undefined = this.#metadata): this {
    this.watch();
    this.#metadata = metadata;
    this.#wanting.add(this);
    this.#join();
    return this;
  }

  /** Replaces what others see of the user: at once, or where that was less than `updateMs` ago, the newest then. */
  update(metadata: Metadata): void {
    this.#metadata = metadata;
    if (this.#updated !== "long ago") {
      this.#updated = "due";
    } else if (this.#joined.value) {
      this.#update();
    }
  }

  /** The user is no member any more, unless another manager of this client has joined; looking goes on. */
  leave(): void {
    this.#wanting.delete(this);
    if (this.#joined.value) {
      this.#leave();
    }
    this.#onOut();
  }

  /** Leaves, and looks no more. */
  close(): void {
    this.leave();
    this.#timers.clearAll();
    for (const off of this.#offs.splice(0)) {
      off();
    }
    this.#forget();
  }

  /** Members in the order in which they came, behind the `next` of the page before; at most 500, 100 if absent. */
  page(
    options: { readonly after?: string | undefined; readonly limit?: number } = {},
  ): Promise<PresencePage<Metadata>> {
    return this.#channel.request("presence:list", "presence:members", options, true) as Promise<PresencePage<Metadata>>;
  }

  /** While this manager watches, the handle that all have; else a request needs none in particular. */
  get #channel(): Subscription {
    return this.#client.channel(this.#name);
  }

  get #wanted(): boolean {
    return this.#wanting.has(this);
  }

  #leave(): void {
    if (this.#wanting.size === 0) {
      void this.#say("presence:leave", "presence:left");
    }
  }

  #join(): void {
    const ready = this.#client.state === "connected" && (this.#told || this.#channel.state === "failed");
    if (ready && this.#wanted && !this.#joining && !this.#joined.value) {
      const metadata = this.#metadata;
      this.#joining = true;
      this.#channel.request("presence:join", "presence:joined", { metadata }).then(
        () => this.#onJoined(metadata),
        (error: HeliographError) => this.#onRefused(error),
      );
    }
  }

  #onJoined(metadata: Metadata | undefined): void {
    this.#joining = false;
    if (!this.#wanted) {
      this.#leave();
      return;
    }
    this.#joined.value = true;
    this.#beat();
    if (metadata !== this.#metadata) {
      this.#update();
    }
  }

  #onRefused(error: HeliographError): void {
    this.#joining = false;
    if (error instanceof DisconnectedError || !this.#wanted) {
      return;
    }
    if (!(error instanceof GatewayError) || PASSING.includes(error.code)) {
      this.#timers.set("join", RETRY_MS * (1 + Math.random()), () => this.#join());
    } else {
      this.#wanting.delete(this);
    }
    this.#events.emit("error", error);
  }

  #update(): void {
    this.#updated = "just now";
    void this.#say("presence:update", "presence:updated", { metadata: this.#metadata });
    this.#timers.set("update", this.#options.updateMs, () => {
      const due = this.#updated === "due";
      this.#updated = "long ago";
      if (due && this.#joined.value) {
        this.#update();
      }
    });
  }

  #beat(): void {
    const { heartbeatMs } = this.#options;
    if (heartbeatMs > 0) {
      void this.#say("presence:heartbeat", "presence:seen");
      this.#timers.set("beat", heartbeatMs, () => this.#beat());
    }
  }

  async #say(
    type: "presence:leave" | "presence:update" | "presence:heartbeat",
    answer: "presence:left" | "presence:updated" | "presence:seen",
    payload: object = {},
  ): Promise<void> {
    try {
      await this.#channel.request(type, answer, payload);
    } catch (error) {
      if (!(error instanceof DisconnectedError)) {
        this.#events.emit("error", error as HeliographError);
      }
    }
  }

  #onState({ from, to }: StateChange): void {
    if (to === "connected") {
      this.#timers.clear("grace");
      this.#join();
    } else if (from === "connected") {
      this.#onOut();
      this.#told = false;
      this.#returning = true;
      this.#timers.clear("return");
      this.#timers.set("grace", this.#options.graceMs, () => {
        const { members, count, partial } = this.#present.value;
        const doubted = new Map([...members].map(([id, member]) => [id, { ...member, stale: true }]));
        this.#present.value = { members: doubted, count, partial };
      });
    }
  }

  /** Nobody is seen any more. Who has seen is no member now, either, but by a grant to be one unseeing. */
  #onFailed(from: SubscriptionState): void {
    if (from === "subscribed") {
      this.#onOut();
    }
    this.#forget();
    this.#join();
  }

  #forget(): void {
    this.#told = false;
    this.#present.value = present(new Map());
  }

  #onOut(): void {
    this.#joined.value = false;
    this.#timers.clear("join");
    this.#timers.clear("beat");
  }

  #onMessage({ type, payload }: ServerMessage): void {
    if (type === "presence:sync") {
      this.#onSync(payload as PresenceState<Metadata>);
      return;
    }
    const more = MORE[type];
    if (this.#told && more !== undefined) {
      const user = payload as PresenceUser<Metadata>;
      if (this.partial) {
        this.#present.value = present(new Map(), this.count.value + more);
      } else {
        const now = new Map(this.members.value);
        now.delete(user.id);
        if (more >= 0) {
          now.set(user.id, { ...user, stale: false });
        }
        this.#change(now);
      }
    }
  }

  #onSync({ users, count, partial = false }: PresenceState<Metadata>): void {
    if (partial) {
      this.#timers.clear("return");
      this.#present.value = present(new Map(), count);
    } else {
      const now = new Map(users.map((user) => [user.id, { ...user, stale: false }]));
      if (this.#returning) {
        this.#timers.set("return", this.#options.graceMs, () =>
          this.#change(new Map([...this.members.value].filter(([, { stale }]) => !stale))),
        );
      }
      for (const [id, member] of this.members.value) {
        if (!now.has(id) && (this.#returning || member.stale)) {
          now.set(id, { ...member, stale: true });
        }
      }
      this.#change(now);
    }
    this.#returning = false;
    this.#told = true;
    this.#join();
    this.#events.emit("sync", { count: this.count.value, partial });
  }

  /** Shows these members, and tells what is different from those before. */
  #change(now: PresenceMembers<Metadata>): void {
    const before = this.members.value;
    this.#present.value = present(now);
    for (const [id, member] of before) {
      if (!now.has(id)) {
        this.#events.emit("leave", member);
      }
    }
    for (const [id, member] of now) {
      const known = before.get(id);
      if (known === undefined) {
        this.#events.emit("join", member);
      } else if (shown(known) !== shown(member)) {
        this.#events.emit("update", member);
      }
    }
  }
}

/** These members; or, where only a number is known, so many. */
function present<Metadata>(members: PresenceMembers<Metadata>, count?: number): Present<Metadata> {
  return { members, count: count ?? members.size, partial: count !== undefined };
}

/** What others see of a member: not when it was last seen. */
function shown({ name, connections, metadata }: PresenceMember): string {
  return JSON.stringify([name, connections, metadata]);
}
