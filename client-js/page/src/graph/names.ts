import type { EventDefinition, FilterOperator, GraphNode, PropertyFilter } from "@heliograph/client/graph";

/** A card is narrow, and what tells it from others comes last. */
const SIGNS: Readonly<Partial<Record<FilterOperator, string>>> = {
  is: "=",
  "is any of": "=",
  "is not": "≠",
  "is not any of": "≠",
};

/** What a node waits for, as its card says it. */
export class EventNames {
  readonly #definitions: ReadonlyMap<string, EventDefinition>;

  constructor(definitions: readonly EventDefinition[]) {
    this.#definitions = new Map(definitions.map((definition) => [definition.id, definition]));
  }

  /** The provider's name, or rather what tells this node from others of that name. */
  brief(node: GraphNode): string {
    const [filter] = this.#definition(node)?.filters ?? [];
    if (filter === undefined) {
      return this.#name(node);
    }
    const { property, operator, values } = filter;
    return `${property} ${SIGNS[operator] ?? operator} ${values.join(", ")}`;
  }

  /** The name and all its filters. */
  full(node: GraphNode): string {
    const filters = this.#definition(node)?.filters ?? [];
    return [this.#name(node), ...filters.map(termOf)].join(", ");
  }

  #name(node: GraphNode): string {
    return this.#definition(node)?.providerNames.get("segment") ?? node.eventId ?? "no event";
  }

  #definition({ eventId }: GraphNode): EventDefinition | undefined {
    return eventId === undefined ? undefined : this.#definitions.get(eventId);
  }
}

export function termOf({ property, operator, values }: PropertyFilter): string {
  return `${property} ${operator} ${values.join(", ")}`;
}

export function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

const LINE = 11;

/** A name in one or two lines that a small card has room for. */
export function inLines(text: string): readonly string[] {
  const words = text.split(/\s+/).filter(Boolean);
  let first = words.shift() ?? "";
  while (words[0] !== undefined && first.length + 1 + words[0].length <= LINE) {
    first += ` ${words.shift()}`;
  }
  return words.length === 0 ? [clip(first, LINE)] : [clip(first, LINE), clip(words.join(" "), LINE)];
}

const CLOCK = new Intl.DateTimeFormat("en", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});

/** `12:04:31`. */
export function clock(ms: number): string {
  return CLOCK.format(ms);
}
