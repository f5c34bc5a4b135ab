import type { Sighting } from "./sighting.ts";

/** What of the events is in view; undefined: whatever it is. */
export interface Query {
  readonly event: string | undefined;
  /** By uuid. */
  readonly node: string | undefined;
  readonly trace: string | undefined;
  readonly user: string | undefined;
  /** Somewhere in the event's name, its nodes' labels or the values of its properties, in whatever case. */
  readonly text: string;
}

export const EVERYTHING: Query = { event: undefined, node: undefined, trace: undefined, user: undefined, text: "" };

/** Undefined for a query that asks for nothing. */
export function predicate({ event, node, trace, user, text }: Query): ((sighting: Sighting) => boolean) | undefined {
  const needle = text.trim().toLowerCase();
  const terms: ((sighting: Sighting) => boolean)[] = [];
  if (event !== undefined) {
    terms.push((sighting) => sighting.event.name === event);
  }
  if (node !== undefined) {
    terms.push(({ nodes }) => nodes.some(({ uuid }) => uuid === node));
  }
  if (trace !== undefined) {
    terms.push((sighting) => sighting.event.traceId === trace);
  }
  if (user !== undefined) {
    terms.push(({ event: { userId, anonymousId, user: pseudonym } }) =>
      [userId, anonymousId, pseudonym].includes(user),
    );
  }
  if (needle !== "") {
    terms.push((sighting) => contains(sighting, needle));
  }
  return terms.length === 0 ? undefined : (sighting) => terms.every((term) => term(sighting));
}

function contains({ event, nodes }: Sighting, needle: string): boolean {
  return (
    event.name.toLowerCase().includes(needle) ||
    nodes.some(({ label }) => label.toLowerCase().includes(needle)) ||
    hasValue(event.properties, needle) ||
    hasValue(event.traits, needle)
  );
}

function hasValue(value: unknown, needle: string): boolean {
  return typeof value === "object" && value !== null
    ? Object.values(value).some((each) => hasValue(each, needle))
    : value !== null && String(value).toLowerCase().includes(needle);
}

const TERM = /^(event|node|trace|user):\s*(\S.*)$/;

/** `trace:t-1` as a term by itself; undefined for text that is only text. */
export function readTerm(
  text: string,
): { readonly kind: "event" | "node" | "trace" | "user"; value: string } | undefined {
  const [, kind, value] = TERM.exec(text.trim()) ?? [];
  return kind === undefined || value === undefined
    ? undefined
    : { kind: kind as "event" | "node" | "trace" | "user", value: value.trim() };
}
