/** The native protocol, version 1: what is said, in both directions, and how a frame is read. Source: docs/PROTOCOL.md. */
import { ProtocolError } from "./errors.ts";

export const PROTOCOL_VERSION = 1;

/** A place in a channel's stream. */
export interface Position {
  /** Names one unbroken life of the channel's log. */
  readonly epoch: string;
  /** 1 for the first publication of an epoch, then rising by one. */
  readonly offset: number;
}

export type ErrorCode =
  | "BAD_MESSAGE"
  | "UNKNOWN_MESSAGE_TYPE"
  | "UNSUPPORTED_VERSION"
  | "UNAUTHENTICATED"
  | "FORBIDDEN"
  | "BAD_CHANNEL"
  | "NOT_SUBSCRIBED"
  | "SUBSCRIPTION_LIMIT"
  | "RATE_LIMITED"
  | "TOO_LARGE"
  | "BAD_FILTER"
  | "CONFLICT"
  | "TIMEOUT"
  | "UNAVAILABLE"
  | "INTERNAL"
  // Codes of later gateways are passed on as they are.
  | (string & {});

/** A value at a dotted path of the event's data. */
export type FilterValue = string | number | boolean;

/** Which publications of a channel are wanted; evaluated by the gateway. */
export type Filter =
  | { readonly eq: readonly [path: string, value: FilterValue] }
  | { readonly ne: readonly [path: string, value: FilterValue] }
  | { readonly in: readonly [path: string, values: readonly FilterValue[]] }
  | { readonly nin: readonly [path: string, values: readonly FilterValue[]] }
  | { readonly exists: readonly [path: string, wanted: boolean] }
  | { readonly starts: readonly [path: string, prefix: string] }
  | { readonly ends: readonly [path: string, suffix: string] }
  | { readonly contains: readonly [path: string, part: string] }
  | { readonly lt: readonly [path: string, value: FilterValue] }
  | { readonly lte: readonly [path: string, value: FilterValue] }
  | { readonly gt: readonly [path: string, value: FilterValue] }
  | { readonly gte: readonly [path: string, value: FilterValue] }
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter };

export type ClientMessageType =
  | "authenticate"
  | "subscribe"
  | "unsubscribe"
  | "publish"
  | "history"
  | "presence:join"
  | "presence:leave"
  | "presence:heartbeat"
  | "presence:update"
  | "presence:list"
  | "ping"
  | "pong";

/** One message of the client. */
export interface ClientMessage {
  readonly type: ClientMessageType;
  readonly channel?: string | undefined;
  readonly requestId?: string | undefined;
  readonly payload?: object | undefined;
}

/** Publications that did not arrive; `from` and `to` are both included. */
export interface Gap {
  readonly count: number;
  readonly from: Position;
  readonly to: Position;
  /** Why, as the gateway says it; absent where they were merged into the next publication. */
  readonly reason?: string;
}

/** The gateway sends this connection less than there is, for now. */
export interface Degradation {
  readonly reason?: string;
  readonly maxPerSecond?: number;
}

/** What a watch session was sent since it subscribed, and what it was not. */
export interface WatchStats {
  readonly watchSessionId: string;
  readonly sent: number;
  readonly filtered: number;
  readonly sampled: number;
  readonly skipped: number;
}

/** What the gateway grants of the options that were asked for. */
export interface Granted {
  readonly maxPerSecond?: number;
  readonly sampleRate?: number;
  readonly watchSessionId?: string;
}

/** The gateway accepted a subscription. */
export interface Joined {
  /** Live publications follow behind it; with `recovered`, those behind the client's own position come first. */
  readonly position?: Position;
  readonly recovered: boolean;
  readonly wasRecovering: boolean;
  readonly granted?: Granted;
}

export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
}

/** What became of one channel of a `subscribe` for many. */
export type JoinResult = { readonly channel: string } & (Joined | { readonly error: Refusal });

/** A member of a presence channel: a user, however many connections it has there. Times are milliseconds since the epoch. */
export interface PresenceUser<Metadata = unknown> {
  readonly id: string;
  readonly name: string | null;
  readonly lastSeen: number;
  readonly joinedAt: number;
  readonly connections: number;
  /** What any connection of the user has set last. */
  readonly metadata: Metadata;
}

/** All members; with `partial` only their number. */
export interface PresenceState<Metadata = unknown> {
  readonly users: readonly PresenceUser<Metadata>[];
  readonly count: number;
  readonly partial?: boolean;
}

/** One page of members. */
export interface PresencePage<Metadata = unknown> {
  readonly users: readonly PresenceUser<Metadata>[];
  readonly count: number;
  /** Of the next page; absent on the last. */
  readonly next?: string;
}

