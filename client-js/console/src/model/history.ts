import { type Counts, NOTHING, quantile, since, sum } from "./buckets.ts";
import { type ByName, counter, RUNGS, STAGES, type Stage, type State } from "./state.ts";

/** How far back the console remembers. */
export const HISTORY_MS = 15 * 60_000;
/** One a second, and some to spare. */
const SAMPLES_MAX = 1_000;
/** Over so long a time without an answer nothing is drawn: an average would hide what happened. */
const GAP_MS = 5_000;

/** Per second, since the sample before. */
export interface Rates {
  readonly deliveries: number;
  readonly published: number;
  readonly ingested: number;
  readonly opened: number;
  readonly closed: number;
  readonly lost: number;
  /** In cores. */
  readonly cpu: number;
  readonly gcMs: number;
}

/** One second as it is drawn. */
export interface Sample {
  readonly at: number;
  readonly open: number;
  readonly openByKind: ByName;
  readonly rungs: ByName;
  readonly backlogBytes: number;
  readonly lagMs: number;
  readonly heapUsed: number;
  readonly resident: number;
  /** Undefined: there is no sample before it, or too long before. */
  readonly rates: Rates | undefined;
  /** What counters rose by, by `name` or `name cause`; only those that did. */
  readonly rises: ReadonlyMap<string, number>;
  /** Those that {@link isLoss} says are. */
  readonly losses: number;
  readonly latency: Readonly<Record<Stage, Counts>>;
  /** Of the whole way, in nanoseconds; undefined: nothing came. */
  readonly p99: number | undefined;
}

/** The counters of what somebody will not get, or was refused, with what each says of it. */
export const LOSSES: Readonly<Record<string, string>> = {
  "events.dropped": "event dropped",
  "deliveries.dropped": "delivery dropped: slow client",
  "deliveries.overrun": "delivery lost: mailbox full",
  "ingest.rejected": "producer's request refused",
  "messages.refused": "client's message refused",
  "upgrades.refused": "upgrade refused: memory",
  "streaming.refused": "stream or poll refused",
  "http.refused": "request refused",
  "api.refused": "app API request refused",
  "doors.refused": "server API request refused",
  "history.refused": "not kept on disk",
  "webhooks.dropped": "webhook dropped",
  "webhooks.dead": "webhook given up",
  "tls.handshakes.failed": "TLS handshake failed",
  "proxy.headers.refused": "PROXY header refused",
};

/** Causes that are the configuration's wish, or nobody's loss. */
const WISHED = new Set(["unwatched", "duplicate", "sampled", "no_consent", "type_not_allowed", "ignored"]);

/** Whether somebody lost something who may have wanted it. */
export function isLoss(name: string, cause: string): boolean {
  return name in LOSSES && !(name === "events.dropped" && WISHED.has(cause));
}

/** The last quarter of an hour, made of what the gateway says once a second. */
export class History {
  readonly #samples: Sample[] = [];
  readonly #restarts: number[] = [];
  #last: { readonly at: number; readonly state: State } | undefined;

  get state(): State | undefined {
    return this.#last?.state;
  }

