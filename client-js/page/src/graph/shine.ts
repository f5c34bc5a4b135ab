import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import { compact } from "../ui/format.ts";
import type { Camera } from "./camera.ts";
import { CARD, type Curve, isIn, pointAt, type Rect } from "./geometry.ts";
import { outline } from "./ground.ts";
import type { Inks } from "./inks.ts";
import { along, type Layer } from "./layer.ts";
import type { NodeTally, Tallies } from "./light.ts";
import { clock } from "./names.ts";
import {
  type Comet,
  type Frame,
  type LitEdge,
  type LitNode,
  type Marks,
  READABLE,
  SHORT_READABLE,
  SMALL_READABLE,
  shortSize,
} from "./scene.ts";

/** What is about equally bright is drawn in one stroke. */
const STEPS = 12;
const GROWTH = { near: 0.14, far: 0.4 };
const RING = 22;
const GLOW = 0.75;
const TAIL = 0.26;
const TAIL_PIECES = 6;

/** What is alight in a large graph, and what is marked and counted: the layer over the ground. */
export class Shine {
  readonly #graph: Graph;
  readonly #curve: (edge: GraphEdge) => Curve;
  readonly #nodes: LitNode[][] = Array.from({ length: STEPS + 1 }, () => []);
  readonly #rings: LitNode[][] = Array.from({ length: STEPS + 1 }, () => []);
  readonly #edges: LitEdge[][] = Array.from({ length: STEPS + 1 }, () => []);

  constructor(graph: Graph, curve: (edge: GraphEdge) => Curve) {
    this.#graph = graph;
    this.#curve = curve;
  }

  draw(layer: Layer, camera: Camera, inks: Inks, frame: Frame): CanvasRenderingContext2D {
    const pen = layer.begin(camera);
    const { scale } = camera;
    this.#sort(frame);
    this.#drawEdges(pen, scale, inks);
    this.#drawNodes(pen, scale, inks);
    this.#drawRings(pen, scale, inks);
    for (const comet of frame.comets) {
      this.#drawComet(pen, comet, scale, inks);
    }
    pen.globalAlpha = 1;
    return pen;
  }

  #sort({ nodes, edges }: Frame): void {
    for (const steps of [this.#nodes, this.#rings, this.#edges]) {
      for (const step of steps) {
        step.length = 0;
      }
    }
    for (const lit of nodes) {
      if (lit.inView && lit.brightness > 0) {
        this.#nodes[Math.ceil(lit.brightness * STEPS)]?.push(lit);
        if (lit.ring < 1) {
          this.#rings[Math.floor(lit.ring * STEPS)]?.push(lit);
        }
      }
    }
    for (const lit of edges) {
      if (lit.brightness > 0) {
        this.#edges[Math.ceil(lit.brightness * STEPS)]?.push(lit);
      }
    }
  }

