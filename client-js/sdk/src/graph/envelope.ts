import { type Fields, fields, text } from "./json.ts";

/** An ingested event, as the gateway publishes it. Source: docs/PROTOCOL.md, "An ingested event". */
export interface SegmentEvent {
  readonly name: string;
  readonly type: string;
  /** The same for copies of one event. */
  readonly messageId: string;
  readonly traceId: string | undefined;
  /** The gateway's pseudonym of who did it. */
  readonly user: string | undefined;
  /** Raw ids, on the identified channel alone. */
  readonly userId: string | undefined;
  readonly anonymousId: string | undefined;
  /** Milliseconds since the epoch. */
  readonly occurredAt: number;
  readonly arrivedAt: number;
  readonly late: boolean;
  readonly properties: Fields;
  readonly traits: Fields;
}

/** Undefined for what is no such event. */
export function readEnvelope(data: unknown): SegmentEvent | undefined {
  const raw = fields(data);
  const name = text(raw["event_name"]);
  const messageId = text(raw["message_id"]);
  const arrivedAt = Date.parse(String(raw["arrived_at"]));
  if (name === undefined || messageId === undefined || Number.isNaN(arrivedAt)) {
    return undefined;
  }
  const occurredAt = Date.parse(String(raw["occurred_at"]));
  return {
    name,
    type: text(raw["type"]) ?? "track",
    messageId,
    traceId: text(raw["trace_id"]),
    user: text(raw["user"]),
    userId: text(raw["user_id"]),
    anonymousId: text(raw["anonymous_id"]),
    occurredAt: Number.isNaN(occurredAt) ? arrivedAt : occurredAt,
    arrivedAt,
    late: raw["late"] === true,
    properties: fields(raw["properties"]),
    traits: fields(raw["traits"]),
  };
}
