import { type BackoffOptions, nextDelay } from "./backoff.ts";
import { type Clock, Timers } from "./clock.ts";
import { type HeliographError, type ProtocolError, type TokenError, UnauthorizedError } from "./errors.ts";
import type { Lifecycle, LifecycleEvent } from "./lifecycle.ts";
import { type ClientMessage, closeAction, decode, encode, type ServerFrame, type ServerMessage } from "./protocol.ts";
import type { TokenSource } from "./token.ts";
import type { Transport, TransportFactory } from "./transport.ts";

export type ConnectionState = "idle" | "connecting" | "connected" | "reconnecting" | "closed" | "failed";

/** One change of state, or a new delay within `reconnecting`. */
export interface StateChange {
  readonly from: ConnectionState;
  readonly to: ConnectionState;
  /** Why, in words. */
  readonly reason: string;
  /** The close code that led here. */
  readonly code?: number | undefined;
  /** Attempts since the last stable connection; 0 before the first. */
  readonly attempt: number;
  /** Of `reconnecting`: when the next attempt starts. Absent while the page is hidden in the back-forward cache. */
  readonly nextDelayMs?: number | undefined;
}

export interface ConnectionOptions {
  readonly url: string;
  readonly backoff: BackoffOptions;
  readonly connectTimeoutMs: number;
  readonly bufferedMax: number;
  readonly transport: TransportFactory;
  readonly lifecycle: Lifecycle;
  readonly clock: Clock;
  readonly random: () => number;
}

/** Who owns a connection and hears of it. */
export interface ConnectionOwner {
  onState(change: StateChange): void;
  /** Authenticated; messages can be sent from now on. */
  onReady(): void;
  onMessage(frame: ServerFrame): void;
  /** No longer connected. `drop`: what was sent and not answered must not be said again. */
  onDown(drop: boolean): void;
  onError(error: HeliographError): void;
}

/** A connection that lived this long was a good one: the next failure starts over with short delays. */
const STABLE_MS = 5_000;
/** Grace for a connection of which it is not known whether it still lives. */
const PROBE_MS = 5_000;
/** After the page comes back: at once, but not all at the same moment. */
const SOON_MS = 500;
/** After close code 4429, abuse. */
const WAIT: BackoffOptions = { baseMs: 120_000, capMs: 600_000, floorMs: 60_000 };
const RENEWAL_MARGIN_MS = 30_000;

/**
 * One connection's life over as many sockets as it takes: authenticates, answers pings, notices silence, comes back, renews the
 * token. Knows nothing of channels.
 *
 * ```
 * idle ── connect ──► connecting ── authenticated ──► connected
 *                      │      ▲                           │
 *            no luck   ▼      │ delay over, page is back  │ closed, silent, drained
 *                     reconnecting ◄──────────────────────┘
 *
 * any ── close ──► closed      any ── 4403, no other token ──► failed      both ── connect ──► connecting
 * ```
 */
export class Connection {
  /** Largest message that the gateway takes, as it said on this connection. */
  maxMessageBytes: number = Number.POSITIVE_INFINITY;
  readonly #options: ConnectionOptions;
  readonly #owner: ConnectionOwner;
  readonly #tokens: TokenSource | undefined;
  readonly #timers: Timers;
  #state: ConnectionState = "idle";
  #attempt = 0;
  /** Rises with each attempt and each end, so that answers to an earlier one are recognised. */
  #life = 0;
  #transport: Transport | undefined;
  #lastSeenAt = 0;
  /** Something came since the last probe. */
  #heard = false;
  #pingIntervalMs = 0;
  #drainUntil = 0;
  #waiting = false;
  #stopListening: (() => void) | undefined;

  constructor(options: ConnectionOptions, tokens: TokenSource | undefined, owner: ConnectionOwner) {
    this.#options = options;
    this.#tokens = tokens;
    this.#owner = owner;
    this.#timers = new Timers(options.clock);
  }

  get state(): ConnectionState {
    return this.#state;
  }

