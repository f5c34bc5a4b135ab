import { type EventDefinition, type Graph, readDefinitions, readGraph } from "@heliograph/client/graph";
import type { PageConfig } from "../live/config.ts";

/** A graph, what its events are called, and where both came from. */
export interface GraphSource {
  readonly kind: "sample" | "operator" | "file" | "url";
  readonly name: string;
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
  readonly problems: readonly string[];
}

export async function firstSource(
  _config: PageConfig,
  _location: Location,
  fetch: typeof globalThis.fetch,
): Promise<GraphSource> {
  const [graph, definitions] = await Promise.all(
    ["./sample/graph.json", "./sample/events.json"].map(async (url) => (await fetch(url)).json() as Promise<unknown>),
  );
  return {
    kind: "sample",
    name: "Sample",
    graph: readGraph(graph),
    definitions: readDefinitions(definitions),
    problems: [],
  };
}
