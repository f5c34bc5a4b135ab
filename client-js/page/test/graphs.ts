import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import { CARD } from "../src/graph/geometry.ts";

/** `a>b>c d>b`: nodes and edges; every one has an event but those in capitals. */
export function drawn(ways: string): Graph {
  const nodes = new Map<string, GraphNode>();
  const node = (id: string): GraphNode => {
    const known = nodes.get(id);
    const made = known ?? {
      uuid: `u-${id}`,
      id,
      label: id,
      eventId: id === id.toUpperCase() ? undefined : id,
      x: 0,
      y: 0,
    };
    nodes.set(id, made);
    return made;
  };
  const edges: GraphEdge[] = [];
  for (const way of ways.split(" ")) {
    const stops = way.split(">").map(node);
    for (const [i, to] of stops.slice(1).entries()) {
      const from = stops[i] as GraphNode;
      edges.push({ uuid: `${from.id}>${to.id}`, from, to, probability: 0.5 });
    }
  }
  return { nodes: [...nodes.values()], edges };
}

/** So many nodes in layers of twenty, each linked with three of the next layer. */
export function crowd(count: number): Graph {
  const nodes = Array.from({ length: count }, (_, i) => ({
    uuid: `u-${i}`,
    id: `n-${i}`,
    label: `Step ${i}`,
    eventId: `e-${i}`,
    x: 0,
    y: 0,
  }));
  const edges = nodes.flatMap((from, i) =>
    [20, 23, 31].flatMap((ahead) => {
      const to = nodes[i + ahead];
      return to === undefined ? [] : [{ uuid: `${i}-${ahead}`, from, to, probability: 0.3 }];
    }),
  );
  return { nodes, edges };
}

/** Pairs of cards on top of one another. */
export function overlapping({ nodes }: Graph): string[] {
  return nodes.flatMap((a, i) =>
    nodes
      .slice(i + 1)
      .filter((b) => Math.abs(a.x - b.x) < CARD.width && Math.abs(a.y - b.y) < CARD.height)
      .map((b) => `${a.id} ${b.id}`),
  );
}
