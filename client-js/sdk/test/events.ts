import { readEnvelope, type SegmentEvent } from "../src/graph.ts";

let next = 0;

/** The envelope of an ingested event, as the gateway publishes it. */
export function envelope(fields: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    event_name: "Order Completed",
    type: "track",
    message_id: `m-${++next}`,
    trace_id: "t-1",
    occurred_at: "2026-02-03T12:00:00.000Z",
    arrived_at: "2026-02-03T12:00:00.215Z",
    time_source: "skew_corrected",
    late: false,
    user: "p_7k2",
    source: "web-prod",
    workspace: "acme",
    env: "prod",
    properties: {},
    sample_rate: 1,
    ...fields,
  };
}

export function event(name: string, fields: Record<string, unknown> = {}): SegmentEvent {
  const read = readEnvelope(envelope({ event_name: name, ...fields }));
  if (read === undefined) {
    throw new Error("not an envelope");
  }
  return read;
}
