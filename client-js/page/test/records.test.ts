import { Paths } from "@heliograph/client/trace";
import type { WatchItem } from "@heliograph/client/watch";
import { describe, expect, it } from "vitest";
import { graphId } from "../src/model/graph-id.ts";
import { Kept, type KeptSession } from "../src/model/kept.ts";
import { LagRing } from "../src/model/lag.ts";
import { sightingsToNdjson } from "../src/model/ndjson.ts";
import { orderNodes } from "../src/model/node-order.ts";
import { Sighting } from "../src/model/sighting.ts";
import { visits } from "../src/model/timeline.ts";
import { envelope, event } from "./events.ts";
import { graph } from "./sample.ts";

const nodes = (...ids: string[]) =>
  ids.map((id) => graph.nodes.find((node) => node.id === id)).filter((n) => n !== undefined);
const item = (number: number, data = envelope()): WatchItem<Sighting> => ({
  number,
  at: 0,
  event: Sighting.read(data, () => nodes("cart")),
});

describe("Kept", () => {
  const session = (id: string, count = 1): KeptSession => ({
    id,
    startedAt: 0,
    stoppedAt: 1,
    items: Array.from({ length: count }, (_, i) => item(i + 1)),
    counters: {} as KeptSession["counters"],
  });

  it("has the last five sessions in which something came, newest first", () => {
    const kept = new Kept();
    for (const id of ["a", "b", "c", "d", "e", "f"]) {
      kept.add(session(id));
    }
    kept.add(session("empty", 0));
    expect(kept.sessions.value.map(({ id }) => id)).toEqual(["f", "e", "d", "c", "b"]);
    kept.discard("d");
    expect(kept.sessions.value.map(({ id }) => id)).toEqual(["f", "e", "c", "b"]);
  });
});

describe("NDJSON", () => {
  it("has one event a line as the gateway sent it, and the nodes that it lit", () => {
    const data = envelope({ message_id: "m", properties: { "a\nb": 1 } });
    const lines = sightingsToNdjson([item(1, data), item(2)]).split("\n");
    expect(lines).toHaveLength(3);
    expect(JSON.parse(lines[0] ?? "")).toEqual({
      number: 1,
      at: "1970-01-01T00:00:00.000Z",
      event: data,
      nodes: ["cart"],
    });
  });
});

describe("LagRing", () => {
  it("knows the last one, and what 95 of 100 stayed within, to a fifth", () => {
    const lag = new LagRing();
    expect([lag.lastMs, lag.p95(0)]).toEqual([undefined, undefined]);
    for (let i = 1; i <= 100; i++) {
      lag.add(50_000 + i, i <= 95 ? 10 : 5_000);
    }
    expect(lag.lastMs).toBe(5_000);
    expect(lag.p95(50_200)).toBeGreaterThanOrEqual(10);
    expect(lag.p95(50_200)).toBeLessThanOrEqual(12);
    lag.add(50_200, 5_000);
    expect(lag.p95(50_200)).toBeGreaterThanOrEqual(5_000);
    expect(lag.p95(50_200)).toBeLessThanOrEqual(5_950);
  });

  it("forgets after ten seconds, and takes clocks that differ for no lag", () => {
    const lag = new LagRing();
    lag.add(1_000, -40);
    expect([lag.lastMs, lag.p95(1_000)]).toEqual([0, 1]);
    expect([lag.p95(10_999), lag.p95(11_000)]).toEqual([1, undefined]);
    lag.add(20_000, 9e9);
    expect(lag.p95(20_000)).toBeGreaterThan(4 * 3_600_000);
    lag.clear();
    expect([lag.lastMs, lag.p95(20_000)]).toEqual([undefined, undefined]);
  });
});

describe("a timeline", () => {
  const paths = new Paths(graph);
  const at = (...ids: string[]) => ({ event: event("E"), nodes: nodes(...ids) });
  const told = (...events: ReturnType<typeof at>[]) =>
    visits(events, paths).map((visit) => [
      visit.nodes.map(({ id }) => id).join("+"),
      visit.events.length,
      visit.legs.map(({ kind }) => kind).join(" "),
    ]);

  it("has what happened at one node together, and the way from each to the next", () => {
    expect(told(at("landing"), at("search"), at("search"), at("product"))).toEqual([
      ["landing", 1, ""],
      ["search", 2, "direct"],
      ["product", 1, "direct"],
    ]);
  });

  it("marks ways that are inferred, and leaps; what lit nothing is no stop on the way", () => {
    expect(told(at("cart"), at(), at("checkout"), at("landing"))).toEqual([
      ["cart", 1, ""],
      ["", 1, ""],
      ["checkout", 1, "inferred"],
      ["landing", 1, "jump"],
    ]);
    expect(told()).toEqual([]);
  });
});

describe("the graph's name for presence", () => {
  it("is of its nodes, in whatever order, and of nothing else", () => {
    const id = graphId(graph);
    expect(id).toMatch(/^[0-9a-f]{14}$/);
    expect(graphId({ nodes: [...graph.nodes].reverse(), edges: [] })).toBe(id);
    expect(graphId({ nodes: graph.nodes.slice(1), edges: graph.edges })).not.toBe(id);
  });
});

describe("the order of nodes", () => {
  it("is the graph's, by label, by count or by last time", () => {
    const [b, a] = nodes("cart", "order").map((node, i) => ({ ...node, label: i === 0 ? "b" : "a" }));
    if (a === undefined || b === undefined) {
      throw new Error("the sample has these nodes");
    }
    const tallies = new Map([
      [a.uuid, { count: 1, lastAt: 9 }],
      [b.uuid, { count: 2, lastAt: 5 }],
    ]);
    const ids = (order: Parameters<typeof orderNodes>[1]) =>
      orderNodes([b, a], order, tallies).map(({ label }) => label);
    expect([ids("graph"), ids("label"), ids("count"), ids("last")].map((each) => each.join(""))).toEqual([
      "ba",
      "ab",
      "ba",
      "ab",
    ]);
  });
});
