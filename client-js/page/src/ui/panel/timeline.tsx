import type { Leg, TraceEvent } from "@heliograph/client/trace";
import { type Visit, visits } from "../../model/timeline.ts";
import type { Desk } from "../desk.ts";
import { duration, labels } from "../format.ts";
import { Moment } from "../moment.tsx";

/** A trace's events in the order in which they occurred, by node, and the way from one to the next. */
export function Timeline({ desk, id }: { readonly desk: Desk; readonly id: string }) {
  desk.feed.version.value;
  const { traces, paths } = desk.feed.tracker;
  return (
    <ol class="timeline">
      {visits(traces.timeline(id), paths).map((visit, i) => (
        <Stay key={i} visit={visit} />
      ))}
    </ol>
  );
}

function Stay({ visit: { nodes, events, legs } }: { readonly visit: Visit }) {
  return (
    <li class={nodes.length === 0 ? "stay unmapped" : "stay"}>
      {legs.map((leg) => (
        <Way key={`${leg.from.uuid} ${leg.to.uuid}`} leg={leg} />
      ))}
      <p class="stay-node">{nodes.length === 0 ? "no node" : labels(nodes)}</p>
      <ul>
        {events.map((event) => (
          <Step key={event.event.messageId} {...event} />
        ))}
      </ul>
    </li>
  );
}

function Step({ event }: TraceEvent) {
  return (
    <li class="step">
      <span class="step-name">{event.name}</span>
      <span class="step-times aside">
        {event.late ? <span class="badge">{duration(event.arrivedAt - event.occurredAt)} late</span> : null}
        <Moment word="occurred" ms={event.occurredAt} />
        <span class="mono">
          {" "}
          arrived <Moment word="arrived" ms={event.arrivedAt} />
        </span>
      </span>
    </li>
  );
}

/** How it came here from the node before. */
function Way({ leg: { kind, from, edges } }: { readonly leg: Leg }) {
  const between = edges.slice(0, -1).map(({ to }) => to.label);
  const says: Readonly<Record<Leg["kind"], string>> = {
    direct: `from ${from.label}`,
    inferred: `from ${from.label} through ${between.join(", ")}, which has no event`,
    ambiguous: `from ${from.label} by one of several ways`,
    jump: `from ${from.label}, by no way that the graph has`,
  };
  return (
    <p class={`way ${kind}`} data-leg={kind}>
      <span class="way-kind">{kind}</span> {says[kind]}
    </p>
  );
}