  #drawEdges(pen: CanvasRenderingContext2D, scale: number, inks: Inks): void {
    pen.strokeStyle = inks.sun;
    pen.lineWidth = Math.max(3, 1.4 / scale);
    this.#edges.forEach((step, i) => {
      if (step.length > 0) {
        pen.globalAlpha = (GLOW * i) / STEPS;
        pen.beginPath();
        for (const { edge } of step) {
          along(pen, this.#curve(edge));
        }
        pen.stroke();
      }
    });
  }

  #drawNodes(pen: CanvasRenderingContext2D, scale: number, inks: Inks): void {
    const isNear = scale >= READABLE;
    const growth = isNear ? GROWTH.near : GROWTH.far;
    pen.strokeStyle = inks.sun;
    pen.fillStyle = isNear ? inks["sun-wash"] : inks.sun;
    this.#nodes.forEach((step, i) => {
      if (step.length === 0) {
        return;
      }
      pen.globalAlpha = i / STEPS;
      pen.beginPath();
      for (const { node, size } of step) {
        outline(pen, node, scale, growth * size);
      }
      pen.fill();
      if (isNear) {
        pen.lineWidth = 2;
        pen.stroke();
        pen.globalAlpha = (0.25 * i) / STEPS;
        pen.lineWidth = 12;
        pen.stroke();
      }
    });
  }

  #drawRings(pen: CanvasRenderingContext2D, scale: number, inks: Inks): void {
    pen.strokeStyle = inks.sun;
    pen.lineWidth = Math.max(1.6, 1 / scale);
    this.#rings.forEach((step, i) => {
      if (step.length > 0) {
        const growth = RING * (1 - (1 - i / STEPS) ** 2);
        pen.globalAlpha = 0.9 * (1 - i / STEPS);
        pen.beginPath();
        for (const { node } of step) {
          const [x, y] = [node.x - growth, node.y - growth];
          const [width, height] = [CARD.width + 2 * growth, CARD.height + 2 * growth];
          if (scale < READABLE) {
            pen.rect(x, y, width, height);
          } else {
            pen.roundRect(x, y, width, height, 10 + growth);
          }
        }
        pen.stroke();
      }
    });
  }

  #drawComet(pen: CanvasRenderingContext2D, { edge, progress }: Comet, scale: number, inks: Inks): void {
    if (progress === 1) {
      return;
    }
    const line = this.#curve(edge);
    const t = 1 - (1 - progress) ** 2;
    const start = Math.max(0, t - TAIL);
    pen.globalAlpha = 0.9;
    pen.strokeStyle = inks.sun;
    pen.lineWidth = Math.max(3, 1.6 / scale);
    pen.beginPath();
    for (let i = 0; i <= TAIL_PIECES; i++) {
      const { x, y } = pointAt(line, start + ((t - start) * i) / TAIL_PIECES);
      pen.lineTo(x, y);
    }
    pen.stroke();
    const { x, y } = pointAt(line, t);
    pen.globalAlpha = 1;
    pen.fillStyle = inks["sun-hot"];
    pen.beginPath();
    pen.arc(x, y, Math.max(3.4, 2.2 / scale), 0, 2 * Math.PI);
    pen.fill();
  }

  /** Around the picked node, and where the keyboard is. */
  mark(pen: CanvasRenderingContext2D, marks: Marks, scale: number, inks: Inks): void {
    for (const node of this.#graph.nodes) {
      const isPicked = node.uuid === marks.picked;
      if (isPicked || node.uuid === marks.cursor) {
        const room = 5 / Math.min(1, scale);
        pen.strokeStyle = isPicked ? inks.sun : inks.text;
        pen.lineWidth = 2 / Math.min(1, scale);
        pen.setLineDash(isPicked ? [] : [5 / scale, 4 / scale]);
        pen.beginPath();
        pen.roundRect(node.x - room, node.y - room, CARD.width + 2 * room, CARD.height + 2 * room, 14);
        pen.stroke();
      }
    }
    pen.setLineDash([]);
  }

  /** Where it can be read, what each node has seen. */
  count(pen: CanvasRenderingContext2D, tallies: Tallies, view: Rect, scale: number, inks: Inks): void {
    const draw = scale >= SMALL_READABLE ? drawTab : drawShortTab;
    pen.textBaseline = "middle";
    for (const node of this.#graph.nodes) {
      const tally = tallies.get(node.uuid);
      if (tally !== undefined && tally.count > 0 && isIn(node, view)) {
        draw(pen, node, tally, inks, scale);
      }
    }
  }
}

export function showsCounts({ scale }: Camera): boolean {
  return scale >= SHORT_READABLE;
}

function drawTab(pen: CanvasRenderingContext2D, { x, y }: GraphNode, { count, lastAt }: NodeTally, inks: Inks): void {
  const text = compact(count);
  const width = 76 + 7.2 * text.length;
  const left = x + CARD.width - 10 - width;
  pen.beginPath();
  pen.roundRect(left, y - 10, width, 20, 10);
  pen.fillStyle = inks.raised;
  pen.fill();
  pen.strokeStyle = inks.line;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.font = "10px ui-monospace, monospace";
  pen.fillStyle = inks.muted;
  pen.textAlign = "left";
  pen.fillText(clock(lastAt), left + 11, y + 0.5);
  pen.font = "600 11.5px ui-monospace, monospace";
  pen.fillStyle = inks.text;
  pen.textAlign = "right";
  pen.fillText(text, left + width - 10, y + 0.5);
}

function drawShortTab(
  pen: CanvasRenderingContext2D,
  { x, y }: GraphNode,
  { count }: NodeTally,
  inks: Inks,
  scale: number,
): void {
  const text = compact(count);
  const size = shortSize(scale);
  const [width, height] = [(0.63 * text.length + 1.4) * size, 1.55 * size];
  const [left, middle] = [x + CARD.width + 6 - width, y - 9];
  pen.beginPath();
  pen.roundRect(left, middle - height / 2, width, height, height / 2);
  pen.fillStyle = inks.raised;
  pen.fill();
  pen.strokeStyle = inks.line;
  pen.lineWidth = 1.2;
  pen.stroke();
  pen.font = `600 ${size}px ui-monospace, monospace`;
  pen.fillStyle = inks.text;
  pen.textAlign = "right";
  pen.fillText(text, left + width - 0.7 * size, middle);
}
