import { type Signal, useSignal } from "@preact/signals";
import type { Observer } from "../live/observer.ts";
import type { Operator } from "../live/operator.ts";
import { highest, quantile, sum, total } from "../model/buckets.ts";
import { LOSSES, lines, type Rates, type Sample } from "../model/history.ts";
import { KINDS, RUNGS, STAGES, type Stage, type State } from "../model/state.ts";
import { Awaited } from "./awaited.tsx";
import { Chart, type Series, Swatch } from "./chart.tsx";
import { Explain, type Question } from "./explain.tsx";
import { amount, bytes, count, type Figure, nanos, plain, things, UNKNOWN, words } from "./format.ts";
import { Banners, Header, WINDOWS } from "./header.tsx";
import { HeatMap } from "./heat-map.tsx";
import { Panel } from "./panel.tsx";
import { HotChannels, Lines, Loops, SlowClients, UsageTable } from "./tables.tsx";
import { Tile } from "./tile.tsx";

interface DashboardProps {
  readonly observer: Observer;
  readonly operator: Operator;
  readonly onSignOut: () => void;
}

/** Over these an operator had better look. */
const LAG_WARN_MS = 100;
const HEAP_WARN = 0.9;
/** Tiles tell of the last so long, not of one second. */
const RECENT_MS = 10_000;
const SPAN_MIN_MS = 30_000;

export function Dashboard({ observer, operator, onSignOut }: DashboardProps) {
  observer.version.value;
  const windowMs = useSignal(300_000);
  const stage = useSignal<Stage>("total");
  const pointedAt = useSignal<number | undefined>(undefined);
  const asked = useSignal<Question | undefined>(undefined);
  const { history } = observer;
  const { state } = history;
  const { busiest, usage } = observer.details.value;
  const now = Date.now();
  const samples = history.last(windowMs.value);
  // what there is fills the charts, until there is more of it than the window holds
  const spanMs = Math.min(windowMs.value, Math.max(SPAN_MIN_MS, (samples.at(-1)?.at ?? 0) - (samples[0]?.at ?? 0)));
  const onAsk = (question: Question): void => {
    asked.value = { ...question };
    document.getElementById("panel-explain")?.scrollIntoView({ block: "start" });
  };
  const common = { samples, windowMs: spanMs, pointedAt, marks: history.restarts };

  return (
    <div class="app">
      <Header state={state} link={observer.link.value} windowMs={windowMs} onSignOut={onSignOut} />
      <Banners link={observer.link.value} state={state} restarts={history.restarts} />
      {state === undefined ? (
        <main class="waiting">
          <p>Waiting for the gateway's first answer …</p>
        </main>
      ) : (
        <main class="grid">
          <Tiles windowMs={windowMs.value} state={state} samples={samples} recent={history.last(RECENT_MS)} />
          <Panel title="Latency" area="latency" aside={<Stages stage={stage} />}>
            <HeatMap {...common} stage={stage.value} title={`Latency, ${plain(stage.value)}`} />
          </Panel>
          <Panel title="By stage" area="stages" aside={<span class="aside">{label(windowMs.value)}</span>}>
            <Quantiles samples={samples} chosen={stage} />
          </Panel>
          <Panel title="Deliveries" area="out">
            <Chart {...common} title="Deliveries per second" series={OUT} format={perSecond} />
          </Panel>
          <Panel title="Ingest" area="in">
            <Chart {...common} title="Events per second" series={IN} format={perSecond} />
          </Panel>
          <Panel title="Connections" area="connections">
            <Chart {...common} title="Connections by kind" series={OPEN} format={whole} />
          </Panel>
          <Panel title="Opened and closed" area="churn">
            <Chart {...common} title="Connections opened and closed per second" series={CHURN} format={perSecond} />
          </Panel>
          <Panel title="Backlog by rung" area="backlog">
            <Backlog sample={samples.at(-1)} />
            <Chart {...common} title="Bytes that wait for slow clients" series={BACKLOG} format={bytes} binary />
          </Panel>
          <Panel title="Slow clients" area="slow" aside={<span class="aside">most waiting first</span>}>
            <Awaited detail={busiest} waiting="Looking …" now={now}>
              {({ slow }) => <SlowClients clients={slow} onAsk={onAsk} />}
            </Awaited>
          </Panel>
          <Panel title="Hot channels" area="hot" aside={<span class="aside">most deliveries first</span>}>
            <Awaited detail={busiest} waiting="Counting …" now={now}>
              {({ hot }) => <HotChannels channels={hot} onAsk={onAsk} />}
            </Awaited>
          </Panel>
          <Panel title="Dropped and refused" area="drops">
            <Lines
              lines={lines(state, Object.keys(LOSSES), samples)}
              caption="Dropped and refused by reason"
              nothing="Nothing was dropped or refused since the gateway's start."
              windowLabel={label(windowMs.value)}
            />
          </Panel>
          <Panel title="Closed connections" area="closed">
            <Lines
              lines={lines(state, ["connections.closed"], samples)}
              caption="Closed connections by reason"
              nothing="No connection was closed since the gateway's start."
              windowLabel={label(windowMs.value)}
            />
          </Panel>
          <Panel title="Usage today" area="usage" aside={<span class="aside">as Pusher counts, UTC</span>}>
            <Awaited detail={usage} waiting="Looking …" now={now}>
              {(known) => <UsageTable usage={known} />}
            </Awaited>
          </Panel>
          <Panel title="Event loops" area="loops">
            <Chart {...common} title="Event-loop lag" series={LAG} format={millis} />
            <Loops loops={state.loops} />
          </Panel>
          <Panel title="Memory" area="memory">
            <Chart {...common} title="Memory" series={MEMORY} format={bytes} binary />
            <p class="note">{`Heap of at most ${words(bytes(state.process.heapMax))}.`}</p>
          </Panel>
          <Panel title="Processor" area="processor">
            <Chart {...common} title="Cores in use" series={CPU} format={cores} />
            <p class="note">
              {`Of ${things(state.process.cores, "core")}. ${things(state.process.collections, "garbage collection")} took ${count(state.process.gcMs)} ms in all.`}
            </p>
          </Panel>
          <Panel
            title="Explain"
            area="explain"
            aside={<span class="aside">why a client did or did not get something</span>}
          >
            <Explain
              operator={operator}
              workspaces={usage.known?.map(({ workspace }) => workspace) ?? []}
              asked={asked}
            />
          </Panel>
        </main>
      )}
    </div>
  );
}

