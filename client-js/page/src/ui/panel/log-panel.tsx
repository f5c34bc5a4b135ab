import type { KeptSession } from "../../model/kept.ts";
import type { Desk } from "../desk.ts";
import { count, duration, events, time } from "../format.ts";
import { PassingButton } from "../passing.tsx";
import { EventList } from "./event-list.tsx";
import { openPanel } from "./panel.ts";

/** Sessions that are over, to be looked at again and exported; kept by this tab alone. */
export function LogPanel({ desk }: { readonly desk: Desk }) {
  const opened = desk.sessionInView;
  const sessions = desk.kept.sessions.value;
  if (opened !== undefined) {
    return <OpenedSession desk={desk} session={opened} />;
  }
  if (sessions.length === 0) {
    return (
      <p class="empty">
        A session that ends, when Realtime is switched off or restarted, is kept here until this tab is closed.
      </p>
    );
  }
  return (
    <ul class="sessions">
      {sessions.map((session) => (
        <li key={session.id} class="session" data-session={session.id}>
          <p class="session-name">{title(session)}</p>
          <p class="aside">{summary(session)}</p>
          <p class="buttons">
            <PassingButton class="quiet small" heir={openPanel} onClick={() => desk.openSession(session)}>
              Open
            </PassingButton>
            <button type="button" class="quiet small" onClick={() => desk.save(session.items, session.startedAt)}>
              Export
            </button>
            <PassingButton class="quiet small" heir={openPanel} onClick={() => desk.discard(session)}>
              Discard
            </PassingButton>
          </p>
        </li>
      ))}
    </ul>
  );
}

function OpenedSession({ desk, session }: { readonly desk: Desk; readonly session: KeptSession }) {
  const items = desk.itemsInView;
  return (
    <>
      <div class="strip">
        <p>
          <strong>{title(session)}</strong>, read-only
        </p>
        <p class="buttons">
          <PassingButton class="quiet small" heir={openPanel} onClick={() => desk.openSession(undefined)}>
            All sessions
          </PassingButton>
          <button type="button" class="quiet small" onClick={() => desk.save(session.items, session.startedAt)}>
            Export
          </button>
        </p>
      </div>
      {items.length === 0 ? (
        <p class="empty">None of its {count(session.items.length)} events match the filter.</p>
      ) : (
        <EventList desk={desk} items={items} />
      )}
    </>
  );
}

function title({ startedAt, stoppedAt }: KeptSession): string {
  return `${time(startedAt).slice(0, 8)} – ${time(stoppedAt).slice(0, 8)}`;
}

function summary({ startedAt, stoppedAt, items, counters }: KeptSession): string {
  const evicted = counters.evicted > 0 ? `, ${count(counters.evicted)} evicted` : "";
  return `${events(items.length)}${evicted}, over ${duration(stoppedAt - startedAt)}`;
}
