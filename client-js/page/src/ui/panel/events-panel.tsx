import type { Desk } from "../desk.ts";
import { count, events } from "../format.ts";
import { PassingButton } from "../passing.tsx";
import { Checklist } from "./checklist.tsx";
import { EventList } from "./event-list.tsx";
import { openPanel } from "./panel.ts";

export function EventsPanel({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const items = desk.itemsInView;
  return (
    <>
      {desk.on.value ? null : <Stopped desk={desk} />}
      {items.length > 0 ? <EventList desk={desk} items={items} /> : <Empty desk={desk} />}
    </>
  );
}

function Empty({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const { filtered } = desk.feed.counters;
  const filter = desk.filterWords;
  if (filter !== undefined) {
    return (
      <div class="empty">
        <p>
          Waiting for events that match <strong>{filter}</strong>.{" "}
          {filtered > 0 ? `${count(filtered)} are here and hidden by the filter.` : ""}
        </p>
        <PassingButton class="action" onClick={() => desk.clearFilter()}>
          Clear the filter
        </PassingButton>
        {filtered > 0 ? null : <Checklist desk={desk} />}
      </div>
    );
  }
  return desk.on.value ? (
    <div class="empty">
      <p>Waiting for the first event.</p>
      <Checklist desk={desk} />
    </div>
  ) : (
    <p class="empty">Nothing is listened to. Switch Realtime on to see events as they happen.</p>
  );
}

/** What became of the session that was switched off. */
function Stopped({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const [last] = desk.kept.sessions.value;
  const isKept = last !== undefined && last.id === desk.feed.session.id;
  const { shown, filtered, paused } = desk.feed.counters;
  if (shown + filtered + paused === 0) {
    return null;
  }
  return (
    <div class="strip">
      <p>Realtime is off. {isKept ? `${events(last.items.length)} kept in the log.` : "Nothing is kept of this."}</p>
      {isKept ? (
        <p class="buttons">
          <PassingButton class="quiet small" heir={openPanel} onClick={() => desk.openSession(last)}>
            Open log
          </PassingButton>
          <PassingButton class="quiet small" onClick={() => desk.discard(last)}>
            Discard log
          </PassingButton>
        </p>
      ) : null}
    </div>
  );
}
