import type { Graph } from "@heliograph/client/graph";
import { Component } from "preact";
import { useState } from "preact/hooks";
import type { PageConfig } from "../live/config.ts";
import type { Feed } from "../live/feed.ts";
import type { Sighting } from "../model/watch.ts";
import { count, duration, time } from "./format.ts";
import { Checklist } from "./notices.tsx";

/** Rows that are drawn; the session keeps more. */
const ROWS = 100;

interface Props {
  readonly graph: Graph;
  readonly feed: Feed;
  readonly config: PageConfig;
}

const TABS = ["Events", "Nodes"] as const;

export function SidePanel({ graph, feed, config }: Props) {
  const [tab, setTab] = useState<(typeof TABS)[number]>("Events");
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "ArrowLeft" || event.key === "ArrowRight") {
      const other = tab === "Events" ? "Nodes" : "Events";
      setTab(other);
      document.getElementById(`tab-${other}`)?.focus();
    }
  };
  return (
    <section class="side" aria-label="What arrived">
      <div class="tabs">
        <div role="tablist" onKeyDown={onKey}>
          {TABS.map((name) => (
            <button
              key={name}
              id={`tab-${name}`}
              type="button"
              role="tab"
              aria-selected={tab === name}
              aria-controls="tab-panel"
              tabIndex={tab === name ? 0 : -1}
              onClick={() => setTab(name)}
            >
              {name}
            </button>
          ))}
        </div>
        <button type="button" class="link clear" onClick={() => feed.clear()}>
          Clear
        </button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <div class="side-scroll" id="tab-panel" role="tabpanel" aria-labelledby={`tab-${tab}`} tabIndex={0}>
        {tab === "Events" ? <EventList feed={feed} config={config} /> : <NodeTable graph={graph} feed={feed} />}
      </div>
    </section>
  );
}

function EventList({ feed, config }: Omit<Props, "graph">) {
  feed.version.value;
  const sightings = feed.session.newest(ROWS);
  if (sightings.length === 0) {
    const live = feed.connection.value.state === "live";
    return (
      <>
        <p class="empty">{live ? "Waiting for the first event." : "No events yet."}</p>
        <Checklist feed={feed} config={config} />
      </>
    );
  }
  const older = feed.session.counters.shown - sightings.length;
  return (
    <>
      <ol class="events" reversed>
        {sightings.map((sighting) => (
          <EventRow key={sighting.number} sighting={sighting} />
        ))}
      </ol>
      {older > 0 ? <p class="empty">{count(older)} older ones are counted and no longer listed.</p> : null}
    </>
  );
}

/** What was seen does not change, so a row is drawn once however often the list is. */
class EventRow extends Component<{ readonly sighting: Sighting }> {
  override shouldComponentUpdate(): boolean {
    return false;
  }

  override render() {
    const { event, nodes } = this.props.sighting;
    const unmapped = nodes.length === 0;
    return (
      <li class={unmapped ? "event unmapped" : "event"}>
        <span class="event-mark" aria-hidden="true" />
        <p class="event-line">
          <span class="event-name">{event.name}</span>
          <Moment word="arrived" ms={event.arrivedAt} />
        </p>
        <p class="event-line second">
          <span class="event-nodes">{unmapped ? "unmapped" : `→ ${nodes.map(({ label }) => label).join(", ")}`}</span>
          <span>
            {event.late ? <span class="badge">{duration(event.arrivedAt - event.occurredAt)} late</span> : null}
            <Moment word="occurred" ms={event.occurredAt} />
          </span>
        </p>
      </li>
    );
  }
}

function Moment({ word, ms }: { readonly word: "arrived" | "occurred"; readonly ms: number }) {
  return (
    <time class="mono" dateTime={new Date(ms).toISOString()} title={`${word} ${new Date(ms).toLocaleString()}`}>
      <span class={word === "arrived" ? "hidden" : ""}>{word} </span>
      {time(ms)}
    </time>
  );
}

function NodeTable({ graph, feed }: Omit<Props, "config">) {
  feed.version.value;
  const { tallies, counters } = feed.session;
  return (
    <table class="nodes">
      <caption class="hidden">Nodes of the graph with the events they have seen since Realtime was switched on</caption>
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col" class="right">
            Events
          </th>
          <th scope="col" class="right">
            Last
          </th>
        </tr>
      </thead>
      <tbody>
        {graph.nodes.map(({ id, label, eventId }) => {
          const tally = tallies.get(id);
          return (
            <tr key={id} data-row={id}>
              <th scope="row">
                {label}
                {eventId === undefined ? <span class="aside"> no event</span> : null}
              </th>
              <td class="right mono">{count(tally?.count ?? 0)}</td>
              <td class="right mono">{tally === undefined ? "–" : time(tally.lastAt)}</td>
            </tr>
          );
        })}
        <tr>
          <th scope="row" class="aside">
            Unmapped
          </th>
          <td class="right mono">{count(counters.unmapped)}</td>
          <td class="right mono">–</td>
        </tr>
      </tbody>
    </table>
  );
}
