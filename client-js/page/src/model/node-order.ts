import type { GraphNode } from "@heliograph/client/graph";
import type { NodeTally } from "../graph/light.ts";

/** `graph`: as the file has them. */
export type NodeOrder = "graph" | "label" | "count" | "last";

export function orderNodes(
  nodes: readonly GraphNode[],
  order: NodeOrder,
  tallies: ReadonlyMap<string, NodeTally>,
): readonly GraphNode[] {
  const by = (key: keyof NodeTally) => (a: GraphNode, b: GraphNode) =>
    (tallies.get(b.uuid)?.[key] ?? 0) - (tallies.get(a.uuid)?.[key] ?? 0);
  switch (order) {
    case "graph":
      return nodes;
    case "label":
      return [...nodes].sort((a, b) => a.label.localeCompare(b.label));
    case "count":
      return [...nodes].sort(by("count"));
    case "last":
      return [...nodes].sort(by("lastAt"));
  }
}
