import type { GraphEdge, GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import type { Camera } from "./camera.ts";
import type { Size } from "./geometry.ts";
import type { Tallies } from "./light.ts";
import type { Pulse } from "./pulse.ts";

/** Pixels per unit below which smaller writing cannot be read, and below which none can. */
export const SMALL_READABLE = 0.72;
export const READABLE = 0.54;
/** Down to this a card still has its name, in two short lines, and written larger. */
export const SHORT_READABLE = 0.38;

/** How large a short name is written, in the graph's units. */
export function shortSize(scale: number): number {
  return Math.min(22, 9.8 / scale);
}

/** A node that is alight; drawn once more when its brightness has come to 0. */
export interface LitNode {
  readonly node: GraphNode;
  readonly pulse: Pulse;
  /** 0 to 1, as all that follow. */
  brightness: number;
  size: number;
  /** How far its ring has spread; 1: there is none. */
  ring: number;
  ringAt: number;
  inView: boolean;
}

export interface LitEdge {
  readonly edge: GraphEdge;
  readonly pulse: Pulse;
  brightness: number;
}

/** A step of a trace, on its way along an edge; drawn once more when it has arrived. */
export interface Comet {
  readonly edge: GraphEdge;
  readonly startedAt: number;
  progress: number;
}

/** Everything that is not as it is without light. */
export interface Frame {
  readonly nodes: Iterable<LitNode>;
  readonly edges: Iterable<LitEdge>;
  readonly comets: Iterable<Comet>;
}

/** Which node the user has picked, and where the keyboard is, by uuid. */
export interface Marks {
  readonly picked: string | undefined;
  readonly cursor: string | undefined;
}

/** What draws a graph. Nothing in it runs by itself. */
export interface Scene {
  /** @param ratio pixels of the screen per pixel of CSS */
  setSize(size: Size, ratio: number): void;
  setCamera(camera: Camera): void;
  /** Whether it shows only once it is painted. */
  setTallies(tallies: Tallies): boolean;
  setWay(way: Way | undefined): void;
  setMarks(marks: Marks): void;
  /** Other colours are wanted. */
  recolour(): void;
  paint(frame: Frame): void;
  remove(): void;
}

/** The whole way of the trace that is followed: everything else is dimmed. */
export interface Way {
  readonly nodes: ReadonlySet<GraphNode>;
  readonly edges: ReadonlyMap<GraphEdge, Leg["kind"]>;
}

const SURE = ["direct", "inferred", "ambiguous", "jump"] as const;

/** An edge that was travelled more than once is as sure as it was the surest time. */
export function wayOf(legs: readonly Leg[]): Way {
  const nodes = new Set<GraphNode>();
  const edges = new Map<GraphEdge, Leg["kind"]>();
  for (const { kind, from, to, edges: travelled } of legs) {
    nodes.add(from).add(to);
    for (const edge of travelled) {
      nodes.add(edge.from).add(edge.to);
      const known = edges.get(edge) ?? "jump";
      edges.set(edge, SURE.indexOf(kind) < SURE.indexOf(known) ? kind : known);
    }
  }
  return { nodes, edges };
}
