import type { Graph } from "@heliograph/client/graph";
import { describe, expect, it } from "vitest";
import { arranged, layered } from "../src/graph/layout.ts";
import { crowd, drawn, overlapping } from "./graphs.ts";
import { graph as sample } from "./sample.ts";

const x = (graph: Graph, id: string): number => graph.nodes.find((node) => node.id === id)?.x ?? Number.NaN;

function crossings({ edges }: Graph): number {
  let count = 0;
  for (const [i, a] of edges.entries()) {
    for (const b of edges.slice(i + 1)) {
      count += a.from.x === b.from.x && a.to.x === b.to.x && (a.from.y - b.from.y) * (a.to.y - b.to.y) < 0 ? 1 : 0;
    }
  }
  return count;
}

describe("layered", () => {
  it("puts each node right of all that lead to it, by the longest way", () => {
    const graph = layered(drawn("a>b>c>d a>d e>c"));
    for (const { from, to } of graph.edges) {
      expect(from.x).toBeLessThan(to.x);
    }
    expect(x(graph, "e")).toBe(x(graph, "a"));
  });

  it("keeps the graph: the same nodes in the same order, and edges that end at them", () => {
    const before = crowd(60);
    const after = layered(before);
    expect(after.nodes.map(({ uuid }) => uuid)).toEqual(before.nodes.map(({ uuid }) => uuid));
    expect(after.edges.map(({ uuid }) => uuid)).toEqual(before.edges.map(({ uuid }) => uuid));
    expect(after.edges.every(({ from, to }) => after.nodes.includes(from) && after.nodes.includes(to))).toBe(true);
  });

  it("sorts out what would cross", () => {
    const graph = layered(drawn("s>a s>b s>c s>d a>z b>y c>x d>w"));
    expect(crossings(graph)).toBe(0);
  });

  it.each([
    ["a ring", drawn("a>b>c>a")],
    ["a ring behind a start", drawn("s>a>b>a b>t")],
    ["a node that leads to itself", drawn("a>a>b")],
    ["no edges", crowd(5)],
    ["one that leads to five hundred", drawn(Array.from({ length: 500 }, (_, i) => `hub>leaf${i}`).join(" "))],
    ["a thousand nodes", crowd(1_000)],
    ["a way of a thousand steps", drawn(Array.from({ length: 1_000 }, (_, i) => `n${i}`).join(">"))],
  ])("places %s, no card on top of another", (_what, graph) => {
    const { nodes } = layered(graph);
    expect(overlapping({ nodes, edges: [] })).toEqual([]);
    expect(nodes.every((node) => Number.isFinite(node.x) && Number.isFinite(node.y))).toBe(true);
  });

  it("takes no longer for ten thousand rings than for ten thousand pairs, or not by much", () => {
    const [pairs, rings] = ["", ">a"].map((back) =>
      drawn(Array.from({ length: 10_000 }, (_, i) => `a>b${back}`.replace(/[ab]/g, `$&${i}`)).join(" ")),
    ) as [Graph, Graph];
    const ms = (graph: Graph): number => {
      const from = performance.now();
      layered(graph);
      return performance.now() - from;
    };
    ms(pairs);
    expect(ms(rings)).toBeLessThan(5 * ms(pairs));
  });

  it("does not make a tower of what has one layer", () => {
    const { nodes } = layered({ nodes: crowd(400).nodes, edges: [] });
    const height = Math.max(...nodes.map(({ y }) => y)) - Math.min(...nodes.map(({ y }) => y));
    const width = Math.max(...nodes.map((node) => node.x)) - Math.min(...nodes.map((node) => node.x));
    expect(height / width).toBeLessThan(2);
    expect(height / width).toBeGreaterThan(0.4);
  });
});

describe("arranged", () => {
  it("leaves a graph where it was put", () => expect(arranged(sample, true)).toBe(sample));

  it("draws apart what was laid out for smaller nodes, and keeps it in its shape", () => {
    const at = drawn("a>b>c");
    const tight = { ...at, nodes: at.nodes.map((node, i) => ({ ...node, x: 100 * i, y: 10 * i })) };
    const wide = arranged({ nodes: tight.nodes, edges: [] }, true);
    expect(overlapping(tight)).not.toEqual([]);
    expect(overlapping(wide)).toEqual([]);
    expect([x(wide, "a"), x(wide, "c")]).toEqual([0, 2 * x(wide, "b")]);
  });

  it("draws together what is far wider than high, as far as its edges have a length", () => {
    const at = drawn("a>b>c>d>e>f");
    const row = { ...at, nodes: at.nodes.map((node, i) => ({ ...node, x: 300 * i, y: i === 2 ? 100 : 0 })) };
    const close = arranged({ nodes: row.nodes, edges: [] }, true);
    expect(x(close, "f") / x(close, "b")).toBeCloseTo(5);
    expect(x(close, "b")).toBeCloseTo(228);
    const tight = { ...at, nodes: at.nodes.map((node, i) => ({ ...node, x: 220 * i, y: 0 })) };
    expect(x(arranged({ nodes: tight.nodes, edges: [] }, true), "b")).toBe(220);
  });
});
