import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readDefinitions, readGraph } from "@heliograph/client/graph";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(join(import.meta.dirname, "../public/sample", name), "utf8"));

/** What the page is served with. */
export const graph = readGraph(read("graph.json"));
export const definitions = readDefinitions(read("events.json"));
export const rawDefinitions = read("events.json") as { id: string; amplitude_filters?: { property: string }[] }[];
