import type { EventDefinition, Graph } from "@heliograph/client/graph";
import { ANSWER_MS } from "../model/patience.ts";
import { nameOf, type Reach, Room, read, resolve } from "./address.ts";
import { assemble } from "./assemble.ts";
import { type Choice, type Memory, remember, remembered } from "./choice.ts";
import { messageOf, SourceError } from "./errors.ts";
import { parse, type SourceText } from "./parse.ts";

/** A graph with what lights it, and where both came from. */
export interface GraphSource {
  readonly kind: "sample" | "operator" | "file" | "url";
  readonly name: string;
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
  /** What is odd about it, and does not keep it from being shown. */
  readonly problems: readonly string[];
}

/** What the gateway's `page.json` says of graphs. */
export interface SourceConfig {
  /** Addresses of the operator's own graph and its definitions. */
  readonly graph?: string | null | undefined;
  readonly events?: string | null | undefined;
  /** Where else graphs may be read from. */
  readonly graphOrigins?: readonly string[] | undefined;
}

export type Place = Pick<Location, "href" | "search">;

const SAMPLE = { graph: "./sample/graph.json", events: ["./sample/events.json"], name: "Sample shop" };

/**
 * What the page begins with: the graph its address asks for (`?graph=…&events=…`), else what this tab chose last, else the operator's,
 * else the sample. One that cannot be read gives way to the next, and the problems say why.
 */
export async function firstSource(
  config: SourceConfig,
  place: Place,
  fetch: typeof globalThis.fetch,
  memory: Memory = sessionStorage,
): Promise<GraphSource> {
  const asked = ofAddress(place) ?? remembered(memory);
  const problems: string[] = [];
  for (const choice of [asked?.kind === "operator" ? undefined : asked, operators(config)]) {
    if (choice !== undefined) {
      try {
        const source = await load(choice, config, place, fetch, AbortSignal.timeout(ANSWER_MS));
        return { ...source, problems: [...problems, ...source.problems] };
      } catch (error) {
        problems.push(`Asked for, and not shown: ${messageOf(error)}.`);
      }
    }
  }
  const sample = await load({ kind: "sample" }, config, place, fetch, AbortSignal.timeout(ANSWER_MS));
  return { ...sample, problems: [...problems, ...sample.problems] };
}

/** Reads what was chosen. */
export async function load(
  choice: Choice,
  config: SourceConfig,
  place: Place,
  fetch: typeof globalThis.fetch,
  signal?: AbortSignal,
): Promise<GraphSource> {
  const reach: Reach = { page: place.href, origins: config.graphOrigins ?? [], fetch };
  const { graph, events, name } = addresses(choice, config, reach);
  const all = [graph, ...events];
  const room = new Room(all);
  const texts = await Promise.all(all.map((address) => read(address, reach, room, signal)));
  return { kind: choice.kind, ...(await toSource(texts, name)) };
}

/** Reads files, told apart by what is in them; definitions alone are for the graph that is shown. */
export async function fromFiles(files: readonly File[], shown?: GraphSource): Promise<GraphSource> {
  new Room(files.map(({ name }) => name)).take(files.reduce((bytes, { size }) => bytes + size, 0));
  const texts = await Promise.all(files.map(readFile));
  return { kind: "file", ...(await toSource(texts, undefined, shown)) };
}

/** Keeps for this tab what is shown by this choice; by none: from files, whose content is not kept. */
export function keep(choice: Choice | undefined, { name }: GraphSource, memory: Memory = sessionStorage): void {
  remember(memory, choice ?? { kind: "file", name });
}

export function operators({ graph }: SourceConfig): Choice | undefined {
  return graph ? { kind: "operator" } : undefined;
}

function ofAddress({ search }: Place): Choice | undefined {
  const query = new URLSearchParams(search);
  const graph = query.get("graph");
  return graph ? { kind: "url", graph, events: query.getAll("events").filter(Boolean) } : undefined;
}

function addresses(choice: Choice, { graph, events }: SourceConfig, reach: Reach) {
  switch (choice.kind) {
    case "sample":
      return SAMPLE;
    case "operator":
      return { graph: graph ?? "", events: events ? [events] : [], name: "The operator's graph" };
    case "file":
      throw new SourceError(
        choice.name,
        "it came from files, which do not outlive a reload: choose them again, or have the operator set page.graphFile",
      );
    case "url":
      return { graph: choice.graph, events: choice.events, name: plain(nameOf(resolve(choice.graph, reach))) };
  }
}

async function toSource(
  texts: readonly SourceText[],
  name: string | undefined,
  shown?: GraphSource,
): Promise<Omit<GraphSource, "kind">> {
  const documents = (await Promise.all(texts.map(parse))).flat();
  const { file, ...assembled } = assemble(documents, shown?.graph);
  return { name: name ?? (file === undefined ? (shown?.name ?? "") : plain(file)), ...assembled };
}

async function readFile(file: File): Promise<SourceText> {
  try {
    return { name: file.name, text: await file.text() };
  } catch (cause) {
    throw new SourceError(file.name, `could not be read (${messageOf(cause)})`, { cause });
  }
}

/** Without its ending. */
function plain(file: string): string {
  return file.replace(/\.(json|ya?ml)$/i, "");
}
