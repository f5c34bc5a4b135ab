import type { EventDefinition, Graph } from "@heliograph/client/graph";

/** Names after which it is said only how many more there are. */
const NAMED = 5;

/** What is written like this is hardly an event's own name, but the id of a definition. */
const ID = /^[a-z0-9_.-]+$/;

/** What is odd about a graph and its definitions, and keeps neither from being shown. */
export function problemsOf({ nodes }: Graph, definitions: readonly EventDefinition[]): string[] {
  const waited = new Set(nodes.flatMap(({ eventId }) => eventId ?? []));
  const defined = new Set(definitions.map(({ id }) => id));
  const undefinedIds = [...waited].filter((id) => !defined.has(id) && ID.test(id));
  const unused = [...defined].filter((id) => !waited.has(id));
  const nodeIds = repeated(nodes.map(({ id }) => id));
  const definitionIds = repeated(definitions.map(({ id }) => id));
  return [
    ...(waited.size === 0 ? ["No node names an event, so that nothing can light one: expected `event_id`."] : []),
    ...(definitions.length === 0 && waited.size > 0
      ? ["There are no event definitions: nodes wait for events of their event id's name."]
      : say(undefinedIds, (n) => `${n} without a definition, and the id taken for the name`)),
    ...say(unused, (n) => `${n} defined and waited for by no node`),
    ...say(nodeIds, (n) => `${n} of more than one node`, "id"),
    ...say(definitionIds, (n) => `${n} defined more than once, the last one counts`),
  ];
}

function say(ids: readonly string[], what: (count: string) => string, noun = "event"): string[] {
  if (ids.length === 0) {
    return [];
  }
  const rest = ids.length > NAMED ? ` and ${ids.length - NAMED} more` : "";
  return [
    `${what(ids.length === 1 ? `One ${noun} is` : `${ids.length} ${noun}s are`)}: ${ids.slice(0, NAMED).join(", ")}${rest}.`,
  ];
}

function repeated(ids: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(ids.filter((id) => seen.has(id) || !seen.add(id)))];
}
