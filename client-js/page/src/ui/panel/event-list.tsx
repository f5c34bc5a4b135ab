import type { WatchItem } from "@heliograph/client/watch";
import { Component } from "preact";
import type { Sighting } from "../../model/sighting.ts";
import type { Desk } from "../desk.ts";
import { count, duration, labels } from "../format.ts";
import { Moment } from "../moment.tsx";
import { EventDetails } from "./event-details.tsx";
import { useHaste } from "./haste.ts";

/** Rows that are drawn; the session holds more. */
const ROWS = 100;
const ROWS_IN_HASTE = 20;

interface Props {
  readonly desk: Desk;
  /** Oldest first. */
  readonly items: readonly WatchItem<Sighting>[];
}

/** The newest events, newest first. */
export function EventList({ desk, items }: Props) {
  const graph = desk.source.value;
  const chosen = desk.chosen.value;
  const opened = desk.opened.value;
  const rows = items.slice(useHaste(desk) ? -ROWS_IN_HASTE : -ROWS).reverse();
  const older = items.length - rows.length;
  return (
    <>
      <ol class="events" reversed>
        {rows.map((item) => (
          <EventRow
            key={item.number}
            desk={desk}
            item={item}
            graph={graph}
            chosen={item.number === chosen}
            opened={item.number === opened}
          />
        ))}
      </ol>
      {older > 0 ? (
        <p class="empty">{count(older)} older ones are held and not listed; a filter looks at all.</p>
      ) : null}
    </>
  );
}

interface RowProps {
  readonly desk: Desk;
  readonly item: WatchItem<Sighting>;
  /** What the nodes of the event are of. */
  readonly graph: object;
  readonly chosen: boolean;
  readonly opened: boolean;
}

/** What was seen does not change, so a row is drawn once however often the list is. */
class EventRow extends Component<RowProps> {
  override shouldComponentUpdate({ item, graph, chosen, opened }: RowProps): boolean {
    const { props } = this;
    return item !== props.item || graph !== props.graph || chosen !== props.chosen || opened !== props.opened;
  }

  override render() {
    const { desk, item, chosen, opened } = this.props;
    const { number, event: sighting } = item;
    const { event, nodes } = sighting;
    const unmapped = nodes.length === 0;
    const onOpen = (): void => {
      desk.chosen.value = number;
      desk.opened.value = opened ? undefined : number;
    };
    return (
      <li class={`event${unmapped ? " unmapped" : ""}${chosen ? " chosen" : ""}`} data-number={number}>
        <button type="button" class="event-head" aria-expanded={opened} onClick={onOpen}>
          <span class="event-mark" aria-hidden="true" />
          <span class="event-line">
            <span class="event-name">{event.name}</span>
            <Moment word="arrived" ms={event.arrivedAt} />
          </span>
          <span class="event-line second">
            <span class="event-nodes">{unmapped ? "unmapped" : `→ ${labels(nodes)}`}</span>
            <span>
              {event.late ? <span class="badge">{duration(event.arrivedAt - event.occurredAt)} late</span> : null}
              <Moment word="occurred" ms={event.occurredAt} />
            </span>
          </span>
        </button>
        {opened ? <EventDetails desk={desk} item={item} /> : null}
      </li>
    );
  }
}
