import { useEffect, useRef, useState } from "preact/hooks";
import type { PageConfig } from "../live/config.ts";
import type { Feed, Notice } from "../live/feed.ts";
import { count } from "./format.ts";

/** After so long without an event the page says what to look at. */
const QUIET_MS = 12_000;

export function Banner({ notice, onClose }: { readonly notice: Notice; readonly onClose: () => void }) {
  return (
    <div class={`banner ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
      <span class="banner-icon" aria-hidden="true" />
      <p>
        <strong>{notice.text}</strong> {notice.advice}
      </p>
      <button type="button" class="link" onClick={onClose}>
        Dismiss
      </button>
    </div>
  );
}

interface TokenFormProps {
  readonly why: string | undefined;
  readonly onToken: (token: string) => void;
}

export function TokenForm({ why, onToken }: TokenFormProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  useEffect(() => field.current?.focus(), []);
  const onSubmit = (event: Event): void => {
    event.preventDefault();
    const token = field.current?.value.trim() ?? "";
    if (token !== "") {
      onToken(token);
    }
  };
  return (
    <form class="dialog" aria-labelledby="token-title" onSubmit={onSubmit}>
      <h2 id="token-title">A token, please</h2>
      <p>{why ?? "This page shows events only to those who may see them."}</p>
      <label for="token">Token (a JWT for this workspace)</label>
      <textarea id="token" ref={field} rows={4} required autocomplete="off" spellcheck={false} placeholder="eyJ…" />
      <p class="aside">
        Make one with <code>./heliograph token --user you --grant 'subscribe:private-*'</code>, or open the link that{" "}
        <code>./heliograph demo</code> prints. It stays in this tab and goes only to the gateway.
      </p>
      <button type="submit" class="primary">
        Go live
      </button>
    </form>
  );
}

/** What to look at when nothing arrives. */
export function Checklist({ feed, config }: { readonly feed: Feed; readonly config: PageConfig }) {
  const connection = feed.connection.value;
  feed.version.value;
  const nothing = feed.session.counters.received === 0;
  const since = connection.state === "live" ? Math.max(connection.since, feed.since.value) : undefined;
  const quiet = usePassed(nothing ? since : undefined, QUIET_MS);
  if (!quiet || !nothing || connection.state !== "live") {
    return null;
  }
  return (
    <aside class="checklist" aria-labelledby="quiet-title">
      <h2 id="quiet-title">Nothing has arrived yet</h2>
      <ul>
        <li class="done">
          Connected{connection.userId === undefined ? "" : ` as ${connection.userId}`}, listening on{" "}
          <code>{config.channel}</code>.
        </li>
        <li>
          Is a source sending to this gateway? Try:
          <pre>{curl()}</pre>
        </li>
        <li>Is the write key one of workspace “{config.workspace}”, and of the environment in the channel's name?</li>
        <li>Does the source allow this event type, and is consent given where the source asks for it?</li>
      </ul>
    </aside>
  );
}

function curl(): string {
  return [
    `curl ${location.origin}/v1/track -u WRITE_KEY: \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '{"event":"Product Viewed","anonymousId":"me"}'`,
  ].join("\n");
}

/** Whether so long has passed since then. */
function usePassed(since: number | undefined, ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    setPassed(false);
    if (since === undefined) {
      return;
    }
    const timer = setTimeout(() => setPassed(true), Math.max(0, since + ms - Date.now()));
    return () => clearTimeout(timer);
  }, [since, ms]);
  return passed;
}

/** What became of everything, as numbers that add up. */
export function Footer({ feed }: { readonly feed: Feed }) {
  feed.version.value;
  const { received, shown, unmapped, duplicates, unreadable, lost } = feed.session.counters;
  const parts: [string, number][] = [
    ["received", received],
    ["shown", shown],
    ["unmapped", unmapped],
    ["duplicates", duplicates],
    ["unreadable", unreadable],
    ["lost", lost],
  ];
  return (
    <footer class="footer">
      <dl>
        {parts.map(([name, value]) => (
          <div key={name} class={value === 0 ? "zero" : ""}>
            <dt>{name}</dt>
            <dd class="mono">{count(value)}</dd>
          </div>
        ))}
      </dl>
      <p>One pulse is one event. A comet is the next step of one trace.</p>
    </footer>
  );
}

const DIGEST_MS = 5_000;

/** Tells a screen reader what happens, no more often than it can be listened to. */
export function Digest({ feed }: { readonly feed: Feed }) {
  const [text, setText] = useState("");
  const version = feed.version.value;
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (version > 0 && due.current === undefined) {
      due.current = setTimeout(() => {
        due.current = undefined;
        const [last] = feed.session.newest(1);
        const nodes = last?.nodes.map(({ label }) => label).join(", ") || "no node";
        setText(
          last === undefined ? "" : `${count(feed.session.counters.shown)} events. Last: ${last.event.name}, ${nodes}.`,
        );
      }, DIGEST_MS);
    }
  }, [version, feed]);
  useEffect(() => () => clearTimeout(due.current), []);
  return (
    <p class="hidden" aria-live="polite">
      {text}
    </p>
  );
}
