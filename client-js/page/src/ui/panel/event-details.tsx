import type { GraphNode } from "@heliograph/client/graph";
import type { WatchItem } from "@heliograph/client/watch";
import type { ComponentChildren } from "preact";
import type { Sighting } from "../../model/sighting.ts";
import { CopyButton } from "../copy.tsx";
import type { Desk } from "../desk.ts";
import { calledByName, duration } from "../format.ts";
import { Unmet } from "./unmet.tsx";

interface Props {
  readonly desk: Desk;
  readonly item: WatchItem<Sighting>;
}

/** All there is to know of an event; what is clicked there becomes the filter. */
export function EventDetails({ desk, item }: Props) {
  const { event, data, nodes } = item.event;
  const id = desk.feed.tracker.idOf(event);
  const user = event.userId ?? event.anonymousId ?? event.user;
  const lateMs = event.arrivedAt - event.occurredAt;
  const { named, more } = calledByName(nodes);
  return (
    <div class="details">
      <dl>
        <Value name="event" value={event.name} onPick={() => desk.filterBy({ event: event.name })} />
        {named.map((node) => (
          <Value key={node.uuid} name="node" value={node.label} onPick={picking(desk, node)} />
        ))}
        <Value name="nodes" value={more} onPick={undefined} />
        <Value name="trace" value={event.traceId} onPick={() => desk.filterBy({ trace: event.traceId })} />
        <Value name="user" value={user} onPick={() => desk.filterBy({ user })} />
        <Fact name="occurred">{new Date(event.occurredAt).toISOString()}</Fact>
        <Fact name="arrived">
          {new Date(event.arrivedAt).toISOString()} ({lateMs < 0 ? "before it occurred" : `${duration(lateMs)} later`})
        </Fact>
        <Fact name="type">{event.type}</Fact>
        <Fact name="message">{event.messageId}</Fact>
      </dl>
      {nodes.length > 0 ? null : <Unmet desk={desk} name={event.name} properties={Object.keys(event.properties)} />}
      <Values desk={desk} title="Properties" values={event.properties} />
      <Values desk={desk} title="Traits" values={event.traits} />
      <p class="buttons">
        {id === undefined ? null : (
          <button type="button" class="quiet small" onClick={() => desk.follow(id)}>
            {desk.feed.tracker.followed.value === id ? "Follow no longer" : "Follow trace"}
          </button>
        )}
        <CopyButton text={() => JSON.stringify(data, null, 2)}>Copy JSON</CopyButton>
      </p>
    </div>
  );
}

/** A log may be of a graph that is not shown any more: what it has there can only be read. */
function picking(desk: Desk, { uuid }: GraphNode): (() => void) | undefined {
  return desk.nodeById(uuid) && (() => (desk.selected.value = uuid));
}

interface ValuesProps {
  readonly desk: Desk;
  readonly title: string;
  readonly values: Readonly<Record<string, unknown>>;
}

function Values({ desk, title, values }: ValuesProps) {
  const entries = Object.entries(values);
  if (entries.length === 0) {
    return title === "Properties" ? <p class="aside">No properties that this channel may show.</p> : null;
  }
  return (
    <>
      <h2>{title}</h2>
      <dl>
        {entries.map(([name, value]) => {
          const isOne = typeof value !== "object" && value !== "";
          const text = typeof value === "object" ? JSON.stringify(value) : String(value);
          return (
            <Value key={name} name={name} value={text} onPick={isOne ? () => desk.filterBy({ text }) : undefined} />
          );
        })}
      </dl>
    </>
  );
}

interface ValueProps {
  readonly name: string;
  readonly value: string | undefined;
  /** Undefined: nothing can be filtered by it. */
  readonly onPick: (() => void) | undefined;
}

/** A value, to be clicked where it can be filtered by; nothing where there is none. */
function Value({ name, value, onPick }: ValueProps) {
  return value === undefined ? null : (
    <Fact name={name}>
      {onPick === undefined ? (
        value
      ) : (
        <button type="button" class="value" title={`Filter by this ${name}`} onClick={onPick}>
          {value}
        </button>
      )}
    </Fact>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd class="mono">{children}</dd>
    </div>
  );
}
