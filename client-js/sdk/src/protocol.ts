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
  | "UNRECOVERABLE_POSITION"
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

/** Publications that did not arrive; `from` and `to` are both included. */
export interface Gap {
  readonly count: number;
  readonly from: Position | undefined;
  readonly to: Position | undefined;
  /** Why, as the gateway says it; absent where they were merged into the next publication. */
  readonly reason: string | undefined;
}

/** The gateway accepted a subscription. */
export interface Joined {
  readonly channel: string;
  /** Live publications follow behind it; with `recovered`, those behind the client's own position come first. */
  readonly position: Position | undefined;
  readonly recovered: boolean;
  readonly wasRecovering: boolean;
}

/** What became of one channel of a `subscribe`. */
export type JoinResult =
  | Joined
  | { readonly channel: string; readonly error: { readonly code: ErrorCode; readonly message: string } };

/** What the gateway says, as this client understands it. */
export type ServerMessage = {
  /** Of an answer: whose. */
  readonly requestId: string | undefined;
  readonly channel: string | undefined;
} & (
  | {
      readonly type: "connected";
      readonly userId: string | undefined;
      readonly pingIntervalMs: number;
      readonly maxMessageBytes: number;
    }
  | {
      readonly type: "authenticated";
      readonly userId: string | undefined;
      /** When the token ends, and when the gateway said so: both by its clock, so that a wrong clock here does no harm. */
      readonly expiresAt: number | undefined;
      readonly sentAt: number | undefined;
      readonly lost: readonly string[];
    }
  | { readonly type: "subscribed"; readonly results: readonly JoinResult[] }
  | { readonly type: "published"; readonly position: Position | undefined }
  | {
      readonly type: "history";
      readonly publications: readonly Publication[];
      readonly position: Position | undefined;
      readonly complete: boolean;
    }
  | { readonly type: "unsubscribed" | "ping" | "pong" }
  | { readonly type: "publication"; readonly publication: Publication }
  | { readonly type: "skipped" | "lost"; readonly gap: Gap }
  | {
      readonly type: "degraded" | "restored";
      readonly reason: string | undefined;
      readonly maxPerSecond: number | undefined;
    }
  | { readonly type: "drain"; readonly reconnectInMs: number }
  | { readonly type: "error"; readonly code: ErrorCode; readonly message: string }
);

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

/** Reads one frame. Unknown types are `undefined`, so that the protocol can grow; what is not JSON throws {@link ProtocolError}. */
export function decode(text: string): ServerMessage | undefined {
  let frame: unknown;
  try {
    frame = JSON.parse(text);
  } catch {
    throw new ProtocolError("the gateway sent a frame that is not JSON");
  }
  const fields = record(frame);
  return read(String(fields["type"]), fields, record(fields["payload"]));
}

type Fields = Readonly<Record<string, unknown>>;

function read(type: string, frame: Fields, payload: Fields): ServerMessage | undefined {
  const common = { requestId: text(frame["requestId"]), channel: text(frame["channel"]) };
  switch (type) {
    case "connected":
      return {
        ...common,
        type,
        userId: text(payload["userId"]),
        pingIntervalMs: number(payload["pingInterval"]) ?? 25_000,
        maxMessageBytes: number(payload["maxMessageBytes"]) ?? Number.POSITIVE_INFINITY,
      };
    case "authenticated":
      return {
        ...common,
        type,
        userId: text(payload["userId"]),
        expiresAt: number(payload["expiresAt"]),
        sentAt: number(frame["timestamp"]),
        lost: list(payload["lost"]).map(String),
      };
    case "subscribed":
      return { ...common, type, results: joinResults(common.channel, payload) };
    case "published":
      return { ...common, type, position: position(payload["position"]) };
    case "history":
      return {
        ...common,
        type,
        publications: list(payload["publications"]).map((item) => publication(record(item))),
        position: position(payload["position"]),
        complete: payload["complete"] === true,
      };
    case "unsubscribed":
    case "ping":
    case "pong":
      return { ...common, type };
    case "event":
    case "entity:created":
    case "entity:updated":
    case "entity:deleted":
      return { ...common, type: "publication", publication: publication(frame) };
    case "skipped":
    case "lost":
      return { ...common, type, gap: gap(payload) };
    case "degraded":
    case "restored":
      return { ...common, type, reason: text(payload["reason"]), maxPerSecond: number(payload["maxPerSecond"]) };
    case "drain":
      return { ...common, type, reconnectInMs: number(payload["reconnectInMs"]) ?? 0 };
    case "error":
      return { ...common, type, ...failure(payload) };
    default:
      return undefined;
  }
}

/** Of a frame, or of an item of a history, which holds the payload's fields itself. */
function publication(frame: Fields): Publication {
  const type = text(frame["type"]) ?? "event";
  const isEvent = type === "event";
  const payload = record(frame["payload"] ?? frame);
  return {
    type,
    name: isEvent ? (text(payload["name"]) ?? type) : type,
    key: isEvent ? text(payload["key"]) : undefined,
    data: isEvent ? payload["data"] : payload,
    position: position(frame["position"]),
    timestamp: number(frame["timestamp"]),
    meta: isEvent ? undefined : record(frame["meta"]),
  };
}

function joinResults(channel: string | undefined, payload: Fields): JoinResult[] {
  return channel === undefined
    ? list(payload["channels"]).map((item) => joinResult(text(record(item)["channel"]) ?? "", record(item)))
    : [joinResult(channel, payload)];
}

function joinResult(channel: string, fields: Fields): JoinResult {
  const { error, recovered, wasRecovering } = fields;
  return error === undefined
    ? {
        channel,
        position: position(fields["position"]),
        recovered: recovered === true,
        wasRecovering: wasRecovering === true,
      }
    : { channel, error: failure(record(error)) };
}

function failure({ code, message }: Fields): { code: ErrorCode; message: string } {
  return { code: text(code) ?? "INTERNAL", message: text(message) ?? "" };
}

function gap(payload: Fields): Gap {
  return {
    count: number(payload["count"]) ?? 0,
    from: position(payload["from"]),
    to: position(payload["to"]),
    reason: text(payload["reason"]),
  };
}

function position(value: unknown): Position | undefined {
  const { epoch, offset } = record(value);
  return typeof epoch === "string" && typeof offset === "number" ? { epoch, offset } : undefined;
}

function record(value: unknown): Fields {
  return typeof value === "object" && value !== null ? (value as Fields) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
