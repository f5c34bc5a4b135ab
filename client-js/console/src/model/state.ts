import { type Counts, NOTHING, readCounts } from "./buckets.ts";
import { fields, list, number, numbers, text } from "./json.ts";

/** The stretches of an event's way through the gateway, and all of it. */
export const STAGES = ["sequenced", "handed_over", "written", "total"] as const;
export type Stage = (typeof STAGES)[number];

/** How far clients are behind, from those that keep up to those that take nothing. */
export const RUNGS = ["healthy", "queued", "merging", "dropping", "stalled"] as const;
export type Rung = (typeof RUNGS)[number];

export const KINDS = ["websocket", "pusher", "dazzle", "event_stream", "poll"] as const;
export type Kind = (typeof KINDS)[number];

export type ByName = Readonly<Record<string, number>>;

export interface Loop {
  readonly name: string;
  readonly lagMs: number;
  readonly connections: number;
  readonly rungs: ByName;
  readonly backlogBytes: number;
  /** Of the last whole ten seconds. */
  readonly p99Ms: number;
  readonly passDeliveries: number;
}

/** What the gateway said of itself at one moment. */
export interface State {
  readonly node: string;
  readonly version: string;
  readonly startedAt: number;
  readonly uptimeMs: number;
  readonly phase: string;
  readonly open: number;
  readonly openByKind: ByName;
  readonly counters: Readonly<Record<string, number | ByName>>;
  /** Since the start. */
  readonly latency: Readonly<Record<Stage, Counts>>;
  readonly loops: readonly Loop[];
  readonly process: ProcessState;
}

export interface ProcessState {
  readonly heapUsed: number;
  readonly heapMax: number;
  /** 0: the gateway cannot know. */
  readonly resident: number;
  readonly cpuMs: number;
  readonly cores: number;
  readonly collections: number;
  readonly gcMs: number;
}

/** The sections of `/statez` that {@link readState} reads. */
export const SECTIONS = ["connections", "counters", "drain", "gateway", "latency", "loops", "process"];

export function readState(json: unknown): State {
  const state = fields(json);
  const gateway = fields(state["gateway"]);
  const connections = fields(state["connections"]);
  if (gateway["node"] === undefined || connections["open"] === undefined) {
    throw new Error("what answers here is no Heliograph gateway of this version");
  }
  return {
    node: text(gateway["node"]),
    version: text(gateway["version"]),
    startedAt: number(gateway["startedAtMs"]),
    uptimeMs: number(gateway["uptimeMs"]),
    phase: text(fields(state["drain"])["phase"]),
    open: number(connections["open"]),
    openByKind: numbers(connections["openByKind"]),
    counters: readCounters(state["counters"]),
    latency: readLatency(state["latency"]),
    loops: Object.entries(fields(state["loops"])).map(([name, loop]) => readLoop(name, fields(loop))),
    process: readProcess(state["process"]),
  };
}

function readCounters(json: unknown): Readonly<Record<string, number | ByName>> {
  const entries = Object.entries(fields(json));
  return Object.fromEntries(
    entries.map(([name, value]) => [name, typeof value === "number" ? value : numbers(value)] as const),
  );
}

function readLatency(json: unknown): Readonly<Record<Stage, Counts>> {
  const all = fields(json);
  const of = (stage: Stage): Counts => (all[stage] === undefined ? NOTHING : readCounts(numbers(all[stage])));
  return {
    sequenced: of("sequenced"),
    handed_over: of("handed_over"),
    written: of("written"),
    total: of("total"),
  };
}

function readLoop(name: string, loop: Readonly<Record<string, unknown>>): Loop {
  const rungs = numbers(loop["connections"]);
  const interval = fields(loop["interval"]);
  return {
    name: name.replace(/^loop/, ""),
    lagMs: Math.max(0, number(loop["lagRecentUs"])) / 1_000,
    connections: Object.values(rungs).reduce((all, some) => all + some, 0),
    rungs,
    backlogBytes: number(loop["backlogBytes"]),
    p99Ms: number(fields(fields(interval["latencyUs"])["total"])["p99"]) / 1_000,
    passDeliveries: number(fields(interval["passDeliveries"])["p50"]),
  };
}

function readProcess(json: unknown): ProcessState {
  const process = fields(json);
  return {
    heapUsed: number(process["heapUsedBytes"]),
    heapMax: number(process["heapMaxBytes"]),
    resident: number(process["residentBytes"]),
    cpuMs: number(process["cpuMs"]),
    cores: number(process["cores"]),
    collections: number(process["collections"]),
    gcMs: number(process["gcPausesMs"]),
  };
}

/** A counter's number, or that of one of its causes, or of all of them together. */
export function counter(state: State, name: string, cause?: string): number {
  const value = state.counters[name];
  if (value === undefined || typeof value === "number") {
    return cause === undefined ? (value ?? 0) : 0;
  }
  return cause === undefined ? Object.values(value).reduce((all, some) => all + some, 0) : (value[cause] ?? 0);
}

/** One day of a workspace, in messages as Pusher counts them. */
export interface UsageDay {
  readonly day: string;
  readonly published: number;
  readonly delivered: number;
  readonly messages: number;
}

export interface Usage {
  readonly workspace: string;
  /** Undefined: it is no Pusher app. */
  readonly app: string | undefined;
  readonly connections: number;
  /** Today first. */
  readonly days: readonly UsageDay[];
}

export function readUsage(json: unknown): readonly Usage[] {
  const state = fields(json);
  const usage = fields(state["usage"]);
  const apps = fields(state["apps"]);
  const names = [...new Set([...Object.keys(apps), ...Object.keys(usage)])].sort();
  return names.map((workspace) => {
    const app = fields(apps[workspace]);
    return {
      workspace,
      app: text(app["appId"]) || undefined,
      connections: number(app["connections"]),
      days: list(usage[workspace]).map((day) => {
        const { published, delivered, messages } = fields(day);
        return {
          day: text(fields(day)["day"]),
          published: number(published),
          delivered: number(delivered),
          messages: number(messages),
        };
      }),
    };
  });
}

export interface SlowClient {
  readonly connection: string;
  readonly who: string;
  readonly peer: string;
  readonly protocol: string;
  readonly rung: string;
  readonly waitingBytes: number;
  readonly dropped: number;
  readonly merged: number;
}

export interface HotChannel {
  readonly workspace: string;
  readonly channel: string;
  readonly publications: number;
  readonly deliveries: number;
  readonly subscribers: number;
}

export interface Busiest {
  readonly slow: readonly SlowClient[];
  readonly hot: readonly HotChannel[];
}

/** What `/admin/explain` answers to no question. */
export function readBusiest(json: unknown): Busiest {
  const answer = fields(json);
  return {
    slow: list(answer["slowestConnections"]).map((one) => readSlow(fields(one))),
    hot: list(answer["hottestChannels"]).map((one) => {
      const channel = fields(one);
      return {
        workspace: text(channel["workspace"]),
        channel: text(channel["channel"]),
        publications: number(channel["publicationsPerSecond"]),
        deliveries: number(channel["deliveriesPerSecond"]),
        subscribers: number(channel["subscribers"]),
      };
    }),
  };
}

function readSlow(one: Readonly<Record<string, unknown>>): SlowClient {
  return {
    connection: text(one["connection"]),
    who: text(fields(one["principal"])["user"]) || text(one["user"]),
    peer: text(one["peer"]),
    protocol: text(one["protocol"]),
    rung: text(one["rung"]),
    waitingBytes: number(one["waitingBytes"]),
    dropped: number(one["dropped"]),
    merged: number(one["merged"]),
  };
}
