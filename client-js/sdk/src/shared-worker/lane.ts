import { claims, personOf } from "../claims.ts";
import { type Clock, Timers } from "../clock.ts";
import {
  type ClientMessage,
  encode,
  isPublication,
  type JoinResult,
  type Position,
  type Refusal,
  type ServerFrame,
  type ServerMessage,
} from "../protocol.ts";
import type { StreamOptions } from "../subscription.ts";
import type { Transport, TransportFactory } from "../transport.ts";
import type { Tab } from "./tab.ts";

/** What a `subscribe` says of one channel. */
export interface Wanted extends StreamOptions {
  readonly channel: string;
  readonly recover?: Position;
}

export interface LaneOwner {
  readonly transport: TransportFactory;
  readonly clock: Clock;
  /** The tab has left pings unanswered: it is gone, or frozen. */
  onSilent(tab: Tab): void;
  /** The connection is gone, and these tabs with it. */
  onClose(lane: Lane, tabs: readonly Tab[], code: number, reason: string): void;
}

type OnAnswer = (answer: ServerFrame) => void;
type OnResult = (result: JoinResult) => void;

/** A channel that one or more tabs have subscribed to alike. */
interface Share {
  readonly options: string;
  readonly tabs: Set<Tab>;
  /** Empty once the gateway has answered. */
  readonly waiting: OnResult[];
  joined: boolean;
  /** Where the stream is; until it has begun, behind what it is to go on. */
  position: Position | undefined;
}

/** The gateway gives a user who is gone so long to come back; so does the worker to one whose tab is gone. */
const GRACE_MS = 5_000;
const SILENT_MAX = 2;

/** One connection to the gateway, and the tabs of one user that share it. */
export class Lane {
  readonly url: string;
  readonly person: string;
  readonly #owner: LaneOwner;
  readonly #timers: Timers;
  readonly #transport: Transport;
  readonly #tabs = new Set<Tab>();
  /** To be greeted once the gateway has let the first in. */
  readonly #arriving = new Map<Tab, string | undefined>();
  readonly #shares = new Map<string, Share>();
  readonly #members = new Map<string, Set<Tab>>();
  readonly #asked = new Map<string, OnAnswer>();
  /** Said before the gateway has let anybody in. */
  readonly #early: string[] = [];
  #token: string | undefined;
  #connected: ServerFrame | undefined;
  #authenticated: ServerMessage<"authenticated"> | undefined;
  #authenticatedAt = 0;
  #next = 1;
  #ready = false;
  #draining = false;
  #closed = false;