  get #busy(): boolean {
    return this.#state === "connecting" || this.#state === "connected";
  }

  /** Starts; while reconnecting, tries at once. */
  connect(): void {
    if (this.#busy) {
      return;
    }
    if (this.#state !== "reconnecting") {
      this.#attempt = 0;
      this.#stopListening = this.#options.lifecycle.listen((event) => this.#onLifecycle(event));
    }
    void this.#open("connect() was called");
  }

  close(): void {
    if (this.#state !== "closed" && this.#state !== "idle") {
      this.#end("closed", "close() was called");
    }
  }

  /** False, and nothing sent, if there is no connection or its buffer is full. */
  send(text: string): boolean {
    const transport = this.#transport;
    if (transport === undefined || transport.bufferedAmount > this.#options.bufferedMax) {
      return false;
    }
    transport.send(text);
    return true;
  }

  #say(message: ClientMessage): void {
    this.send(encode(message));
  }

  async #open(reason: string): Promise<void> {
    const life = ++this.#life;
    this.#waiting = false;
    this.#timers.clearAll();
    this.#move("connecting", reason);
    try {
      const token = await this.#tokens?.forConnection();
      if (life === this.#life) {
        this.#dial(life, token);
      }
    } catch (error) {
      const failure = error as TokenError | UnauthorizedError;
      if (life === this.#life) {
        if (failure instanceof UnauthorizedError) {
          this.#end("failed", failure.message);
        } else {
          this.#retry(failure.message);
        }
        this.#owner.onError(failure);
      }
    }
  }

  #dial(life: number, token: string | undefined): void {
    const current = (task: () => void): void => {
      if (life === this.#life) {
        task();
      }
    };
    this.#timers.set("connect", this.#options.connectTimeoutMs, () => this.#lose("no answer in time"));
    try {
      this.#transport = this.#options.transport(this.#options.url, {
        onOpen: () => current(() => token !== undefined && this.#authenticate(token)),
        onMessage: (text) => current(() => this.#onText(text)),
        onClose: (code, reason) => current(() => this.#onClose(code, reason)),
      });
    } catch (error) {
      this.#end("failed", `cannot connect to ${this.#options.url}: ${String(error)}`);
    }
  }

  #authenticate(token: string): void {
    this.#say({ type: "authenticate", requestId: "auth", payload: { token } });
  }

  #onText(text: string): void {
    this.#lastSeenAt = this.#options.clock.now();
    this.#heard = true;
    let frame: ServerFrame;
    try {
      frame = decode(text);
    } catch (error) {
      this.#owner.onError(error as ProtocolError);
      return;
    }
    switch (frame.type) {
      case "connected":
        this.#pingIntervalMs = frame.payload.pingInterval;
        this.maxMessageBytes = frame.payload.maxMessageBytes;
        this.#owner.onMessage(frame);
        if (this.#tokens === undefined) {
          this.#ready();
        }
        break;
      case "authenticated":
        this.#onAuthenticated(frame);
        break;
      case "ping":
        this.#say({ type: "pong" });
        break;
      case "drain": {
        const { reconnectInMs } = frame.payload;
        this.#drainUntil = this.#options.clock.now() + reconnectInMs;
        this.#timers.set("drain", reconnectInMs, () => this.#lose("the gateway is draining"));
        break;
      }
      default:
        this.#owner.onMessage(frame);
    }
  }

  #onAuthenticated(message: ServerMessage<"authenticated">): void {
    const now = this.#options.clock.now();
    const { expiresAt } = message.payload;
    // Both by the gateway's clock, so that a wrong one here does no harm.
    const livesMs = expiresAt && expiresAt - (message.timestamp ?? now);
    this.#tokens?.accepted(livesMs ? now + livesMs : 0);
    this.#timers.clear("renew");
    if (livesMs && this.#tokens?.renewable) {
      this.#renewIn(renewalDelay(livesMs, this.#options.random), 0);
    }
    this.#owner.onMessage(message);
    if (this.#state === "connecting") {
      this.#ready();
    }
  }

  #ready(): void {
    this.#timers.clear("connect");
    this.#timers.set("stable", STABLE_MS, () => {
      this.#attempt = 0;
    });
    this.#watch();
    this.#move("connected", "authenticated");
    if (this.#state === "connected") {
      this.#owner.onReady();
    }
  }

  #renewIn(delayMs: number, failures: number): void {
    this.#timers.set("renew", delayMs, () => void this.#renew(failures));
  }

  async #renew(failures: number): Promise<void> {
    const life = this.#life;
    try {
      const token = await this.#tokens?.next("renewal");
      if (life === this.#life && token !== undefined) {
        this.#authenticate(token);
        // unless the gateway has taken it by then
        this.#renewIn(this.#options.connectTimeoutMs, failures);
      }
    } catch (error) {
      if (life === this.#life) {
        if (!(error instanceof UnauthorizedError)) {
          this.#renewIn(nextDelay(failures, this.#options.backoff, this.#options.random), failures + 1);
        }
        this.#owner.onError(error as TokenError | UnauthorizedError);
      }
    }
  }

  /** Notices when nothing was heard for two ping intervals. */
  #watch(): void {
    if (this.#pingIntervalMs <= 0) {
      return;
    }
    const limitMs = 2 * this.#pingIntervalMs;
    const dueAt = this.#lastSeenAt + limitMs;
    this.#timers.set("watch", dueAt - this.#options.clock.now(), () => {
      const now = this.#options.clock.now();
      if (this.#lastSeenAt + limitMs > now) {
        this.#watch();
      } else if (now - dueAt > this.#pingIntervalMs) {
        // The page itself slept: what came meanwhile may still be waiting to be read.
        this.#probe();
      } else {
        this.#lose("silent for two ping intervals");
      }
    });
  }

  #probe(): void {
    this.#heard = false;
    this.#say({ type: "ping" });
    this.#timers.set("watch", PROBE_MS, () => {
      if (this.#heard) {
        this.#watch();
      } else {
        this.#lose("no answer to a ping");
      }
    });
  }

  #onLifecycle(event: LifecycleEvent): void {
    if (event === "hide") {
      if (this.#busy && this.#drop()) {
        this.#move("reconnecting", "the page is hidden");
      }
    } else if (this.#state === "connected") {
      this.#probe();
    } else if (this.#state === "reconnecting" && !this.#waiting) {
      this.#scheduleOpen(this.#options.random() * SOON_MS, `the page is back: ${event}`);
    }
  }

  #onClose(code: number, reason: string): void {
    const action = closeAction(code);
    const unproven = this.#state === "connecting";
    this.#transport = undefined;
    if (!this.#drop(action === "drop")) {
      return;
    }
    const why = reason === "" ? `closed with ${code}` : `${reason} (${code})`;
    const pointless = action === "stop" || (action === "drop" && unproven);
    if (pointless || (action === "token" && this.#tokens?.renewable !== true)) {
      this.#end("failed", why, code);
    } else {
      if (action === "token") {
        this.#tokens?.refused();
      }
      this.#waiting = action === "wait";
      this.#retry(why, code);
    }
  }

  /** Gives this socket up and comes back. */
  #lose(reason: string): void {
    if (this.#drop()) {
      this.#retry(reason);
    }
  }

  #retry(reason: string, code?: number): void {
    const { backoff, clock, random } = this.#options;
    const hintMs = this.#drainUntil - clock.now();
    this.#drainUntil = 0;
    const delayMs = hintMs > 0 ? hintMs : nextDelay(this.#attempt, this.#waiting ? WAIT : backoff, random);
    this.#attempt++;
    this.#scheduleOpen(delayMs, reason, code);
  }

  #scheduleOpen(delayMs: number, reason: string, code?: number): void {
    this.#timers.set("reconnect", delayMs, () => void this.#open("the delay ended"));
    this.#move("reconnecting", reason, code, delayMs);
  }

  #end(state: "closed" | "failed", reason: string, code?: number): void {
    this.#stopListening?.();
    if (this.#drop()) {
      this.#move(state, reason, code);
    }
  }

  /** Forgets the socket and everything that was planned for it. False if somebody who was told has closed the client. */
  #drop(unsayable = false): boolean {
    const transport = this.#transport;
    const life = ++this.#life;
    this.#transport = undefined;
    this.#timers.clearAll();
    transport?.close(1000, "");
    this.#owner.onDown(unsayable);
    return life === this.#life;
  }

  #move(to: ConnectionState, reason: string, code?: number, nextDelayMs?: number): void {
    const from = this.#state;
    this.#state = to;
    this.#owner.onState({ from, to, reason, code, attempt: this.#attempt, nextDelayMs });
  }
}

/** Before the end by 30 s or a tenth of the life, whichever is more, and a little earlier by chance; half of a short life, but a second. */
function renewalDelay(livesMs: number, random: () => number): number {
  const marginMs = Math.max(RENEWAL_MARGIN_MS, livesMs / 10);
  return Math.max(1_000, livesMs <= 2 * marginMs ? livesMs / 2 : livesMs - marginMs * (1 + random() / 2));
}
