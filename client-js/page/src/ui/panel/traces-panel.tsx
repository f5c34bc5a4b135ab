import type { Trace } from "@heliograph/client/trace";
import type { Correlation } from "../../live/tracker.ts";
import type { Desk } from "../desk.ts";
import { count, events, time } from "../format.ts";
import { useHaste } from "./haste.ts";
import { Timeline } from "./timeline.tsx";

/** Traces that are listed, besides those that are pinned. */
const LISTED = 50;
const LISTED_IN_HASTE = 15;

export function TracesPanel({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const { tracker } = desk.feed;
  const followed = tracker.followed.value;
  const { traces } = tracker.traces;
  const first = traces.filter(({ id, pinned }) => pinned || id === followed);
  const listed = useHaste(desk) ? LISTED_IN_HASTE : LISTED;
  const rest = traces.filter(({ id, pinned }) => !pinned && id !== followed);
  return (
    <>
      <Correlate desk={desk} />
      {traces.length === 0 ? (
        <p class="empty">
          {tracker.correlation === "trace" ? (
            <>
              No event has named a trace yet. It does by its property <code>trace_id</code>, or by the one that the
              source names under <code>privacy.traceProperty</code>; with <code>privacy.traceFromUser</code> each person
              is one.
            </>
          ) : (
            "No event has said who did it."
          )}
        </p>
      ) : null}
      <ul class="traces">
        {[...first, ...rest.slice(0, listed)].map((trace) => (
          <TraceRow key={trace.id} desk={desk} trace={trace} />
        ))}
      </ul>
      {rest.length > listed ? <p class="empty">{count(rest.length - listed)} older ones.</p> : null}
    </>
  );
}

const WORDS: readonly (readonly [Correlation, string])[] = [
  ["trace", "By trace"],
  ["user", "By user"],
];

/** What belongs together; a choice only where the channel shows who did what. */
function Correlate({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const { tracker } = desk.feed;
  if (!tracker.hasUsers) {
    return null;
  }
  return (
    <fieldset class="strip segments">
      <legend class="hidden">What belongs together</legend>
      {WORDS.map(([correlation, word]) => (
        <label key={correlation}>
          <input
            type="radio"
            name="correlation"
            checked={tracker.correlation === correlation}
            onChange={() => desk.correlate(correlation)}
          />
          {word}
        </label>
      ))}
    </fieldset>
  );
}

function TraceRow({ desk, trace }: { readonly desk: Desk; readonly trace: Trace }) {
  const { id, user, count: seen, lastAt, pinned } = trace;
  const { tracker } = desk.feed;
  const followed = tracker.followed.value === id;
  const opened = desk.openedTrace.value === id;
  return (
    <li class={`trace${followed ? " followed" : ""}`} data-trace={id}>
      <div class="trace-row">
        <button
          type="button"
          class="trace-head"
          aria-expanded={opened}
          onClick={() => (desk.openedTrace.value = opened ? undefined : id)}
        >
          <span class="trace-id mono">{id}</span>
          <span class="aside">
            {events(seen)}
            {" · "}
            <span class="mono">{time(lastAt)}</span>
            {user === undefined || user === id ? "" : ` · ${user}`}
          </span>
        </button>
        <button
          type="button"
          class="quiet small"
          aria-pressed={followed}
          aria-label={`Follow ${id}`}
          onClick={() => desk.follow(id)}
        >
          Follow
        </button>
        <button
          type="button"
          class="quiet small"
          aria-pressed={pinned}
          aria-label={`Pin ${id}`}
          onClick={() => desk.pin(id, !pinned)}
        >
          Pin
        </button>
      </div>
      {opened ? <Timeline desk={desk} id={id} /> : null}
    </li>
  );
}
