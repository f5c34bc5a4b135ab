import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import type { Camera } from "./camera.ts";
import { CARD, type Curve, curve, isIn, pointAt, type Rect } from "./geometry.ts";
import type { Inks } from "./inks.ts";
import { along, type Layer } from "./layer.ts";
import { clip, type EventNames, inLines } from "./names.ts";
import { READABLE, SHORT_READABLE, SMALL_READABLE, shortSize, type Way } from "./scene.ts";

const DIMMED = 0.3;
const WAY = 0.35;
/** Many edges are paler each. */
const EDGE_ALPHA = { few: 0.42, many: 0.2, manyIs: 2_000 };
const SMALLEST_PX = 3;

/** What a large graph looks like while nothing happens: drawn anew only when it is looked at from elsewhere. */
export class Ground {
  readonly #graph: Graph;
  readonly #names: EventNames;
  readonly #curves = new Map<GraphEdge, Curve>();

  constructor(graph: Graph, names: EventNames) {
    this.#graph = graph;
    this.#names = names;
  }

  curve(edge: GraphEdge): Curve {
    let line = this.#curves.get(edge);
    if (line === undefined) {
      line = curve(edge);
      this.#curves.set(edge, line);
    }
    return line;
  }

  draw(layer: Layer, camera: Camera, view: Rect, inks: Inks, way: Way | undefined): void {
    const pen = layer.begin(camera);
    const edges = this.#graph.edges.filter((edge) => touches(edge, view));
    const plain = way === undefined ? edges : edges.filter((edge) => !way.edges.has(edge));
    this.#edges(pen, plain, camera.scale, inks, way !== undefined);
    if (way !== undefined) {
      this.#way(pen, way, camera.scale, inks);
    }
    if (camera.scale >= SMALL_READABLE) {
      this.#shares(pen, edges, inks, way);
    }
    const cards = this.#graph.nodes.filter((node) => isIn(node, view));
    const passed = (node: GraphNode): boolean => way === undefined || way.nodes.has(node);
    for (const isBright of [false, true]) {
      pen.globalAlpha = isBright ? 1 : DIMMED;
      const some = cards.filter((node) => passed(node) === isBright);
      drawCards(pen, some, camera.scale, inks);
      if (camera.scale >= READABLE) {
        this.#write(pen, some, camera.scale, inks);
      } else if (camera.scale >= SHORT_READABLE) {
        writeShort(pen, some, camera.scale, inks);
      }
    }
  }

  #edges(pen: CanvasRenderingContext2D, edges: readonly GraphEdge[], scale: number, inks: Inks, isDim: boolean): void {
    const { few, many, manyIs } = EDGE_ALPHA;
    const share = Math.min(1, this.#graph.edges.length / manyIs);
    pen.globalAlpha = (few + (many - few) * share) * (isDim ? DIMMED : 1);
    pen.strokeStyle = inks.edge;
    pen.lineWidth = Math.max(1.6, 0.8 / scale);
    pen.beginPath();
    for (const edge of edges) {
      along(pen, this.curve(edge));
    }
    pen.stroke();
    if (scale >= READABLE) {
      pen.fillStyle = inks.edge;
      pen.beginPath();
      for (const edge of edges) {
        tip(pen, this.curve(edge));
      }
      pen.fill();
    }
  }

