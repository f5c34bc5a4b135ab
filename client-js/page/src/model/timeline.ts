import type { GraphNode } from "@heliograph/client/graph";
import type { Leg, Paths, TraceEvent } from "@heliograph/client/trace";

/** A stay of a trace: what it did at the same nodes, one after the other, and the way it came there. */
export interface Visit {
  /** None: of events that lit none. */
  readonly nodes: readonly GraphNode[];
  readonly events: readonly TraceEvent[];
  /** None for the first one, and from a node to itself. */
  readonly legs: readonly Leg[];
}

/** A trace's events, which are in the order of occurrence, by where they were. */
export function visits(events: readonly TraceEvent[], paths: Paths): Visit[] {
  const found: (Visit & { readonly events: TraceEvent[] })[] = [];
  let lit: readonly GraphNode[] = [];
  for (const event of events) {
    const { nodes } = event;
    const last = found.at(-1);
    if (last !== undefined && sameNodes(last.nodes, nodes)) {
      last.events.push(event);
    } else {
      const legs = lit.length === 0 || nodes.length === 0 ? [] : paths.between(lit, nodes);
      found.push({ nodes, events: [event], legs });
    }
    lit = nodes.length > 0 ? nodes : lit;
  }
  return found;
}

function sameNodes(a: readonly GraphNode[], b: readonly GraphNode[]): boolean {
  return a.length === b.length && a.every(({ uuid }, i) => uuid === b[i]?.uuid);
}
