import "./header.css";
import type { Connection } from "../live/link.ts";
import { Avatars } from "./avatars.tsx";
import { useClock } from "./clock.ts";
import type { Desk } from "./desk.ts";
import { count, rate } from "./format.ts";
import { PassingButton } from "./passing.tsx";

interface Props {
  readonly desk: Desk;
}

export function Header({ desk }: Props) {
  const { config } = desk;
  const on = desk.on.value;
  return (
    <div class="header">
      <h1 class="brand">
        <Mark />
        Heliograph
      </h1>
      <p class="where">
        <span>{config.workspace}</span>
        <span aria-hidden="true">/</span>
        <span class="mono">{config.channel}</span>
      </p>
      <Tally desk={desk} />
      <Avatars desk={desk} />
      <Status desk={desk} />
      <button type="button" class="toggle" role="switch" aria-checked={on} onClick={() => desk.toggle()}>
        <span class="toggle-track" aria-hidden="true">
          <span class="toggle-thumb" />
        </span>
        Realtime <span class="toggle-word">{on ? "on" : "off"}</span>
      </button>
    </div>
  );
}

/** How much since Realtime was switched on, and how fast over the last minute. */
function Tally({ desk: { feed } }: Props) {
  feed.version.value;
  const last = feed.rate.lastAt;
  const now = useClock(1_000, last !== undefined && Date.now() - last < 62_000);
  const { received } = feed.counters;
  return (
    <div class="tally">
      <Sparkline series={feed.rate.series(now)} />
      <p class="tally-count">
        <strong data-counter="">{count(received)}</strong> <span>events since on</span>
      </p>
      <p class="tally-rate mono">{rate(feed.rate.perSecond(now))}</p>
    </div>
  );
}

const SPARK = { width: 120, height: 26 };

function Sparkline({ series }: { readonly series: readonly number[] }) {
  const top = Math.max(4, ...series);
  const step = SPARK.width / series.length;
  const bars = series.map((value, i) => {
    const height = 1 + (value / top) * (SPARK.height - 2);
    return `M${(i * step).toFixed(1)} ${SPARK.height}v-${height.toFixed(1)}h${(step - 0.6).toFixed(1)}v${height.toFixed(1)}z`;
  });
  return (
    <svg
      class="spark"
      role="img"
      aria-label="Events per second over the last minute"
      viewBox={`0 0 ${SPARK.width} ${SPARK.height}`}
    >
      <path d={bars.join("")} />
    </svg>
  );
}

function Status({ desk }: Props) {
  desk.feed.version.value;
  const connection = desk.feed.link.connection.value;
  const paused = connection.state === "live" && desk.paused;
  const broken = connection.state === "reconnecting" || (connection.state === "connecting" && connection.attempt > 0);
  return (
    <div class={`status ${paused ? "paused" : connection.state}`}>
      <span class="status-dot" aria-hidden="true" />
      <span>
        <span role="status">{paused ? "PAUSED" : statusText(connection)}</span>
        {connection.state === "reconnecting" ? <Countdown retryAt={connection.retryAt} /> : null}
      </span>
      {broken ? (
        <PassingButton class="link" onClick={() => desk.feed.link.retry()}>
          Try now
        </PassingButton>
      ) : null}
    </div>
  );
}

function statusText(connection: Connection): string {
  switch (connection.state) {
    case "off":
      return "Off";
    case "connecting":
      return connection.attempt > 0 ? `Connecting, attempt ${connection.attempt + 1}` : "Connecting";
    case "live":
      return "LIVE";
    case "asleep":
      return "Asleep";
    case "failed":
      return "Stopped";
    case "reconnecting":
      return connection.retryAt === undefined ? "Waiting for the page" : navigator.onLine ? "Reconnecting" : "Offline";
  }
}

/** Beside what is announced, for nobody can listen to each second. */
function Countdown({ retryAt }: { readonly retryAt: number | undefined }) {
  const now = useClock(200, true);
  return retryAt === undefined ? null : (
    <span>
      {navigator.onLine ? " in " : ", retry in "}
      {Math.max(0, Math.ceil((retryAt - now) / 1_000))} s
    </span>
  );
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
