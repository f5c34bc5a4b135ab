import { type GraphNode, readEnvelope, type SegmentEvent } from "@heliograph/client/graph";
import type { TraceEvent } from "@heliograph/client/trace";

/** One event that came, and the nodes it lights. */
export class Sighting implements TraceEvent {
  readonly event: SegmentEvent;
  /** The event as the gateway sent it. */
  readonly data: unknown;
  /** None: unmapped. Others when another graph is shown. */
  nodes: readonly GraphNode[];

  constructor(event: SegmentEvent, data: unknown, nodes: readonly GraphNode[]) {
    this.event = event;
    this.data = data;
    this.nodes = nodes;
  }

  /** Throws for what is no ingested event. */
  static read(data: unknown, match: (event: SegmentEvent) => readonly GraphNode[]): Sighting {
    const event = readEnvelope(data);
    if (event === undefined) {
      throw new TypeError("no ingested event: it has no event_name, message_id or arrived_at");
    }
    return new Sighting(event, data, match(event));
  }
}