  /** When the gateway was seen to have begun anew. */
  get restarts(): readonly number[] {
    return this.#restarts;
  }

  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** The samples of that last stretch of time. */
  last(ms: number): readonly Sample[] {
    const from = (this.#last?.at ?? 0) - ms;
    return this.#samples.slice(this.#samples.findIndex(({ at }) => at > from));
  }

  add(at: number, state: State): void {
    const before = this.#last;
    const restarted = before !== undefined && before.state.startedAt !== state.startedAt;
    if (restarted) {
      this.#restarts.push(at);
    }
    const near = before !== undefined && at - before.at <= GAP_MS && at > before.at ? before : undefined;
    this.#samples.push(sample(at, state, near, restarted));
    this.#last = { at, state };
    this.#forget(at - HISTORY_MS);
  }

  #forget(until: number): void {
    while (this.#samples.length > SAMPLES_MAX || (this.#samples[0]?.at ?? until) < until) {
      this.#samples.shift();
    }
    while ((this.#restarts[0] ?? until) < until) {
      this.#restarts.shift();
    }
  }
}

function sample(
  at: number,
  state: State,
  before: { readonly at: number; readonly state: State } | undefined,
  restarted: boolean,
): Sample {
  // what a new process has counted, it has counted since
  const earlier = restarted ? undefined : before?.state;
  const rises = before === undefined ? new Map<string, number>() : risen(state, earlier);
  const seconds =
    before === undefined ? 0 : (restarted ? at - before.at : state.uptimeMs - before.state.uptimeMs) / 1_000;
  const latencies = before === undefined ? NONE : latency(state, earlier);
  return {
    at,
    open: state.open,
    openByKind: state.openByKind,
    rungs: rungs(state),
    backlogBytes: state.loops.reduce((all, loop) => all + loop.backlogBytes, 0),
    lagMs: Math.max(0, ...state.loops.map((loop) => loop.lagMs)),
    heapUsed: state.process.heapUsed,
    resident: state.process.resident,
    rates: seconds <= 0 ? undefined : rates(state, earlier, rises, seconds),
    rises,
    losses: losses(rises),
    latency: latencies,
    p99: quantile(sum([latencies.total]), 0.99),
  };
}

const NONE: Readonly<Record<Stage, Counts>> = {
  sequenced: NOTHING,
  handed_over: NOTHING,
  written: NOTHING,
  total: NOTHING,
};

function rungs(state: State): ByName {
  return Object.fromEntries(
    RUNGS.map((rung) => [rung, state.loops.reduce((all, loop) => all + (loop.rungs[rung] ?? 0), 0)]),
  );
}

function rates(now: State, before: State | undefined, rises: ReadonlyMap<string, number>, seconds: number): Rates {
  const of = (name: string): number =>
    (counter(now, name) - (before === undefined ? 0 : counter(before, name))) / seconds;
  return {
    deliveries: of("deliveries"),
    published: of("events.published"),
    ingested: of("ingest.events"),
    opened: of("connections.opened"),
    closed: of("connections.closed"),
    lost: losses(rises) / seconds,
    cpu: (now.process.cpuMs - (before?.process.cpuMs ?? 0)) / 1_000 / seconds,
    gcMs: (now.process.gcMs - (before?.process.gcMs ?? 0)) / seconds,
  };
}

function losses(rises: ReadonlyMap<string, number>): number {
  let all = 0;
  for (const [key, more] of rises) {
    const [name = "", cause = ""] = key.split(" ");
    all += isLoss(name, cause) ? more : 0;
  }
  return all;
}

function risen(now: State, before: State | undefined): Map<string, number> {
  const rises = new Map<string, number>();
  const note = (key: string, name: string, cause?: string): void => {
    const more = counter(now, name, cause) - (before === undefined ? 0 : counter(before, name, cause));
    if (more > 0) {
      rises.set(key, more);
    }
  };
  for (const [name, value] of Object.entries(now.counters)) {
    if (typeof value === "number") {
      note(name, name);
    } else {
      for (const cause of Object.keys(value)) {
        note(`${name} ${cause}`, name, cause);
      }
    }
  }
  return rises;
}

function latency(now: State, before: State | undefined): Readonly<Record<Stage, Counts>> {
  const of = (stage: Stage): Counts => since(now.latency[stage], before?.latency[stage] ?? NOTHING);
  return Object.fromEntries(STAGES.map((stage) => [stage, of(stage)])) as Record<Stage, Counts>;
}

/** A counter, or a cause of one, with what it came to. */
export interface Line {
  readonly name: string;
  readonly cause: string;
  /** Since the gateway's start. */
  readonly total: number;
  /** In the samples given. */
  readonly recent: number;
}

/** Those of the counters that are not at zero, most of late first. */
export function lines(state: State, names: Iterable<string>, samples: readonly Sample[]): readonly Line[] {
  const found: Line[] = [];
  for (const name of names) {
    const value = state.counters[name] ?? 0;
    const causes = typeof value === "number" ? [["", value] as const] : Object.entries(value);
    for (const [cause, total] of causes) {
      if (total > 0) {
        const key = cause === "" ? name : `${name} ${cause}`;
        const recent = samples.reduce((all, { rises }) => all + (rises.get(key) ?? 0), 0);
        found.push({ name, cause, total, recent });
      }
    }
  }
  return found.sort((a, b) => b.recent - a.recent || b.total - a.total);
}
