import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import { CARD, type Curve, curve, path, pointAt } from "./geometry.ts";
import { Pulse } from "./pulse.ts";

const RING_MS = 500;
/** A ring starts anew at most twice a second, so that nothing flashes faster than three times (WCAG 2.3.1). */
const RING_RESTART_MS = 500;
const COMET_MS = 520;
/** More than this at once are left out; the edge glows all the same. */
const COMETS_MAX = 100;
const TAIL = 0.26;
const STILL_STEP_MS = 250;
const SVG = "http://www.w3.org/2000/svg";

/** The parts of a drawn node that change with light. */
export interface NodeParts {
  readonly group: SVGGElement;
  readonly halo: SVGElement;
  readonly lit: SVGElement;
  readonly lamp: SVGElement | null;
  readonly ring: SVGElement;
}

interface LitNode {
  readonly node: GraphNode;
  readonly parts: NodeParts;
  readonly pulse: Pulse;
  ringAt: number;
}

interface LitEdge {
  readonly curve: Curve;
  readonly glow: SVGElement;
  readonly pulse: Pulse;
}

interface Comet {
  readonly element: SVGGElement;
  readonly head: SVGElement;
  readonly tail: SVGElement;
  edge: LitEdge;
  startedAt: number;
}

export interface AnimatorEnvironment {
  readonly now: () => number;
  readonly onFrame: (task: () => void) => void;
  readonly after: (task: () => void, delayMs: number) => void;
  /** The user asked for less motion. */
  readonly still: () => boolean;
}

/**
 * Lights nodes and edges by writing attributes of the elements that are alight, and nothing else. Runs only while something is; with
 * less motion asked for it steps four times a second and nothing moves.
 */
export class Animator {
  readonly #environment: AnimatorEnvironment;
  readonly #nodes = new Map<string, LitNode>();
  readonly #edges = new Map<string, LitEdge>();
  readonly #activeNodes = new Set<LitNode>();
  readonly #activeEdges = new Set<LitEdge>();
  readonly #comets = new Set<Comet>();
  readonly #spareComets: Comet[] = [];
  readonly #sky: SVGGElement;
  #running = false;

  constructor(sky: SVGGElement, environment: AnimatorEnvironment) {
    this.#sky = sky;
    this.#environment = environment;
  }

  get active(): boolean {
    return this.#running;
  }

  addNode(node: GraphNode, parts: NodeParts): void {
    this.#nodes.set(node.id, { node, parts, pulse: new Pulse(), ringAt: Number.NEGATIVE_INFINITY });
  }

  addEdges(graph: Graph, glow: (edge: GraphEdge) => SVGElement | null): void {
    for (const edge of graph.edges) {
      const element = glow(edge);
      if (element !== null) {
        this.#edges.set(edge.uuid, { curve: curve(edge), glow: element, pulse: new Pulse() });
      }
    }
  }

  onSighting(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): void {
    const now = this.#environment.now();
    for (const { id } of nodes) {
      this.#light(this.#nodes.get(id), now);
    }
    for (const { uuid } of edges) {
      this.#trace(this.#edges.get(uuid), now);
    }
    this.#run();
  }

  #light(node: LitNode | undefined, now: number): void {
    if (node !== undefined) {
      node.pulse.hit(now);
      node.ringAt = now - node.ringAt > RING_RESTART_MS ? now : node.ringAt;
      this.#activeNodes.add(node);
    }
  }

  #trace(edge: LitEdge | undefined, now: number): void {
    if (edge !== undefined) {
      edge.pulse.hit(now);
      this.#activeEdges.add(edge);
      if (!this.#environment.still() && this.#comets.size < COMETS_MAX) {
        this.#comets.add(this.#comet(edge, now));
      }
    }
  }

  #comet(edge: LitEdge, now: number): Comet {
    const comet = this.#spareComets.pop() ?? newComet(edge);
    comet.edge = edge;
    comet.startedAt = now;
    comet.tail.setAttribute("d", path(edge.curve));
    this.#sky.append(comet.element);
    return comet;
  }

  #run(): void {
    if (!this.#running) {
      this.#running = true;
      this.#next();
    }
  }

  #next(): void {
    const step = (): void => {
      this.#draw(this.#environment.now());
      if (this.#activeNodes.size + this.#activeEdges.size + this.#comets.size > 0) {
        this.#next();
      } else {
        this.#running = false;
      }
    };
    if (this.#environment.still()) {
      this.#environment.after(step, STILL_STEP_MS);
    } else {
      this.#environment.onFrame(step);
    }
  }

  #draw(now: number): void {
    const still = this.#environment.still();
    for (const node of this.#activeNodes) {
      const brightness = node.pulse.brightness(now);
      drawNode(node, brightness, still ? 1 : (now - node.ringAt) / RING_MS, still);
      if (brightness === 0) {
        this.#activeNodes.delete(node);
      }
    }
    for (const edge of this.#activeEdges) {
      const brightness = edge.pulse.brightness(now);
      edge.glow.setAttribute("stroke-opacity", (0.75 * brightness).toFixed(3));
      if (brightness === 0) {
        this.#activeEdges.delete(edge);
      }
    }
    for (const comet of this.#comets) {
      this.#fly(comet, (now - comet.startedAt) / COMET_MS);
    }
  }

  #fly(comet: Comet, progress: number): void {
    if (progress >= 1) {
      comet.element.remove();
      this.#comets.delete(comet);
      this.#spareComets.push(comet);
      return;
    }
    const t = 1 - (1 - progress) ** 2;
    const { x, y } = pointAt(comet.edge.curve, t);
    comet.head.setAttribute("cx", x.toFixed(1));
    comet.head.setAttribute("cy", y.toFixed(1));
    const start = Math.max(0, t - TAIL);
    comet.tail.setAttribute("stroke-dasharray", `0 ${start.toFixed(3)} ${(t - start).toFixed(3)} 2`);
  }
}

function drawNode({ node, parts }: LitNode, brightness: number, ring: number, still: boolean): void {
  const b = brightness.toFixed(3);
  parts.halo.setAttribute("opacity", b);
  parts.lit.setAttribute("opacity", b);
  parts.lamp?.setAttribute("opacity", b);
  if (still) {
    return;
  }
  const scale = 1 + 0.05 * brightness;
  const x = node.x + (CARD.width / 2) * (1 - scale);
  const y = node.y + (CARD.height / 2) * (1 - scale);
  parts.group.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(4)})`);
  drawRing(parts.ring, ring);
}

function drawRing(ring: SVGElement, progress: number): void {
  const growth = 22 * (1 - (1 - Math.min(1, progress)) ** 2);
  ring.setAttribute("x", (-growth).toFixed(1));
  ring.setAttribute("y", (-growth).toFixed(1));
  ring.setAttribute("width", (CARD.width + 2 * growth).toFixed(1));
  ring.setAttribute("height", (CARD.height + 2 * growth).toFixed(1));
  ring.setAttribute("rx", (10 + growth).toFixed(1));
  ring.setAttribute("stroke-opacity", Math.max(0, 0.9 * (1 - progress)).toFixed(3));
}

function newComet(edge: LitEdge): Comet {
  const element = document.createElementNS(SVG, "g");
  const tail = document.createElementNS(SVG, "path");
  tail.setAttribute("class", "comet-tail");
  tail.setAttribute("pathLength", "1");
  const head = document.createElementNS(SVG, "circle");
  head.setAttribute("class", "comet-head");
  head.setAttribute("r", "3.4");
  element.append(tail, head);
  return { element, head, tail, edge, startedAt: 0 };
}
