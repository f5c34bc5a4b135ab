import type { Graph, GraphNode } from "@heliograph/client/graph";
import { centre } from "./geometry.ts";

export type Direction = "left" | "right" | "up" | "down";

const TOWARDS: Readonly<Record<Direction, readonly [number, number]>> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};
/** What an edge leads to counts as nearer. */
const CONNECTED = 0.4;
/** Cards are wider than high, so a step aside is dearer than a step ahead. */
const ASIDE = 2;

/** The node that lies in that direction and is nearest, one that an edge leads to or comes from before others. */
export function neighbour(graph: Graph, from: GraphNode, direction: Direction): GraphNode | undefined {
  const connected = new Set<GraphNode>();
  for (const edge of graph.edges) {
    if (edge.from === from) connected.add(edge.to);
    if (edge.to === from) connected.add(edge.from);
  }
  const [dx, dy] = TOWARDS[direction];
  const start = centre(from);
  let best: GraphNode | undefined;
  let bestCost = Number.POSITIVE_INFINITY;
  for (const node of graph.nodes) {
    const { x, y } = centre(node);
    const ahead = (x - start.x) * dx + (y - start.y) * dy;
    const aside = Math.abs((x - start.x) * dy) + Math.abs((y - start.y) * dx);
    if (node !== from && ahead > 0 && (aside <= ahead || connected.has(node))) {
      const cost = (ahead + ASIDE * aside) * (connected.has(node) ? CONNECTED : 1);
      if (cost < bestCost) {
        [best, bestCost] = [node, cost];
      }
    }
  }
  return best;
}
