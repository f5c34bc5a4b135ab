import type { ComponentChildren } from "preact";
import { usePassed } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { count } from "../format.ts";

/** After so long without an event the page says what to look at. */
const QUIET_MS = 4_000;

/** What to look at when nothing is to be seen; ticks itself. */
export function Checklist({ desk }: { readonly desk: Desk }) {
  const { feed, config } = desk;
  feed.version.value;
  const connection = feed.link.connection.value;
  const quiet = usePassed(feed.session.startedAt, QUIET_MS);
  const isLive = connection.state === "live";
  const user = isLive ? connection.userId : undefined;
  const { received, unmapped, shown, filtered } = feed.counters;
  if (isLive && received === 0 && !quiet) {
    return null;
  }
  return (
    <aside class="checklist" aria-labelledby="quiet-title">
      <h2 id="quiet-title">Nothing to see yet?</h2>
      <ul>
        <Check done={isLive}>
          {isLive ? `Connected${user === undefined ? "" : ` as ${user}`}` : "Connected to the gateway"}
        </Check>
        <Check done={feed.subscribed.value}>
          Listening on <code>{config.channel}</code>
        </Check>
        <Check done={received > 0}>
          A source sends to this gateway
          {received > 0 ? null : (
            <>
              . Try one of your own:
              <pre>{curl(feed.tracker.names[0])}</pre>
              <span class="aside">
                The write key is one of workspace “{config.workspace}” and of the environment in the channel's name; the
                source allows this type of event; consent is given where it is asked for.
              </span>
            </>
          )}
        </Check>
        <Check done={received > unmapped}>Its events' names match nodes of this graph</Check>
        <Check done={desk.filterWords === undefined}>
          {desk.filterWords === undefined ? "No filter hides them" : `No filter hides them (now: ${count(filtered)})`}
        </Check>
        <Check done={!desk.paused}>{shown > 0 || !desk.paused ? "Not paused" : "Not paused: resume to see them"}</Check>
      </ul>
    </aside>
  );
}

function Check({ done, children }: { readonly done: boolean; readonly children: ComponentChildren }) {
  return (
    <li class={done ? "done" : ""}>
      <span class="hidden">{done ? "Yes: " : "Not yet: "}</span>
      {children}
    </li>
  );
}

function curl(event = "Product Viewed"): string {
  return [
    `curl ${location.origin}/v1/track -u WRITE_KEY: \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${JSON.stringify({ event, anonymousId: "me" }).replaceAll("'", "\\u0027")}'`,
  ].join("\n");
}
