import type { GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";

/** What the graph is told, at once and not through the screen's refresh. */
export interface Light {
  /** @param occurredAt milliseconds since the epoch */
  onSighting(nodes: readonly GraphNode[], legs: readonly Leg[], occurredAt?: number): void;
}

/** What one node has seen. */
export interface NodeTally {
  readonly count: number;
  /** When the last one came, milliseconds since the epoch. */
  readonly lastAt: number;
}