  constructor(url: string, token: string | undefined, owner: LaneOwner) {
    this.url = url;
    this.person = personOf(token);
    this.#token = token;
    this.#owner = owner;
    this.#timers = new Timers(owner.clock);
    this.#transport = owner.transport(url, {
      onOpen: () => token !== undefined && this.#authenticate(token, (answer) => this.#onLetIn(answer)),
      onMessage: (text) => this.#onText(text),
      onClose: (code, reason) => this.#onClose(code, reason),
    });
  }

  get token(): string | undefined {
    return this.#token;
  }

  /** Whether more may come to it. */
  get open(): boolean {
    return !this.#closed && !this.#draining;
  }

  /** A tab whose first lane this is; it is greeted as the gateway would. */
  arrive(tab: Tab, requestId: string | undefined): void {
    this.enter(tab);
    this.#arriving.set(tab, requestId);
    if (this.#connected !== undefined) {
      tab.say(this.#connected);
    }
    if (this.#ready) {
      this.#greet();
    }
  }

  enter(tab: Tab): void {
    this.#tabs.add(tab);
    tab.lanes.add(this);
  }

  /** The tab is gone, and with it what nobody else has wanted. */
  depart(tab: Tab): void {
    this.#tabs.delete(tab);
    this.#arriving.delete(tab);
    tab.lanes.delete(this);
    for (const channel of [...this.#shares.keys()]) {
      this.leave(tab, channel);
    }
    for (const [channel, tabs] of this.#members) {
      if (tabs.delete(tab) && tabs.size === 0) {
        this.#timers.set(channel, GRACE_MS, () => this.say({ type: "presence:leave", channel }));
      }
    }
    if (this.#tabs.size === 0 && !this.#closed) {
      this.#transport.close(1000, "");
      this.#onClose(1000, "");
    }
  }

  /** A token that lives longer is every tab's gain; with another, the tab is told what holds already. */
  renew(token: string, onAnswer: OnAnswer): void {
    if (this.#ready && expiryOf(token) <= expiryOf(this.#token)) {
      onAnswer(this.#permission());
    } else {
      this.#authenticate(token, (answer) => {
        if (answer.type === "authenticated") {
          this.#token = token;
          this.#onPermission(answer);
        }
        onAnswer(answer);
      });
    }
  }

  say(message: ClientMessage): void {
    const text = encode(message);
    if (this.#ready) {
      this.#transport.send(text);
    } else {
      this.#early.push(text);
    }
  }

  ask(message: ClientMessage, onAnswer: OnAnswer): void {
    this.say({ ...message, requestId: this.#expect(onAnswer) });
  }

  /** Whether the tab can have the channel here as if it were alone. */
  fits(tab: Tab, { channel, recover, ...options }: Wanted): boolean {
    const share = this.#shares.get(channel);
    if (share === undefined || this.hasAlone(tab, channel)) {
      return true;
    }
    const { joined, position } = share;
    const replays = options.last !== undefined || options.state !== undefined;
    const goesOn = recover?.epoch === position?.epoch && recover?.offset === position?.offset;
    const begins = recover === undefined && joined && !replays;
    return share.options === JSON.stringify(options) && (isPresence(channel) || goesOn || begins);
  }

  hasAlone(tab: Tab, channel: string): boolean {
    const tabs = this.#shares.get(channel)?.tabs;
    return tabs?.size === 1 && tabs.has(tab);
  }

  /** @param channels each fits, or is the tab's alone already */
  join(tab: Tab, channels: readonly Wanted[], onResult: OnResult): void {
    const fresh = channels.filter((wanted) => !this.#joinShare(tab, wanted, onResult));
    if (fresh.length === 0) {
      return;
    }
    const shares = fresh.map(({ channel, recover, ...options }) => {
      const share: Share = {
        options: JSON.stringify(options),
        tabs: this.#shares.get(channel)?.tabs.add(tab) ?? new Set([tab]),
        waiting: [onResult],
        joined: false,
        position: recover,
      };
      this.#shares.set(channel, share);
      return { channel, share };
    });
    this.ask({ type: "subscribe", payload: { channels: fresh } }, (answer) => {
      const results = new Map(resultsOf(answer).map((result) => [result.channel, result]));
      const error = answer.type === "error" ? answer.payload : NO_ANSWER;
      for (const { channel, share } of shares) {
        this.#onResult(share, results.get(channel) ?? { channel, error });
      }
    });
  }

  /** Whether others have it, so that the gateway need not be asked; but of who is present it tells only whom it answers. */
  #joinShare(tab: Tab, { channel, recover }: Wanted, onResult: OnResult): boolean {
    const share = this.#shares.get(channel);
    if (share === undefined || this.hasAlone(tab, channel) || isPresence(channel)) {
      return false;
    }
    share.tabs.add(tab);
    if (share.joined) {
      const recovered = recover !== undefined;
      const at = share.position === undefined ? {} : { position: share.position };
      onResult({ channel, recovered, wasRecovering: recovered, ...at });
    } else {
      share.waiting.push(onResult);
    }
    return true;
  }

  #onResult(share: Share, result: JoinResult): void {
    if ("error" in result) {
      if (this.#shares.get(result.channel) === share) {
        this.#shares.delete(result.channel);
      }
    } else {
      share.joined = true;
      share.position = result.position;
    }
    for (const onResult of share.waiting.splice(0)) {
      onResult(result);
    }
  }

  /** Where the tab has been in the channel, if it had it here. */
  leave(tab: Tab, channel: string): Position | undefined {
    const share = this.#shares.get(channel);
    if (share?.tabs.delete(tab) !== true) {
      return undefined;
    }
    if (share.tabs.size === 0) {
      this.#shares.delete(channel);
      this.say({ type: "unsubscribe", channel });
    }
    return share.position;
  }

  joinPresence(tab: Tab, channel: string): void {
    this.#timers.clear(channel);
    const tabs = this.#members.get(channel) ?? new Set();
    this.#members.set(channel, tabs.add(tab));
  }

  /** Whether the user is there by another tab. */
  leavePresence(tab: Tab, channel: string): boolean {
    const tabs = this.#members.get(channel);
    tabs?.delete(tab);
    return (tabs?.size ?? 0) > 0;
  }

  #expect(onAnswer: OnAnswer): string {
    const requestId = `w${this.#next++}`;
    this.#asked.set(requestId, onAnswer);
    return requestId;
  }

  /** Not after what was said early, which waits for this. */
  #authenticate(token: string, onAnswer: OnAnswer): void {
    const requestId = this.#expect(onAnswer);
    this.#transport.send(encode({ type: "authenticate", requestId, payload: { token } }));
  }

  #onLetIn(answer: ServerFrame): void {
    if (answer.type === "authenticated") {
      this.#onPermission(answer);
      this.#onReady();
    } else {
      for (const tab of this.#arriving.keys()) {
        tab.say(answer);
      }
    }
  }

  #onPermission(message: ServerMessage<"authenticated">): void {
    this.#authenticated = message;
    this.#authenticatedAt = this.#owner.clock.now();
    const { requestId: _, ...said } = message;
    for (const tab of this.#ready ? this.#tabs : []) {
      tab.say(said);
    }
  }

  #onReady(): void {
    this.#ready = true;
    this.#greet();
    for (const text of this.#early.splice(0)) {
      this.#transport.send(text);
    }
  }

  #greet(): void {
    for (const [tab, requestId] of this.#token === undefined ? [] : this.#arriving) {
      tab.say({ ...this.#permission(), requestId });
    }
    this.#arriving.clear();
  }

  /** As if the gateway said it now: tabs reckon with its clock. */
  #permission(): ServerFrame {
    const message = this.#authenticated as ServerMessage<"authenticated">;
    const { timestamp = this.#authenticatedAt } = message;
    return { ...message, timestamp: timestamp + this.#owner.clock.now() - this.#authenticatedAt };
  }

  #onText(text: string): void {
    const frame = JSON.parse(text) as ServerFrame;
    const onAnswer = this.#asked.get(frame.requestId ?? "");
    if (onAnswer !== undefined) {
      this.#asked.delete(frame.requestId ?? "");
      onAnswer(frame);
    } else if (frame.type === "connected") {
      this.#connected = frame;
      for (const tab of this.#arriving.keys()) {
        tab.pass(text);
      }
      if (this.#token === undefined) {
        this.#onReady();
      }
    } else if (frame.type === "ping") {
      this.#onPing(text);
    } else {
      this.#draining ||= frame.type === "drain";
      this.#deliver(frame, text);
    }
  }

  #onPing(text: string): void {
    this.#transport.send(encode({ type: "pong" }));
    for (const tab of [...this.#tabs]) {
      if (tab.silent++ < SILENT_MAX) {
        tab.pass(text);
      } else {
        this.#owner.onSilent(tab);
      }
    }
  }

  #deliver(frame: ServerFrame, text: string): void {
    const { channel } = frame;
    if (channel === undefined) {
      for (const tab of this.#tabs) {
        tab.pass(text);
      }
      return;
    }
    const share = this.#shares.get(channel);
    if (share !== undefined) {
      const at = frame.type === "lost" ? frame.payload.to : isPublication(frame) ? frame.position : undefined;
      share.position = at ?? share.position;
      for (const tab of share.tabs) {
        tab.deliver(text);
      }
    }
  }

  #onClose(code: number, reason: string): void {
    if (!this.#closed) {
      this.#closed = true;
      this.#timers.clearAll();
      this.#owner.onClose(this, [...this.#tabs], code, reason);
    }
  }
}

const NO_ANSWER: Refusal = { code: "INTERNAL", message: "no answer for this channel" };

function resultsOf(answer: ServerFrame): readonly JoinResult[] {
  return answer.type === "subscribed" && "channels" in answer.payload ? answer.payload.channels : [];
}

function isPresence(channel: string): boolean {
  return channel.startsWith("presence:");
}

function expiryOf(token: string | undefined): number {
  return claims(token).exp ?? 0;
}
