import { type EventDefinition, type Graph, GraphFileError, readDefinitions, readGraph } from "@heliograph/client/graph";
import { arranged } from "../graph/layout.ts";
import { type Fields, fields } from "../model/json.ts";
import { SourceError } from "./errors.ts";
import type { SourceDocument } from "./parse.ts";
import { problemsOf } from "./problems.ts";

const NODES_MAX = 20_000;
const EDGES_MAX = 100_000;
const DEFINITIONS_MAX = 20_000;
/** In a heap there are fewer places than half the nodes. */
const HEAP = 0.5;
/** Farther out nothing is found again, and sums of places are no numbers any more. */
const FAR = 1e6;

/** What was made of files. */
export interface Assembled {
  /** The graph's file; undefined: the graph is the one that was there. */
  readonly file: string | undefined;
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
  readonly problems: readonly string[];
}

/**
 * Tells a graph and event definitions apart by what they are, and reads them.
 *
 * @param shown the graph that definitions are for if none comes with them
 */
export function assemble(documents: readonly SourceDocument[], shown: Graph | undefined): Assembled {
  const graphs = documents.filter(({ value }) => isGraph(value));
  const [first, second] = graphs;
  if (first !== undefined && second !== undefined) {
    throw new SourceError(second.place, `a graph, as ${first.place} is; one at a time can be shown`);
  }
  const graph = first === undefined ? shown : toGraph(first);
  if (graph === undefined) {
    const names = documents.map(({ place }) => place).join(", ");
    throw new SourceError(names || "nothing", "no graph; expected an object with a list `nodes`");
  }
  const definitions = documents.filter((document) => document !== first).flatMap(toDefinitions);
  if (definitions.length > DEFINITIONS_MAX) {
    throw new SourceError(documents.at(-1)?.file ?? "", `more than ${DEFINITIONS_MAX} event definitions`);
  }
  return { file: first?.file, graph, definitions, problems: problemsOf(graph, definitions) };
}

function isGraph(value: unknown): boolean {
  return "nodes" in fields(value);
}

function toGraph({ place, value }: SourceDocument): Graph {
  const { nodes, edges } = fields(value);
  const counts = [
    ["nodes", nodes, NODES_MAX],
    ["edges", edges, EDGES_MAX],
  ] as const;
  for (const [what, list, max] of counts) {
    if (Array.isArray(list) && list.length > max) {
      throw new SourceError(place, `${list.length} ${what}; at most ${max} can be shown`);
    }
  }
  const graph = told(place, () => readGraph(value));
  return arranged(graph, isPlaced(nodes));
}

function isPlaced(nodes: unknown): boolean {
  const layouts = Array.isArray(nodes) ? nodes.map((node) => fields(fields(node)["layout"])) : [];
  const isWhole = layouts.every(({ x, y }) => isNear(x) && isNear(y));
  const places = new Set(layouts.map(({ x, y }) => `${x} ${y}`));
  return isWhole && places.size > HEAP * layouts.length;
}

function isNear(at: unknown): boolean {
  return typeof at === "number" && Math.abs(at) <= FAR;
}

function toDefinitions({ place, value }: SourceDocument): EventDefinition[] {
  if (Array.isArray(value)) {
    return told(place, () => readDefinitions(value));
  }
  const raw: Fields = fields(value);
  if (raw["id"] === undefined) {
    throw new SourceError(
      place,
      "neither a graph nor event definitions; expected an object with a list `nodes`, a list of definitions, or a definition with an `id`",
    );
  }
  return told(place, () => readDefinitions([value]));
}

function told<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof GraphFileError ? new SourceError(place, error.message, { cause: error }) : error;
  }
}
