import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import { Recent } from "./recent.ts";

/** Where each trace was last, so that its next event shows which way it came. Bounded to the last traces. */
export class Trails {
  readonly #into = new Map<string, GraphEdge[]>();
  readonly #last: Recent<ReadonlySet<string>>;

  constructor(graph: Graph, traces = 2_000) {
    this.#last = new Recent(traces);
    for (const edge of graph.edges) {
      this.#into.set(edge.to.id, [...(this.#into.get(edge.to.id) ?? []), edge]);
    }
  }

  /** The edges by which this trace came to these nodes: directly, or through one node that has no event. */
  step(traceId: string | undefined, nodes: readonly GraphNode[]): GraphEdge[] {
    if (traceId === undefined || nodes.length === 0) {
      return [];
    }
    const before = this.#last.put(traceId, new Set(nodes.map(({ id }) => id)));
    return before === undefined ? [] : nodes.flatMap(({ id }) => this.#between(before, id));
  }

  clear(): void {
    this.#last.clear();
  }

  #between(before: ReadonlySet<string>, id: string): GraphEdge[] {
    const into = this.#into.get(id) ?? [];
    const direct = into.filter((edge) => before.has(edge.from.id));
    if (direct.length > 0) {
      return direct;
    }
    const silent = into.filter((edge) => edge.from.eventId === undefined);
    const paths = silent.flatMap((second) =>
      (this.#into.get(second.from.id) ?? [])
        .filter((first) => before.has(first.from.id))
        .map((first) => [first, second]),
    );
    // More than one way is a guess, and a guess is not drawn.
    return paths.length === 1 ? (paths[0] ?? []) : [];
  }
}