function span(windowMs: number): string {
  return WINDOWS.find(([ms]) => ms === windowMs)?.[1] ?? "";
}

function label(windowMs: number): string {
  return `last ${span(windowMs)}`;
}

const perSecond = (n: number): Figure => amount(n, "/s");
const whole = (n: number): Figure => amount(n);
const cores = (n: number): Figure => ({ value: n.toFixed(2), unit: "" });
const millis = (ms: number): Figure => nanos(ms * 1e6);

const rate =
  (of: (rates: Rates) => number) =>
  ({ rates }: Sample): number | undefined =>
    rates === undefined ? undefined : of(rates);

const OUT: readonly Series[] = [
  { label: "deliveries", color: "--c1", of: rate(({ deliveries }) => deliveries), fill: true },
];
const IN: readonly Series[] = [
  { label: "read", color: "--c2", of: rate(({ ingested }) => ingested), fill: true },
  { label: "published", color: "--c1", of: rate(({ published }) => published) },
];
const KIND_NAMES: Readonly<Record<string, string>> = {
  websocket: "WebSocket",
  pusher: "Pusher",
  dazzle: "Dazzle",
  event_stream: "event stream",
  poll: "poll",
};
const OPEN: readonly Series[] = KINDS.map((kind, i) => ({
  label: KIND_NAMES[kind] ?? kind,
  color: `--c${i + 1}`,
  of: ({ openByKind }: Sample) => openByKind[kind] ?? 0,
}));
const CHURN: readonly Series[] = [
  { label: "opened", color: "--c3", of: rate(({ opened }) => opened) },
  { label: "closed", color: "--c4", of: rate(({ closed }) => closed), dash: [4, 3] },
];
const BACKLOG: readonly Series[] = [
  { label: "waits", color: "--c4", of: ({ backlogBytes }) => backlogBytes, fill: true },
];
const LAG: readonly Series[] = [{ label: "worst loop", color: "--c2", of: ({ lagMs }) => lagMs, fill: true }];
const MEMORY: readonly Series[] = [
  { label: "heap in use", color: "--c3", of: ({ heapUsed }) => heapUsed, fill: true },
  { label: "resident", color: "--c2", of: ({ resident }) => (resident === 0 ? undefined : resident) },
];

const CPU: readonly Series[] = [{ label: "cores in use", color: "--c3", of: rate(({ cpu }) => cpu), fill: true }];

interface TilesProps {
  readonly windowMs: number;
  readonly state: State;
  /** Of the window. */
  readonly samples: readonly Sample[];
  readonly recent: readonly Sample[];
}

