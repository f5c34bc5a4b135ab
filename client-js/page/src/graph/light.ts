import type { GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";

/** What one node has seen since the session began. */
export interface NodeTally {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

/** Tallies by node uuid. */
export type Tallies = ReadonlyMap<string, NodeTally>;

/** What shows at once that an event came: the nodes that it means, and how its trace came to them. */
export interface Light {
  /** @param occurredAt milliseconds since the epoch: events that come together are shown as far apart as they occurred, within a batch's 50 ms */
  onSighting(nodes: readonly GraphNode[], legs: readonly Leg[], occurredAt?: number): void;
}
