import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Graph, type GraphNode, readGraph, type SegmentEvent } from "../src/graph.ts";
import { byUser, type Leg, Paths, TraceFollower } from "../src/trace.ts";
import { event } from "./events.ts";

/** A graph of edges like `a>x`; nodes with lower-case names have events, those with upper-case ones have none. */
function graphOf(...edges: readonly string[]): Graph {
  const pairs = edges.map((edge) => edge.split(">"));
  const nodes = [...new Set(pairs.flat())].map((id) => (id === id.toLowerCase() ? { id, event_id: id } : { id }));
  return readGraph({ nodes, edges: pairs.map(([from, to]) => ({ from, to })) });
}

function named(graph: Graph, ...ids: readonly string[]): GraphNode[] {
  return graph.nodes.filter(({ id }) => ids.includes(id));
}

function told(legs: readonly Leg[]): string[] {
  return legs.map(({ kind, from, to, edges }) => {
    return `${kind} ${from.id}>${to.id}: ${edges.map((edge) => `${edge.from.id}>${edge.to.id}`).join(" ")}`.trim();
  });
}

describe("Paths", () => {
  const between = (graph: Graph, from: readonly string[], to: readonly string[]): string[] =>
    told(new Paths(graph).between(named(graph, ...from), named(graph, ...to)));

  it("prefers an edge to any inference", () => {
    expect(between(graphOf("a>b", "a>X", "X>b"), ["a"], ["b"])).toEqual(["direct a>b: a>b"]);
  });

  it("infers the only way through nodes without an event, however long", () => {
    expect(between(graphOf("a>X", "X>Y", "Y>Z", "Z>b", "X>c", "W>b"), ["a"], ["b"])).toEqual([
      "inferred a>b: a>X X>Y Y>Z Z>b",
    ]);
  });

  it("tells several ways as ambiguous, with the edges of all", () => {
    expect(between(graphOf("a>X", "a>Y", "X>b", "Y>b"), ["a"], ["b"])).toEqual(["ambiguous a>b: a>X a>Y X>b Y>b"]);
    expect(between(graphOf("a>X", "c>X", "X>b"), ["a", "c"], ["b"])).toEqual(["ambiguous a>b: a>X c>X X>b"]);
  });

  it("does not pass through a node whose event did not come", () => {
    expect(between(graphOf("a>X", "X>c", "c>b"), ["a"], ["b"])).toEqual(["jump a>b:"]);
    expect(between(graphOf("b>a"), ["a"], ["b"])).toEqual(["jump a>b:"]);
  });

  it("stays where it is, unless an edge leads back", () => {
    expect(between(graphOf("a>b"), ["a"], ["a"])).toEqual([]);
    expect(between(graphOf("a>a"), ["a"], ["a"])).toEqual(["direct a>a: a>a"]);
  });

  it("goes to each node that one event lit", () => {
    expect(between(graphOf("a>b", "a>X", "X>c"), ["a"], ["b", "c"])).toEqual([
      "direct a>b: a>b",
      "inferred a>c: a>X X>c",
    ]);
  });

  it("tells nothing of the ways between very many nodes of one event each", () => {
    const graph = graphOf(...Array.from({ length: 26 }, (_, i) => `a${i}>b${i}`));
    const nodes = (letter: string): GraphNode[] => graph.nodes.filter(({ id }) => id.startsWith(letter));
    const paths = new Paths(graph);
    expect(paths.between(nodes("a"), nodes("b"))).toHaveLength(26);
    expect(paths.between(graph.nodes, nodes("b"))).toEqual([]);
  });

  it("ends in a graph with circles", () => {
    expect(between(graphOf("a>X", "X>Y", "Y>X", "Y>b", "X>X"), ["a"], ["b"])[0]).toMatch(/^ambiguous/);
    expect(between(graphOf("a>X", "X>X", "X>b"), ["a"], ["b"])).toEqual(["inferred a>b: a>X X>b"]);
  });

  it("finds what walking all ways finds, in any graph without circles", () => {
    const ids = ["a", "B", "C", "D", "E", "f", "g"];
    const all = ids.flatMap((from, i) => ids.slice(i + 1).map((to) => `${from}>${to}`));
    fc.assert(
      fc.property(fc.subarray(all, { minLength: 1 }), (edges) => {
        const graph = graphOf(
          "a>f",
          "f>g",
          ...edges.filter((edge) => edge !== "a>g" && edge !== "a>f" && edge !== "f>g"),
        );
        const ways = silentWays(graph, "a", "g");
        const [leg] = new Paths(graph).between(named(graph, "a"), named(graph, "g"));
        expect(leg?.kind).toBe(["jump", "inferred"][ways.length] ?? "ambiguous");
        expect(new Set(leg?.edges.map((edge) => `${edge.from.id}>${edge.to.id}`))).toEqual(new Set(ways.flat()));
      }),
      { numRuns: 500 },
    );
  });

  function silentWays(graph: Graph, from: string, to: string): string[][] {
    return graph.edges
      .filter((edge) => edge.from.id === from && (edge.to.id === to || edge.to.eventId === undefined))
      .flatMap((edge) =>
        edge.to.id === to
          ? [[`${from}>${to}`]]
          : silentWays(graph, edge.to.id, to).map((rest) => [`${from}>${edge.to.id}`, ...rest]),
      );
  }
});

