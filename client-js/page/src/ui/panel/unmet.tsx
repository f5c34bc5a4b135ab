import { termOf } from "../../graph/names.ts";
import type { Desk } from "../desk.ts";
import { calledByName, count } from "../format.ts";

interface Props {
  readonly desk: Desk;
  /** Of an event that lights no node. */
  readonly name: string;
  /** What came with it; undefined: more than is remembered. */
  readonly properties: readonly string[] | undefined;
}

/** Why nodes that wait for an event of this name are not lit by it. */
export function Unmet({ desk, name, properties }: Props) {
  const waiting = desk.feed.tracker.waiting(name);
  if (waiting.length === 0) {
    return null;
  }
  const { named, more } = calledByName(waiting);
  const asked = new Set(
    waiting.flatMap(({ filters }) => filters).flatMap(({ property, from }) => (from === "event" ? property : [])),
  );
  const missing = properties === undefined ? [] : [...asked].filter((property) => !properties.includes(property));
  return (
    <div class="unmet">
      <p class="aside">
        {waiting.length === 1 ? "One node waits" : `${count(waiting.length)} nodes wait`} for this name, on a condition
        that does not hold:
      </p>
      <ul>
        {named.map(({ node, filters }) => (
          <li key={node.uuid}>
            {node.label}: <span class="mono">{filters.map(termOf).join(", ")}</span>
          </li>
        ))}
        {more === undefined ? null : <li>{more}</li>}
      </ul>
      {missing.length === 0 ? null : (
        <p class="aside">
          It came without <code>{missing.join(", ")}</code>. If the sender did send it: only properties that the source
          names under <code>privacy.properties</code> are let through.
        </p>
      )}
    </div>
  );
}
