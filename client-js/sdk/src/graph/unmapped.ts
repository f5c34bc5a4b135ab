import type { SegmentEvent } from "./envelope.ts";

/** An event's name that no node waits for. */
export interface UnmappedEvent {
  readonly name: string;
  readonly type: string;
  readonly count: number;
  /** Arrival of the first and of the last one, in milliseconds since the epoch. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Names of properties, for filters; never values. */
  readonly properties: readonly string[];
}

/** Names of properties that are kept of each name. */
export const UNMAPPED_PROPERTIES_MAX = 20;

/** What came and no node waits for, by name. Bounded: events of further names are only counted. */
export class UnmappedEvents {
  readonly #namesMax: number;
  readonly #byName = new Map<string, UnmappedEvent>();
  #others = 0;

  constructor(namesMax = 500) {
    this.#namesMax = namesMax;
  }

  /** The most frequent first. */
  get events(): UnmappedEvent[] {
    return [...this.#byName.values()].sort((a, b) => b.count - a.count);
  }

  /** Events whose names found no room. */
  get others(): number {
    return this.#others;
  }

  add({ name, type, arrivedAt, properties }: SegmentEvent): void {
    const before = this.#byName.get(name);
    if (before === undefined && this.#byName.size >= this.#namesMax) {
      this.#others++;
      return;
    }
    const seen = new Set([...(before?.properties ?? []), ...Object.keys(properties)]);
    this.#byName.set(name, {
      name,
      type,
      count: (before?.count ?? 0) + 1,
      firstAt: before?.firstAt ?? arrivedAt,
      lastAt: arrivedAt,
      properties: [...seen].slice(0, UNMAPPED_PROPERTIES_MAX),
    });
  }

  clear(): void {
    this.#byName.clear();
    this.#others = 0;
  }
}

/** The beginning of a definition of this event, as YAML in DagNet's shape: to be copied into a file of its own. */
export function definitionStub({ name, properties }: UnmappedEvent, provider = "segment"): string {
  const id = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^_|_$/g, "");
  // only plain names, for nothing may end the comment
  const plain = properties.filter((property) => /^[\w.$-]+$/.test(property));
  return [
    `id: ${JSON.stringify(id || "event")}`,
    `name: ${JSON.stringify(name)}`,
    "provider_event_names:",
    `  ${provider}: ${JSON.stringify(name)}`,
    ...(plain.length > 0 ? [`# properties seen: ${plain.join(", ")}`] : []),
    "amplitude_filters: []",
    "",
  ].join("\n");
}
