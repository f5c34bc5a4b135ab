import { definitionStub, UNMAPPED_PROPERTIES_MAX, type UnmappedEvent } from "@heliograph/client/graph";
import { CopyButton } from "../copy.tsx";
import type { Desk } from "../desk.ts";
import { count } from "../format.ts";
import { Moment } from "../moment.tsx";
import { Unmet } from "./unmet.tsx";

/** Names that are listed. */
const LISTED = 100;

/** What came and no node waits for, by name. */
export function UnmappedPanel({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const { events, others } = desk.feed.tracker.unmapped;
  const hidden = Math.max(0, events.length - LISTED);
  if (events.length === 0) {
    return <p class="empty">Every event that came has a node that waits for it.</p>;
  }
  return (
    <>
      <ul class="unmapped-names">
        {events.slice(0, LISTED).map((event) => (
          <Name key={event.name} desk={desk} event={event} />
        ))}
      </ul>
      {hidden > 0 ? <p class="empty">{count(hidden)} rarer names.</p> : null}
      {others > 0 ? <p class="empty">{count(others)} events of further names are only counted.</p> : null}
    </>
  );
}

function Name({ desk, event }: { readonly desk: Desk; readonly event: UnmappedEvent }) {
  const { name, type, count: seen, firstAt, lastAt, properties } = event;
  return (
    <li class="name" data-name={name}>
      <p class="name-line">
        <button type="button" class="value plain" title="See these events alone" onClick={() => desk.seeEvent(name)}>
          {name}
        </button>
        <strong class="mono">{count(seen)}</strong>
      </p>
      <p class="aside">
        {type} · first <Moment word="first" ms={firstAt} /> · last <Moment word="last" ms={lastAt} />
      </p>
      {properties.length > 0 ? <p class="aside mono">{properties.join(", ")}</p> : null}
      {desk.feed.tracker.waiting(name).length > 0 ? (
        <Unmet
          desk={desk}
          name={name}
          properties={properties.length < UNMAPPED_PROPERTIES_MAX ? properties : undefined}
        />
      ) : (
        <CopyButton text={() => definitionStub(event)}>Copy definition</CopyButton>
      )}
    </li>
  );
}
