import type { Graph, GraphNode } from "@heliograph/client/graph";
import { bounds, CARD } from "./geometry.ts";

const COLUMN = CARD.width + 92;
const ROW = CARD.height + 40;
const SWEEPS = 4;
/** A picture is about so much wider than high; a long graph has its rows drawn apart for it, but not for ever. */
const ASPECT = 1.5;
const ROW_MAX = 2.4 * ROW;

/**
 * A graph's own positions, but for one that has none or lies in a heap. Cards that would overlap are drawn apart; what is far wider than high
 * is drawn together, as far as its edges still have a length.
 */
export function arranged(graph: Graph, isPlaced: boolean): Graph {
  if (!isPlaced) {
    return layered(graph);
  }
  const [dx, dy] = stretch(graph.nodes);
  if (dx === 1 && dy === 1) {
    return closer(graph);
  }
  return moved(graph, ({ x, y }) => ({ x: x * dx, y: y * dy }));
}

/** Far wider than high, it is drawn together, as far as its edges still have a length. */
function closer(graph: Graph): Graph {
  const { width, height } = bounds(graph);
  const wanted = (WIDE * height) / width;
  if (wanted >= 1) {
    return graph;
  }
  const sorted = [...graph.nodes].sort((a, b) => a.x - b.x);
  let least = Math.max(SHRINK_MAX, wanted);
  for (const [i, a] of sorted.entries()) {
    for (let j = i + 1; j < sorted.length; j++) {
      const { x, y } = sorted[j] as GraphNode;
      if ((x - a.x) * least >= APART) {
        break;
      }
      if (x > a.x && Math.abs(y - a.y) < CARD.height + GAP.y) {
        least = APART / (x - a.x);
      }
    }
  }
  return least >= 1 ? graph : moved(graph, ({ x, y }) => ({ x: x * least, y }));
}

/** From left to right: each node right of all that lead to it, and near them. */
export function layered(graph: Graph): Graph {
  const links = new Links(graph);
  const layers = layersOf(graph, links);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    order(layers, links.into);
    order([...layers].reverse(), links.outOf);
  }
  const columns = layers.flatMap((layer) => inColumns(layer, graph.nodes.length));
  const highest = Math.max(...columns.map(({ length }) => length));
  const row = Math.min(ROW_MAX, Math.max(ROW, (columns.length * COLUMN) / (ASPECT * highest)));
  const heights = placed(columns, links, row);
  const column = new Map(columns.flatMap((nodes, i) => nodes.map((node) => [node, i])));
  return moved(graph, (node) => ({ x: (column.get(node) ?? 0) * COLUMN, y: heights.get(node) ?? 0 }));
}

type Neighbours = ReadonlyMap<GraphNode, readonly GraphNode[]>;

class Links {
  readonly into = new Map<GraphNode, GraphNode[]>();
  readonly outOf = new Map<GraphNode, GraphNode[]>();

  constructor({ nodes, edges }: Graph) {
    for (const node of nodes) {
      this.into.set(node, []);
      this.outOf.set(node, []);
    }
    for (const { from, to } of edges) {
      if (from !== to) {
        this.outOf.get(from)?.push(to);
        this.into.get(to)?.push(from);
      }
    }
  }
}

/** Longest paths. Where a ring leaves no start, its node with the fewest open ways in is taken for one. */
function layersOf({ nodes }: Graph, { into, outOf }: Links): GraphNode[][] {
  const open = new Map(nodes.map((node) => [node, into.get(node)?.length ?? 0]));
  const depth = new Map<GraphNode, number>();
  const ready = nodes.filter((node) => open.get(node) === 0);
  const layers: GraphNode[][] = [];
  while (open.size > 0) {
    const node = ready.pop() ?? fewest(open);
    if (!open.delete(node)) {
      continue;
    }
    const at = depth.get(node) ?? 0;
    layers[at] ??= [];
    layers[at].push(node);
    for (const next of outOf.get(node) ?? []) {
      const left = open.get(next);
      if (left !== undefined) {
        depth.set(next, Math.max(depth.get(next) ?? 0, at + 1));
        open.set(next, left - 1);
        if (left === 1) {
          ready.push(next);
        }
      }
    }
  }
  return Array.from(layers, (layer) => layer ?? []).filter((layer) => layer.length > 0);
}