/** Payloads of what the gateway says, by type; those of publications are under {@link PublicationFrame}. */
export interface ServerPayloads {
  connected: {
    readonly userId: string | null;
    readonly pingInterval: number;
    readonly maxMessageBytes: number;
  };
  authenticated: {
    readonly userId: string | null;
    /** When the token ends, by the gateway's clock. */
    readonly expiresAt?: number;
    readonly lost: readonly string[];
  };
  subscribed: Joined | { readonly channels: readonly JoinResult[] };
  unsubscribed: object;
  published: { readonly position?: Position };
  history: {
    readonly publications: readonly PublicationFrame[];
    readonly position?: Position;
    readonly complete: boolean;
  };
  ping: object;
  pong: object;
  skipped: Gap;
  lost: Gap;
  degraded: Degradation;
  restored: Degradation;
  stats: WatchStats;
  drain: { readonly reconnectInMs: number };
  error: Refusal;
  "presence:sync": PresenceState;
  "presence:join": PresenceUser;
  "presence:update": PresenceUser;
  "presence:leave": PresenceUser;
  "presence:joined": object;
  "presence:left": object;
  "presence:seen": object;
  "presence:updated": object;
  "presence:members": PresencePage;
}

interface Envelope {
  /** Of an answer: whose. */
  readonly requestId?: string;
  readonly channel?: string;
  /** When the gateway said it, milliseconds since the epoch by its clock. */
  readonly timestamp?: number;
  readonly position?: Position;
}

/** A publication on its way: a frame of its own, or an item of a history, which holds the payload's fields itself. */
export interface PublicationFrame extends Envelope {
  /** Absent on an event of a history. */
  readonly type?: "event" | "entity:created" | "entity:updated" | "entity:deleted";
  readonly payload?: unknown;
  readonly meta?: Readonly<Record<string, unknown>>;
}

export type ServerMessageType = keyof ServerPayloads;

/** What the gateway answers or tells by itself. */
export type ServerMessage<Type extends ServerMessageType = ServerMessageType> = {
  [T in Type]: Envelope & { readonly type: T; readonly payload: ServerPayloads[T] };
}[Type];

/** Everything that the gateway says. */
export type ServerFrame = ServerMessage | PublicationFrame;

/** One event of a channel. */
export interface Publication<Data = unknown> {
  /** `event`, or `entity:created`, `entity:updated`, `entity:deleted`. */
  readonly type: string;
  /** The event's name; of an entity event its type. */
  readonly name: string;
  /** Where waiting updates merge by key. */
  readonly key: string | undefined;
  readonly data: Data;
  /** Absent where the channel keeps no positions. */
  readonly position: Position | undefined;
  /** When the gateway accepted it, milliseconds since the epoch. */
  readonly timestamp: number | undefined;
  /** Of an entity event: `{entity, id, version, userId, mutationId?}`. */
  readonly meta: Readonly<Record<string, unknown>> | undefined;
}

/** What a close code asks of the client: try again; stop; bring a new token; wait minutes; do not say again what was unanswered. */
export type CloseAction = "retry" | "stop" | "token" | "wait" | "drop";

const CLOSE_ACTIONS: Readonly<Record<number, CloseAction>> = {
  1002: "drop",
  1003: "drop",
  1007: "drop",
  1009: "drop",
  4401: "token",
  4403: "stop",
  4429: "wait",
};

export function closeAction(code: number): CloseAction {
  return CLOSE_ACTIONS[code] ?? "retry";
}

export function encode(message: ClientMessage): string {
  return JSON.stringify({ version: PROTOCOL_VERSION, ...message });
}

/**
 * Reads one frame; throws {@link ProtocolError} for what is no message. Frames are taken at their word, so their types here say what
 * docs/PROTOCOL.md promises, which golden files hold both sides to. Those of later gateways have types unknown here, and are passed over.
 */
export function decode(text: string): ServerFrame {
  try {
    return { payload: {}, ...(JSON.parse(text) as ServerFrame) };
  } catch {
    throw new ProtocolError("the gateway sent a frame that is not JSON");
  }
}

export function isPublication(frame: ServerFrame): frame is PublicationFrame {
  return /^e(vent$|ntity:)/.test(frame.type ?? "");
}

/** @param parse what data is taken to be */
export function publication<Data>(frame: PublicationFrame, parse: (data: unknown) => Data): Publication<Data> {
  const { type = "event", position, timestamp, meta } = frame;
  const payload = frame.payload ?? frame;
  const { name, key, data } = (type === "event" ? payload : { name: type, data: payload }) as {
    readonly name: string;
    readonly key?: string;
    readonly data: unknown;
  };
  return { type, name, key, data: parse(data), position, timestamp, meta };
}
