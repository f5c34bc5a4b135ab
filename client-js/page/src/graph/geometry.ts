import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";

/** Size of a node's card in the graph's own units. */
export const CARD = { width: 168, height: 56 } as const;
const MARGIN = 44;

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

export interface Rect extends Point, Size {}

/** A cubic curve from card to card. */
export interface Curve {
  readonly from: Point;
  readonly out: Point;
  readonly in: Point;
  readonly to: Point;
}

/** All cards, and some room around them. */
export function bounds({ nodes }: Graph): Rect {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of nodes) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  return {
    x: left - MARGIN,
    y: top - MARGIN,
    width: right - left + CARD.width + 2 * MARGIN,
    height: bottom - top + CARD.height + 2 * MARGIN,
  };
}

/** The card at that point of the graph; of several the one on top. */
export function nodeAt({ nodes }: Graph, { x, y }: Point): GraphNode | undefined {
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i] as GraphNode;
    if (x >= node.x && x <= node.x + CARD.width && y >= node.y && y <= node.y + CARD.height) {
      return node;
    }
  }
  return undefined;
}

/** Whether any of its card is there. */
export function isIn({ x, y }: Point, view: Rect): boolean {
  return x + CARD.width > view.x && x < view.x + view.width && y + CARD.height > view.y && y < view.y + view.height;
}

/** Leaves and enters by the sides that face each other. */
export function curve(edge: GraphEdge): Curve {
  const a = centre(edge.from);
  const b = centre(edge.to);
  const dx = b.x - a.x;
  const dy = b.y - a.y;
  if (Math.abs(dx) > CARD.width) {
    const side = Math.sign(dx);
    const from = { x: a.x + (side * CARD.width) / 2, y: a.y };
    const to = { x: b.x - side * (CARD.width / 2 + 5), y: b.y };
    const bend = Math.max(28, Math.abs(to.x - from.x) / 2);
    return { from, to, out: { x: from.x + side * bend, y: from.y }, in: { x: to.x - side * bend, y: to.y } };
  }
  const side = Math.sign(dy) || 1;
  const from = { x: a.x, y: a.y + (side * CARD.height) / 2 };
  const to = { x: b.x, y: b.y - side * (CARD.height / 2 + 5) };
  const bend = Math.max(16, Math.abs(to.y - from.y) / 2);
  return { from, to, out: { x: from.x, y: from.y + side * bend }, in: { x: to.x, y: to.y - side * bend } };
}

export function path({ from, out, in: into, to }: Curve): string {
  return `M${from.x} ${from.y}C${out.x} ${out.y} ${into.x} ${into.y} ${to.x} ${to.y}`;
}

export function pointAt({ from, out, in: into, to }: Curve, t: number): Point {
  const u = 1 - t;
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t];
  return {
    x: a * from.x + b * out.x + c * into.x + d * to.x,
    y: a * from.y + b * out.y + c * into.y + d * to.y,
  };
}

export function centre({ x, y }: GraphNode): Point {
  return { x: x + CARD.width / 2, y: y + CARD.height / 2 };
}