describe("TraceFollower", () => {
  const graph = graphOf("a>b", "b>X", "X>c");
  const clock = Date.UTC(2026, 1, 3);
  const at = (seconds: number): string => new Date(clock + seconds * 1000).toISOString();
  const seen = (trace: string | null, seconds: number, fields = {}): SegmentEvent =>
    event("E", { trace_id: trace, occurred_at: at(seconds), arrived_at: at(seconds + 1), ...fields });
  const times = (follower: TraceFollower, id: string): number[] =>
    follower.timeline(id).map((entry) => (entry.event.occurredAt - clock) / 1000);

  it("tells which way each event's trace came, keeping its place on an event that lights nothing", () => {
    const follower = new TraceFollower(new Paths(graph));
    expect(follower.add(seen("t", 1), named(graph, "a"))).toEqual([]);
    expect(follower.add(seen("u", 1), named(graph, "b"))).toEqual([]);
    expect(told(follower.add(seen("t", 2), named(graph, "b")))).toEqual(["direct a>b: a>b"]);
    expect(follower.add(seen("t", 3), [])).toEqual([]);
    expect(told(follower.add(seen("t", 4), named(graph, "c")))).toEqual(["inferred b>c: b>X X>c"]);
    expect(follower.add(seen(null, 5), named(graph, "a"))).toEqual([]);
    expect(told(follower.path("t"))).toEqual(["direct a>b: a>b", "inferred b>c: b>X X>c"]);
  });

  it("puts a late event where it belongs, and moves no head for it", () => {
    const follower = new TraceFollower(new Paths(graph));
    follower.add(seen("t", 1), named(graph, "a"));
    follower.add(seen("t", 9), named(graph, "c"));
    expect(told(follower.path("t"))).toEqual(["jump a>c:"]);
    expect(follower.add(seen("t", 5, { arrived_at: at(80), late: true }), named(graph, "b"))).toEqual([]);
    expect(times(follower, "t")).toEqual([1, 5, 9]);
    expect(told(follower.path("t"))).toEqual(["direct a>b: a>b", "inferred b>c: b>X X>c"]);
    expect(follower.add(seen("t", 10, { late: true }), named(graph, "c"))).toEqual([]);
  });

  it("keeps every timeline in the order of occurrence, whatever the order of arrival", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50), { maxLength: 40 }), (seconds) => {
        const follower = new TraceFollower(new Paths(graph), { eventsMax: 20 });
        for (const second of seconds) {
          follower.add(seen("t", second), []);
        }
        const sorted = [...seconds].sort((a, b) => a - b);
        const kept = times(follower, "t");
        expect(kept).toEqual([...kept].sort((a, b) => a - b));
        expect(kept).toHaveLength(Math.min(20, seconds.length));
        expect(kept.at(-1)).toBe(sorted.at(-1));
        expect(follower.trace("t")?.count).toBe(seconds.length > 0 ? seconds.length : undefined);
      }),
    );
  });

  it("lists the last traces with counts, users and last times", () => {
    const follower = new TraceFollower(new Paths(graph), { tracesMax: 2 });
    follower.add(seen("old", 0), []);
    follower.add(seen("t", 1, { user: "p_1" }), []);
    follower.add(seen("u", 2, { user_id: "alice" }), []);
    follower.add(seen("t", 3, { user: undefined }), []);
    expect(follower.traces).toEqual([
      { id: "t", user: "p_1", count: 2, lastAt: clock + 3000, pinned: false },
      { id: "u", user: "alice", count: 1, lastAt: clock + 2000, pinned: false },
    ]);
    expect([follower.trace("old"), follower.timeline("old"), follower.path("old")]).toEqual([undefined, [], []]);
  });

  it("shows only the trace that is followed, and keeps it while others come", () => {
    const follower = new TraceFollower(new Paths(graph), { tracesMax: 2 });
    follower.add(seen("pinned", 1), []);
    follower.follow("pinned");
    for (let i = 0; i < 5; i++) {
      follower.add(seen(`t${i}`, i), []);
    }
    expect(follower.traces.map(({ id }) => id)).toEqual(["t4", "pinned"]);
    expect([follower.shows(seen("pinned", 9)), follower.shows(seen("t4", 9)), follower.shows(seen(null, 9))]).toEqual([
      true,
      false,
      false,
    ]);
    follower.follow(undefined);
    follower.add(seen("t5", 1), []);
    expect(follower.traces.map(({ id }) => id)).toEqual(["t5", "t4"]);
    expect(follower.shows(seen(null, 9))).toBe(true);
  });

  it("keeps what is pinned while others come, and has no room for others once all are", () => {
    const follower = new TraceFollower(new Paths(graph), { tracesMax: 2 });
    follower.pin("unknown");
    follower.add(seen("a", 1), []);
    follower.pin("a");
    follower.add(seen("b", 2), []);
    follower.add(seen("c", 3), []);
    expect(follower.traces.map(({ id, pinned }) => [id, pinned])).toEqual([
      ["c", false],
      ["a", true],
    ]);
    follower.pin("c");
    follower.add(seen("d", 4), []);
    expect(follower.traces.map(({ id }) => id)).toEqual(["c", "a"]);
    follower.pin("a", false);
    follower.add(seen("d", 5), []);
    expect(follower.traces.map(({ id }) => id)).toEqual(["d", "c"]);
  });

  it("groups a timeline by node, an event at each node that it lit", () => {
    const follower = new TraceFollower(new Paths(graph));
    follower.add(seen("t", 1), named(graph, "a"));
    follower.add(seen("t", 2), []);
    follower.add(seen("t", 3), named(graph, "a", "b"));
    expect(follower.stops("t").map(({ node, events }) => [node?.id, events.length])).toEqual([
      ["a", 2],
      [undefined, 1],
      ["b", 1],
    ]);
  });

  it("follows people where the channel shows who they are", () => {
    const follower = new TraceFollower(new Paths(graph), { by: byUser });
    follower.add(seen(null, 1, { user_id: "alice", user: "p_1" }), named(graph, "a"));
    follower.add(seen(null, 2, { anonymous_id: "anon", user: "p_2" }), named(graph, "a"));
    follower.add(seen(null, 3, { user: "p_3" }), named(graph, "a"));
    expect(told(follower.add(seen("t", 4, { user_id: "alice" }), named(graph, "b")))).toEqual(["direct a>b: a>b"]);
    expect(follower.traces.map(({ id }) => id)).toEqual(["alice", "p_3", "anon"]);
  });

  it("tells of each change, and forgets all", () => {
    const follower = new TraceFollower(new Paths(graph));
    const versions: number[] = [];
    const off = follower.version.subscribe((version) => versions.push(version));
    follower.add(seen("t", 1), []);
    follower.add(seen(null, 1), []);
    follower.clear();
    off();
    follower.add(seen("t", 1), []);
    expect(versions).toEqual([0, 1, 2]);
    expect(follower.traces).toHaveLength(1);
  });
});