function fewest(open: ReadonlyMap<GraphNode, number>): GraphNode {
  let best: GraphNode | undefined;
  for (const [node, left] of open) {
    if (best === undefined || left < (open.get(best) ?? 0)) {
      best = node;
    }
    if (left === 1) {
      break; // there is none with fewer, for such are ready
    }
  }
  return best as GraphNode;
}

/** Each layer by the mean place of those before it that it is linked with. */
function order(layers: readonly GraphNode[][], neighbours: Neighbours): void {
  const place = new Map<GraphNode, number>();
  for (const layer of layers) {
    const middle = new Map(layer.map((node, i) => [node, mean(neighbours.get(node), place) ?? share(i, layer)]));
    layer.sort((a, b) => (middle.get(a) ?? 0) - (middle.get(b) ?? 0));
    layer.forEach((node, i) => {
      place.set(node, share(i, layer));
    });
  }
}

function share(i: number, { length }: readonly GraphNode[]): number {
  return (i + 0.5) / length;
}

/** A layer that is far too high for a picture stands in several columns. */
function inColumns(layer: readonly GraphNode[], all: number): GraphNode[][] {
  const highest = Math.max(12, Math.ceil(1.6 * Math.sqrt(all)));
  const count = Math.ceil(layer.length / highest);
  const height = Math.ceil(layer.length / count);
  return Array.from({ length: count }, (_, i) => layer.slice(i * height, (i + 1) * height));
}

/** As level as possible with what leads to each node, none on top of another. */
function placed(columns: readonly (readonly GraphNode[])[], { into }: Links, row: number): Map<GraphNode, number> {
  const heights = new Map<GraphNode, number>();
  for (const column of columns) {
    const even = (i: number): number => (i - (column.length - 1) / 2) * row;
    const wanted = column.map((node, i) => mean(into.get(node), heights) ?? even(i));
    const apart: number[] = [];
    for (const [i, y] of wanted.entries()) {
      apart.push(Math.max(y, (apart[i - 1] ?? Number.NEGATIVE_INFINITY) + row));
    }
    const pushed = apart.reduce((sum, y, i) => sum + y - (wanted[i] ?? 0), 0) / column.length;
    column.forEach((node, i) => {
      heights.set(node, Math.round((apart[i] ?? 0) - pushed));
    });
  }
  return heights;
}

function mean(nodes: readonly GraphNode[] = [], values: ReadonlyMap<GraphNode, number>): number | undefined {
  let [sum, count] = [0, 0];
  for (const node of nodes) {
    const value = values.get(node);
    if (value !== undefined) {
      sum += value;
      count++;
    }
  }
  return count === 0 ? undefined : sum / count;
}

const GAP = { x: 36, y: 24 };
const STRETCH_MAX = 4;
/** So much wider than high a picture still has no empty room worth speaking of. */
const WIDE = 2.4;
const SHRINK_MAX = 0.7;
/** From card to card of a picture that is drawn together. */
const APART = CARD.width + 60;

/** By how much across and down a graph must grow for its cards to have room; drawn for smaller nodes, they may lie too close. */
function stretch(nodes: readonly GraphNode[]): readonly [number, number] {
  let [dx, dy] = [1, 1];
  const sorted = [...nodes].sort((a, b) => a.x - b.x);
  for (const [i, a] of sorted.entries()) {
    for (let j = i + 1; j < sorted.length; j++) {
      const b = sorted[j] as GraphNode;
      const [x, y] = [(b.x - a.x) * dx, Math.abs(b.y - a.y) * dy];
      if (x >= CARD.width + GAP.x) {
        break;
      }
      if (y < CARD.height + GAP.y && x + y > 0) {
        const [across, down] = [(CARD.width + GAP.x) / x, (CARD.height + GAP.y) / y];
        if (across < down) {
          dx = Math.min(STRETCH_MAX, dx * across);
        } else {
          dy = Math.min(STRETCH_MAX, dy * down);
        }
      }
    }
  }
  return [dx, dy];
}

function moved(graph: Graph, to: (node: GraphNode) => { readonly x: number; readonly y: number }): Graph {
  const nodes = new Map(graph.nodes.map((node) => [node, { ...node, ...to(node) }]));
  const at = (node: GraphNode): GraphNode => nodes.get(node) ?? node;
  return {
    nodes: [...nodes.values()],
    edges: graph.edges.map((edge) => ({ ...edge, from: at(edge.from), to: at(edge.to) })),
  };
}
