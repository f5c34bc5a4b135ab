/** What `/statez` answers, with what a test says is different. */
export interface Said {
  readonly startedAt?: number;
  readonly uptimeMs?: number;
  readonly counters?: Readonly<Record<string, unknown>>;
  readonly latency?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly loops?: Readonly<Record<string, unknown>>;
}

export function said({
  startedAt = 1_000,
  uptimeMs = 5_000,
  counters = {},
  latency = {},
  loops = {},
}: Said = {}): unknown {
  return {
    gateway: { node: "gw-1", version: "1.2.3", startedAtMs: startedAt, uptimeMs },
    connections: {
      open: 3,
      openByLoop: [3],
      openByKind: { websocket: 2, pusher: 1, dazzle: 0, event_stream: 0, poll: 0 },
    },
    counters,
    drain: { phase: "open" },
    latency,
    loops,
    process: {
      heapUsedBytes: 10,
      heapMaxBytes: 100,
      residentBytes: 50,
      cpuMs: 0,
      cores: 2,
      collections: 1,
      gcPausesMs: 3,
    },
  };
}

export function loop(lagRecentUs: number, queued = 0, dropping = 0): unknown {
  return {
    lagRecentUs,
    connections: { healthy: 5, queued, merging: 0, dropping, stalled: 0 },
    backlogBytes: 1_000 * (queued + dropping),
    interval: { latencyUs: { total: { p99: 1_500 } }, passDeliveries: { p50: 4 } },
  };
}
