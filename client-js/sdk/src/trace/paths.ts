import type { Graph, GraphEdge, GraphNode } from "../graph/graph.ts";

/**
 * How a trace came from one node to the next: along an edge; through nodes that have no event, by the only way there is (`inferred`)
 * or by one of several (`ambiguous`: `edges` are those of all ways); or by no way that the graph has.
 */
export interface Leg {
  readonly kind: "direct" | "inferred" | "ambiguous" | "jump";
  readonly from: GraphNode;
  readonly to: GraphNode;
  /** In the order of travel. */
  readonly edges: readonly GraphEdge[];
}

const REMEMBERED_MAX = 4_096;
/** From each to each: where more nodes wait for one event, its ways tell nothing, and take longer than anybody waits. */
const PAIRS_MAX = 1_000;

/** The ways of a graph between nodes that have events. */
export class Paths {
  readonly #into = new Map<string, GraphEdge[]>();
  readonly #outOf = new Map<string, GraphEdge[]>();
  readonly #remembered = new Map<string, readonly Leg[]>();

  constructor(graph: Graph) {
    for (const edge of graph.edges) {
      append(this.#into, edge.to, edge);
      append(this.#outOf, edge.from, edge);
    }
  }

  /** From the nodes that one event lit to those that the next one lit: to each of these by itself. None of more than 1,000 pairs. */
  between(from: readonly GraphNode[], to: readonly GraphNode[]): Leg[] {
    if (from.length * to.length > PAIRS_MAX) {
      return [];
    }
    const start = JSON.stringify(from.map(({ uuid }) => uuid));
    return to.flatMap((node) => {
      const key = start + node.uuid;
      const known = this.#remembered.get(key);
      if (known !== undefined) {
        return known;
      }
      if (this.#remembered.size >= REMEMBERED_MAX) {
        this.#remembered.clear();
      }
      const legs = this.#legs(from, node);
      this.#remembered.set(key, legs);
      return legs;
    });
  }

  #legs(from: readonly GraphNode[], to: GraphNode): readonly Leg[] {
    const starts = new Set(from.map(({ uuid }) => uuid));
    const direct = this.#edgesInto(to).filter((edge) => starts.has(edge.from.uuid));
    if (direct.length > 0) {
      return direct.map((edge) => ({ kind: "direct", from: edge.from, to, edges: [edge] }));
    }
    const [first] = from;
    if (first === undefined || starts.has(to.uuid)) {
      return [];
    }
    const edges = this.#throughSilent(starts, to);
    const leaving = new Set(edges.map((edge) => edge.from.uuid));
    const isOneWay = leaving.size === edges.length && edges.filter((edge) => starts.has(edge.from.uuid)).length === 1;
    return edges.length === 0
      ? [{ kind: "jump", from: first, to, edges }]
      : [{ kind: isOneWay ? "inferred" : "ambiguous", from: edges[0]?.from ?? first, to, edges }];
  }

  /** All edges that lie on a way from one of these nodes to that one, on which all between have no event. */
  #throughSilent(starts: ReadonlySet<string>, to: GraphNode): GraphEdge[] {
    const leading = new Set<GraphEdge>();
    const reached = new Set([to]);
    for (const node of reached) {
      for (const edge of this.#edgesInto(node)) {
        if (starts.has(edge.from.uuid)) {
          leading.add(edge);
        } else if (edge.from.eventId === undefined && edge.from !== node) {
          leading.add(edge);
          reached.add(edge.from);
        }
      }
    }
    const travelled = new Set([...leading].filter((edge) => starts.has(edge.from.uuid)));
    for (const { to: next } of travelled) {
      for (const edge of next === to ? [] : (this.#outOf.get(next.uuid) ?? [])) {
        if (leading.has(edge)) {
          travelled.add(edge);
        }
      }
    }
    return [...travelled];
  }

  #edgesInto(node: GraphNode): readonly GraphEdge[] {
    return this.#into.get(node.uuid) ?? [];
  }
}

function append(map: Map<string, GraphEdge[]>, { uuid }: GraphNode, edge: GraphEdge): void {
  const edges = map.get(uuid);
  if (edges === undefined) {
    map.set(uuid, [edge]);
  } else {
    edges.push(edge);
  }
}