  #way(pen: CanvasRenderingContext2D, way: Way, scale: number, inks: Inks): void {
    pen.strokeStyle = inks.sun;
    pen.lineWidth = Math.max(3, 2.4 / scale);
    for (const [edge, kind] of way.edges) {
      pen.globalAlpha = kind === "ambiguous" ? WAY / 2 : WAY;
      pen.setLineDash(kind === "direct" ? [] : [9, 7]);
      pen.beginPath();
      along(pen, this.curve(edge));
      pen.stroke();
    }
    pen.setLineDash([]);
  }

  #shares(pen: CanvasRenderingContext2D, edges: readonly GraphEdge[], inks: Inks, way: Way | undefined): void {
    pen.font = "10.5px system-ui, sans-serif";
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.strokeStyle = inks.stage;
    pen.fillStyle = inks.muted;
    pen.lineWidth = 5;
    for (const edge of edges) {
      if (edge.probability > 0) {
        const { x, y } = pointAt(this.curve(edge), 0.5);
        const text = `${Math.round(100 * edge.probability)}%`;
        pen.globalAlpha = way === undefined || way.edges.has(edge) ? 1 : DIMMED;
        pen.strokeText(text, x, y);
        pen.fillText(text, x, y);
      }
    }
  }

  #write(pen: CanvasRenderingContext2D, nodes: readonly GraphNode[], scale: number, inks: Inks): void {
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    for (const node of nodes) {
      const isSilent = node.eventId === undefined;
      pen.font = `${isSilent ? 500 : 600} 13.5px system-ui, sans-serif`;
      pen.fillStyle = isSilent ? inks.muted : inks.text;
      pen.fillText(clip(node.label, 19), node.x + 13, node.y + 25);
      if (scale >= SMALL_READABLE) {
        pen.font = "10px ui-monospace, monospace";
        pen.fillStyle = inks.muted;
        pen.fillText(clip(this.#names.brief(node), 23), node.x + 13, node.y + 43);
      }
    }
  }
}

function writeShort(pen: CanvasRenderingContext2D, nodes: readonly GraphNode[], scale: number, inks: Inks): void {
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  const size = shortSize(scale);
  pen.font = `600 ${size}px system-ui, sans-serif`;
  for (const { x, y, label, eventId } of nodes) {
    const lines = inLines(label);
    pen.fillStyle = eventId === undefined ? inks.muted : inks.text;
    lines.forEach((line, i) => {
      const down = 1.08 * size * (i - (lines.length - 1) / 2);
      pen.fillText(line, x + CARD.width / 2, y + CARD.height / 2 + down);
    });
  }
}

function drawCards(pen: CanvasRenderingContext2D, nodes: readonly GraphNode[], scale: number, inks: Inks): void {
  for (const isSilent of [false, true]) {
    pen.beginPath();
    for (const node of nodes) {
      if ((node.eventId === undefined) === isSilent) {
        outline(pen, node, scale);
      }
    }
    pen.fillStyle = isSilent ? inks.stage : inks.raised;
    pen.fill();
    pen.strokeStyle = isSilent || scale < READABLE ? inks.edge : inks.line;
    pen.lineWidth = Math.max(1.2, 0.7 / scale);
    pen.setLineDash(isSilent && scale >= READABLE ? [4, 4] : []);
    pen.stroke();
  }
  pen.setLineDash([]);
}

/** A card's edge, or a spot where a card would be too small to see. */
export function outline(pen: CanvasRenderingContext2D, { x, y }: GraphNode, scale: number, growth = 0): void {
  const least = SMALLEST_PX / scale;
  const width = Math.max(CARD.width, least) * (1 + growth);
  const height = Math.max(CARD.height, least) * (1 + growth);
  const [left, top] = [x + (CARD.width - width) / 2, y + (CARD.height - height) / 2];
  if (scale < 0.3) {
    pen.rect(left, top, width, height);
  } else {
    pen.roundRect(left, top, width, height, 10);
  }
}

/** Points the way the curve comes in. */
function tip(pen: CanvasRenderingContext2D, { in: into, to }: Curve): void {
  const [dx, dy] =
    Math.abs(to.x - into.x) > Math.abs(to.y - into.y) ? [Math.sign(to.x - into.x), 0] : [0, Math.sign(to.y - into.y)];
  pen.moveTo(to.x + 3 * dx, to.y + 3 * dy);
  pen.lineTo(to.x - 5 * dx - 4 * dy, to.y - 5 * dy - 4 * dx);
  pen.lineTo(to.x - 5 * dx + 4 * dy, to.y - 5 * dy + 4 * dx);
  pen.closePath();
}

function touches({ from, to }: GraphEdge, view: Rect): boolean {
  return (
    Math.max(from.x, to.x) + CARD.width > view.x &&
    Math.min(from.x, to.x) < view.x + view.width &&
    Math.max(from.y, to.y) + CARD.height > view.y &&
    Math.min(from.y, to.y) < view.y + view.height
  );
}
