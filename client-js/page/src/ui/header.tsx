import { useEffect, useState } from "preact/hooks";
import type { PageConfig } from "../live/config.ts";
import type { Connection, Feed } from "../live/feed.ts";
import { count, rate } from "./format.ts";

interface Props {
  readonly config: PageConfig;
  readonly feed: Feed;
  readonly on: boolean;
  readonly onToggle: () => void;
}

export function Header({ config, feed, on, onToggle }: Props) {
  return (
    <header class="header">
      <h1 class="brand">
        <Mark />
        Heliograph
      </h1>
      <p class="where">
        <span>{config.workspace}</span>
        <span aria-hidden="true">/</span>
        <span class="mono">{config.channel}</span>
      </p>
      <Tally feed={feed} />
      <Status feed={feed} />
      <button type="button" class="toggle" role="switch" aria-checked={on} onClick={onToggle}>
        <span class="toggle-track" aria-hidden="true">
          <span class="toggle-thumb" />
        </span>
        Realtime <span class="toggle-word">{on ? "on" : "off"}</span>
      </button>
    </header>
  );
}

/** How much since Realtime was switched on, and how fast over the last minute. */
function Tally({ feed }: { readonly feed: Feed }) {
  const now = useClock(1_000, feed.connection.value.state === "live" && recently(feed));
  feed.version.value;
  const { shown } = feed.session.counters;
  const series = feed.rate.series(now);
  return (
    <div class="tally">
      <Sparkline series={series} />
      <p class="tally-count">
        <strong data-counter="">{count(shown)}</strong> <span>{shown === 1 ? "event" : "events"} since on</span>
      </p>
      <p class="tally-rate mono">{rate(feed.rate.perSecond(now))}</p>
    </div>
  );
}

function recently(feed: Feed): boolean {
  feed.version.value;
  const [last] = feed.session.newest(1);
  return last !== undefined && Date.now() - last.seenAt < 62_000;
}

const SPARK = { width: 120, height: 26 };

function Sparkline({ series }: { readonly series: readonly number[] }) {
  const top = Math.max(4, ...series);
  const step = SPARK.width / series.length;
  return (
    <svg
      class="spark"
      role="img"
      aria-label="Events per second over the last minute"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
    >
      {series.map((value, i) => (
        <rect
          key={i}
          x={i * step}
          width={step - 0.6}
          y={SPARK.height - 1 - (value / top) * (SPARK.height - 2)}
          height={1 + (value / top) * (SPARK.height - 2)}
        />
      ))}
    </svg>
  );
}

function Status({ feed }: { readonly feed: Feed }) {
  const connection = feed.connection.value;
  const now = useClock(200, connection.state === "reconnecting");
  return (
    <div class={`status ${connection.state}`} role="status">
      <span class="status-dot" aria-hidden="true" />
      <span>{statusText(connection, now)}</span>
      {connection.state === "reconnecting" ? (
        <button type="button" class="link" onClick={() => feed.retry()}>
          Try now
        </button>
      ) : null}
    </div>
  );
}

function statusText(connection: Connection, now: number): string {
  switch (connection.state) {
    case "off":
      return "Off";
    case "connecting":
      return connection.attempt > 0 ? `Connecting, attempt ${connection.attempt + 1}` : "Connecting";
    case "live":
      return "LIVE";
    case "failed":
      return "Stopped";
    case "reconnecting":
      return connection.retryAt === undefined
        ? "Waiting for the page"
        : `Reconnecting in ${Math.max(0, Math.ceil((connection.retryAt - now) / 1_000))} s`;
  }
}

/** The time, renewed while it matters. */
function useClock(everyMs: number, running: boolean): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (!running) {
      return;
    }
    setNow(Date.now());
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs, running]);
  return now;
}

/** A mirror that catches the sun. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="13" cy="19" r="8" />
      <path d="M19 13 28 4M13 19l3-3M25 19h5M13 7V2" />
    </svg>
  );
}
