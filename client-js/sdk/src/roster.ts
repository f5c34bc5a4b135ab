import { type BackoffOptions, nextDelay } from "./backoff.ts";
import { type Clock, Timers } from "./clock.ts";
import { DisconnectedError, GatewayError, type HeliographError, NotSentError } from "./errors.ts";
import { encode, type Joined, type JoinResult, type ServerFrame, type ServerMessage } from "./protocol.ts";
import type { Requests, Sender } from "./requests.ts";

export interface RosterOptions {
  /** Wanted subscriptions; one more throws. */
  readonly subscriptionsMax: number;
  readonly backoff: BackoffOptions;
  readonly clock: Clock;
  readonly random: () => number;
}

export type SubscriptionState = "unsubscribed" | "subscribing" | "subscribed" | "failed";

/** One subscription, as the roster sees it. */
export interface Member {
  readonly channel: string;
  readonly state: SubscriptionState;
  /** What a `subscribe` says of this channel. */
  toRequest(): object;
  onJoined(joined: Joined): void;
  /** Whether to ask again, later. */
  onRefused(error: HeliographError): boolean;
  /** The gateway ended it for good. */
  onFailed(error: HeliographError): void;
  onDisconnected(): void;
  onMessage(frame: ServerFrame): void;
}

/** All subscriptions that are wanted: asks for them together, in as few messages as fit, and hands out the answers. */
export class Roster {
  readonly #options: RosterOptions;
  readonly #sender: Sender;
  readonly #requests: Requests;
  readonly #timers: Timers;
  readonly #wanted = new Map<string, Member>();
  /** To be asked for with the next message. */
  readonly #due = new Set<Member>();
  /** Channels that the gateway was asked for on this connection. */
  readonly #told = new Set<string>();
  #failures = 0;
  #open = false;

  constructor(options: RosterOptions, sender: Sender, requests: Requests) {
    this.#options = options;
    this.#sender = sender;
    this.#requests = requests;
    this.#timers = new Timers(options.clock);
  }

  get(channel: string): Member | undefined {
    return this.#wanted.get(channel);
  }

  all(): Member[] {
    return [...this.#wanted.values()];
  }

  /** Asked for together with whatever else is joined in this turn. */
  join(member: Member): void {
    const { channel } = member;
    const other = this.#wanted.get(channel);
    if (other === undefined && this.#wanted.size >= this.#options.subscriptionsMax) {
      throw new NotSentError(`there are ${this.#options.subscriptionsMax} subscriptions`);
    }
    if (other !== undefined && other !== member) {
      throw new NotSentError(`another handle is subscribed to ${channel}: get it by channel()`);
    }
    this.#wanted.set(channel, member);
    this.#askSoon(member);
  }

  leave(member: Member): void {
    const { channel } = member;
    this.#due.delete(member);
    this.#wanted.delete(channel);
    this.#timers.clear(channel);
    if (this.#told.delete(channel) && member.state !== "failed") {
      this.#part(channel);
    }
  }

  onReady(): void {
    this.#open = true;
    this.#failures = 0;
    this.#ask(this.all().filter((member) => member.state === "subscribing"));
  }

  onDown(): void {
    this.#open = false;
    this.#due.clear();
    this.#told.clear();
    this.#timers.clearAll();
    for (const member of this.all()) {
      member.onDisconnected();
    }
  }

  /** Asks for what is due, so that whatever is said next comes behind it. */
  flush(): void {
    const due = [...this.#due];
    this.#due.clear();
    this.#ask(due);
  }

  #askSoon(member: Member): void {
    if (this.#open && this.#due.add(member).size === 1) {
      queueMicrotask(() => this.flush());
    }
  }

  #ask(members: readonly Member[]): void {
    if (members.length === 0) {
      return;
    }
    for (const { channel } of members) {
      this.#told.add(channel);
    }
    const channels = members.map((member) => member.toRequest());
    this.#requests.ask({ type: "subscribe", payload: { channels } }, false, {
      onAnswer: (answer) => this.#onAnswer(members, answer),
      onError: (error) => this.#onError(members, error),
    });
  }

  #onAnswer(members: readonly Member[], answer: ServerMessage): void {
    const { channels: results = [] } = answer.payload as { readonly channels?: readonly JoinResult[] };
    const left = new Set(members.filter((member) => this.#wanted.get(member.channel) === member));
    for (const result of results) {
      const member = this.#wanted.get(result.channel);
      if (member !== undefined && left.delete(member)) {
        if ("error" in result) {
          this.#refuse(member, new GatewayError(result.error.code, result.error.message, result.channel));
        } else {
          member.onJoined(result);
        }
      }
    }
    for (const forgotten of left) {
      this.#refuse(forgotten, new GatewayError("INTERNAL", "no answer", forgotten.channel));
    }
  }

  #onError(members: readonly Member[], error: HeliographError): void {
    const half = members.length >> 1;
    if (half > 0 && error instanceof GatewayError && error.code === "TOO_LARGE") {
      this.#ask(members.slice(0, half));
      this.#ask(members.slice(half));
    } else if (!(error instanceof DisconnectedError)) {
      for (const member of members) {
        this.#refuse(member, error);
      }
    }
  }

  #refuse(member: Member, error: HeliographError): void {
    const { backoff, random } = this.#options;
    const { channel, state } = member;
    if (member.onRefused(error)) {
      this.#timers.set(channel, nextDelay(this.#failures++, backoff, random), () => this.#askSoon(member));
    } else if (state === "subscribed") {
      // what it was before goes on until it is ended
      this.#part(channel);
    }
  }

  #part(channel: string): void {
    this.#sender.send(encode({ type: "unsubscribe", channel }));
  }
}