function Tiles({ windowMs, state, samples, recent }: TilesProps) {
  const last = samples.at(-1);
  const average = (of: (rates: Rates) => number): number | undefined => {
    const known = recent.flatMap(({ rates }) => (rates === undefined ? [] : [of(rates)]));
    return known.length === 0 ? undefined : known.reduce((all, one) => all + one, 0) / known.length;
  };
  const figure = (value: number | undefined, format: (n: number) => Figure): Figure =>
    value === undefined ? UNKNOWN : format(value);
  const latency = sum(recent.map((sample) => sample.latency.total));
  const p99 = quantile(latency, 0.99);
  const lost = average((rates) => rates.lost) ?? 0;
  const behind = RUNGS.filter((rung) => rung !== "healthy").reduce((all, rung) => all + (last?.rungs[rung] ?? 0), 0);
  const { process } = state;
  return (
    <div class="tiles">
      <Tile
        name="connections"
        title="Connections"
        figure={{ value: count(state.open), unit: "" }}
        note={`${words(
          figure(
            average((rates) => rates.opened),
            perSecond,
          ),
        )} opened`}
        series={samples.map(({ open }) => open)}
      />
      <Tile
        name="deliveries"
        title="Deliveries"
        figure={figure(
          average((rates) => rates.deliveries),
          perSecond,
        )}
        note={`${words(amount(counterOf(state, "deliveries")))} since start`}
        series={samples.map(rate(({ deliveries }) => deliveries))}
      />
      <Tile
        name="ingest"
        title="Ingest"
        figure={figure(
          average((rates) => rates.ingested),
          perSecond,
        )}
        note={`${words(
          figure(
            average((rates) => rates.published),
            perSecond,
          ),
        )} published`}
        series={samples.map(rate(({ ingested }) => ingested))}
      />
      <Tile
        name="latency"
        title="Latency, p99"
        figure={figure(p99, nanos)}
        note={`half within ${words(figure(quantile(latency, 0.5), nanos))}`}
        series={samples.map((sample) => sample.p99)}
      />
      <Tile
        name="backlog"
        title="Backlog"
        figure={bytes(last?.backlogBytes ?? 0)}
        note={behind > 0 ? `${things(behind, "client")} behind` : "all clients keep up"}
        series={samples.map(({ backlogBytes }) => backlogBytes)}
        warn={(last?.rungs["dropping"] ?? 0) + (last?.rungs["stalled"] ?? 0) > 0}
      />
      <Tile
        name="lost"
        title="Lost or refused"
        figure={perSecond(lost)}
        note={`${count(samples.reduce((all, { losses }) => all + losses, 0))} in ${span(windowMs)}`}
        series={samples.map(rate((rates) => rates.lost))}
        warn={lost > 0}
      />
      <Tile
        name="lag"
        title="Event-loop lag"
        figure={nanos((last?.lagMs ?? 0) * 1e6)}
        note={`worst of ${state.loops.length}, fading`}
        series={samples.map(({ lagMs }) => lagMs)}
        warn={(last?.lagMs ?? 0) > LAG_WARN_MS}
      />
      <Tile
        name="memory"
        title="Memory"
        figure={bytes(process.resident || process.heapUsed)}
        note={`heap ${words(bytes(process.heapUsed))}`}
        series={samples.map(({ resident, heapUsed }) => resident || heapUsed)}
        warn={process.heapUsed > HEAP_WARN * process.heapMax}
      />
    </div>
  );
}

function counterOf(state: State, name: string): number {
  const value = state.counters[name];
  return typeof value === "number" ? value : 0;
}

const STAGE_NAMES: Readonly<Record<Stage, string>> = {
  sequenced: "accepted → sequenced",
  handed_over: "sequenced → handed over",
  written: "handed over → written",
  total: "accepted → written",
};

function Stages({ stage }: { readonly stage: Signal<Stage> }) {
  return (
    <>
      <fieldset class="segments">
        <legend class="hidden">Stage</legend>
        {STAGES.map((one) => (
          <label key={one}>
            <input
              type="radio"
              name="stage"
              checked={stage.value === one}
              onChange={() => {
                stage.value = one;
              }}
            />
            <span>{plain(one)}</span>
          </label>
        ))}
      </fieldset>
      <span class="aside">
        <Swatch variable="--p50" /> p50 <Swatch variable="--p99" /> p99
      </span>
    </>
  );
}

const SHARES = [
  [0.5, "p50"],
  [0.99, "p99"],
  [0.999, "p99.9"],
] as const;

function Quantiles({ samples, chosen }: { readonly samples: readonly Sample[]; readonly chosen: Signal<Stage> }) {
  return (
    <div class="stages-list">
      {STAGES.map((stage) => {
        const histogram = sum(samples.map((sample) => sample.latency[stage]));
        const most = highest(histogram);
        return (
          <section key={stage} class={chosen.value === stage ? "stage chosen" : "stage"} data-stage={stage}>
            <h3>{STAGE_NAMES[stage]}</h3>
            <dl>
              {SHARES.map(([share, name]) => {
                const ns = quantile(histogram, share);
                return (
                  <div key={name}>
                    <dt>{name}</dt>
                    <dd>{words(ns === undefined ? UNKNOWN : nanos(ns))}</dd>
                  </div>
                );
              })}
              <div>
                <dt>max</dt>
                <dd>{words(most === undefined ? UNKNOWN : nanos(most))}</dd>
              </div>
            </dl>
            {stage === "total" ? <p class="note">{count(total(histogram))} events, one count per loop</p> : null}
          </section>
        );
      })}
    </div>
  );
}

/** How many clients stand on which rung. */
function Backlog({ sample }: { readonly sample: Sample | undefined }) {
  return (
    <dl class="rungs">
      {RUNGS.map((rung) => {
        const n = sample?.rungs[rung] ?? 0;
        return (
          <div key={rung} class={n > 0 ? `rung ${rung}` : "rung none"}>
            <dt>{rung}</dt>
            <dd>{count(n)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
