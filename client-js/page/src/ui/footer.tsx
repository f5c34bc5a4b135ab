import { useClock } from "./clock.ts";
import type { Desk } from "./desk.ts";
import { count, duration } from "./format.ts";

const MEANING = {
  received: "Came from the gateway, copies included: the sum of the six beside it",
  shown: "Held, and in view",
  filtered: "Held, and hidden by the filter",
  paused: "Held, and came during a pause",
  evicted: "Made room for newer ones",
  duplicates: "Came before, by message id",
  unreadable: "Is no ingested event",
  unmapped: "Came, and no node waits for it",
  sampled: "Not sent: of a trace that the sample leaves out",
  merged: "Not sent: a later one stands for it",
  dropped: "Not sent, and never will be: this browser was too slow, or it left the history too soon",
} as const;

/** What became of everything, as numbers that add up. */
export function Footer({ desk: { feed } }: { readonly desk: Desk }) {
  feed.version.value;
  const all = feed.counters;
  return (
    <footer class="footer">
      <dl>
        <Figure name="received" value={all.received} />
        <Figure name="shown" value={all.shown} />
        <Figure name="filtered" value={all.filtered} />
        <Figure name="paused" value={all.paused} />
        <Figure name="evicted" value={all.evicted} />
        <Figure name="duplicates" value={all.duplicates} />
        <Figure name="unreadable" value={all.unreadable} />
      </dl>
      <dl class="apart">
        <Figure name="unmapped" value={all.unmapped} />
      </dl>
      <dl class="apart">
        <Figure name="sampled" value={all.sampled} />
        <Figure name="merged" value={all.skipped} />
        <Figure name="dropped" value={all.lost} />
      </dl>
      <Lag feed={feed} />
    </footer>
  );
}

function Figure({ name, value }: { readonly name: keyof typeof MEANING; readonly value: number }) {
  return (
    <div class={name === "received" ? "sum" : value === 0 ? "zero" : ""} title={MEANING[name]}>
      <dt>{name}</dt>
      <dd class="mono" data-count={name}>
        {count(value)}
      </dd>
    </div>
  );
}

/** From the gateway's clock to this one's, so that clocks that differ are part of it. */
function Lag({ feed }: { readonly feed: Desk["feed"] }) {
  feed.version.value;
  const { lastMs } = feed.lag;
  const at = feed.rate.lastAt;
  const now = useClock(1_000, at !== undefined && Date.now() - at < 12_000);
  const p95 = feed.lag.p95(now);
  return (
    <dl class="apart">
      <div>
        <dt>lag</dt>
        <dd class="mono" data-count="lag">
          {lastMs === undefined ? "–" : duration(lastMs)}
        </dd>
      </div>
      <div>
        <dt>p95 of 10 s</dt>
        <dd class="mono" data-count="lag-p95">
          {p95 === undefined ? "–" : duration(p95)}
        </dd>
      </div>
    </dl>
  );
}
