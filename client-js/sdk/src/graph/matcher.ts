import type { SegmentEvent } from "./envelope.ts";
import { GraphFileError, type GraphNode } from "./graph.ts";
import { fields, list, text } from "./json.ts";

export type FilterOperator = "is" | "is not" | "is any of" | "is not any of" | "contains" | "does not contain";

const OPERATORS: readonly FilterOperator[] = [
  "is",
  "is not",
  "is any of",
  "is not any of",
  "contains",
  "does not contain",
];

export interface PropertyFilter {
  readonly property: string;
  /** `event`: the event's properties; `user`: its traits. */
  readonly from: "event" | "user";
  readonly operator: FilterOperator;
  readonly values: readonly string[];
}

/** What a graph's event is called by each provider, and which of those it is. */
export interface EventDefinition {
  readonly id: string;
  readonly providerNames: ReadonlyMap<string, string>;
  readonly filters: readonly PropertyFilter[];
}

/** A node, and what else an event of its name must be to light it. */
export interface Waiter {
  readonly node: GraphNode;
  readonly filters: readonly PropertyFilter[];
}

/**
 * Which nodes an event lights: all whose definition has the event's name and whose every filter holds. The name is the provider's,
 * else the definition's id; a node whose event has no definition goes by its event id alone.
 */
export class GraphMatcher {
  readonly #waiting = new Map<string, Waiter[]>();

  constructor(nodes: readonly GraphNode[], definitions: readonly EventDefinition[], provider = "segment") {
    const byId = new Map(definitions.map((definition) => [definition.id, definition]));
    for (const node of nodes) {
      if (node.eventId !== undefined) {
        const definition = byId.get(node.eventId);
        const name = definition?.providerNames.get(provider) ?? node.eventId;
        const waiting = this.#waiting.get(name) ?? [];
        waiting.push({ node, filters: definition?.filters ?? [] });
        this.#waiting.set(name, waiting);
      }
    }
  }

  /** Names that some node waits for. */
  get names(): readonly string[] {
    return [...this.#waiting.keys()];
  }

  /** Those that wait for an event of that name. */
  waiting(name: string): readonly Waiter[] {
    return this.#waiting.get(name) ?? [];
  }

  match(event: SegmentEvent): readonly GraphNode[] {
    const waiting = this.waiting(event.name);
    return waiting.filter(({ filters }) => filters.every((filter) => holds(filter, event))).map(({ node }) => node);
  }
}

function holds({ property, from, operator, values }: PropertyFilter, event: SegmentEvent): boolean {
  const value = (from === "user" ? event.traits : event.properties)[property];
  const actual = value === undefined || value === null ? undefined : String(value);
  switch (operator) {
    case "is":
    case "is any of":
      return actual !== undefined && values.includes(actual);
    case "is not":
    case "is not any of":
      return actual === undefined || !values.includes(actual);
    case "contains":
      return actual !== undefined && values.some((part) => actual.includes(part));
    case "does not contain":
      return actual === undefined || !values.some((part) => actual.includes(part));
  }
}

/** Reads a list of event definitions in DagNet's shape. */
export function readDefinitions(file: unknown): EventDefinition[] {
  if (!Array.isArray(file)) {
    throw new GraphFileError("a file of event definitions is a list");
  }
  return file.map((value, index) => {
    const raw = fields(value);
    const id = text(raw["id"]);
    if (id === undefined) {
      throw new GraphFileError(`events[${index}] has no id`);
    }
    const names = Object.entries(fields(raw["provider_event_names"])).filter(([, name]) => text(name) !== undefined);
    return {
      id,
      providerNames: new Map(names.map(([provider, name]) => [provider, String(name)])),
      filters: list(raw["amplitude_filters"]).map((filter) => readFilter(filter, id)),
    };
  });
}

function readFilter(value: unknown, id: string): PropertyFilter {
  const raw = fields(value);
  const property = text(raw["property"]);
  const operator = OPERATORS.find((known) => known === (raw["operator"] ?? "is"));
  const type = raw["property_type"] ?? "event";
  if (property === undefined) {
    throw new GraphFileError(`a filter of event ${id} has no property`);
  }
  if (operator === undefined) {
    throw new GraphFileError(`event ${id}: operator ${String(raw["operator"])} is none of: ${OPERATORS.join(", ")}`);
  }
  if (type !== "event" && type !== "user") {
    throw new GraphFileError(`event ${id}: property_type ${String(type)} is neither event nor user`);
  }
  return { property, from: type, operator, values: list(raw["values"]).map(String) };
}
