import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import { compact } from "../ui/format.ts";
import type { Camera } from "./camera.ts";
import { CARD, type Curve, curve, path, pointAt } from "./geometry.ts";
import type { NodeTally, Tallies } from "./light.ts";
import { clip, clock, type EventNames, inLines } from "./names.ts";
import {
  type Comet,
  type Frame,
  type LitNode,
  type Marks,
  READABLE,
  type Scene,
  SHORT_READABLE,
  SMALL_READABLE,
  shortSize,
  type Way,
} from "./scene.ts";
import { svg } from "./svg.ts";

const TAIL = 0.26;
const GROWTH = 0.14;
const GLOW = 0.75;
/** As large as a count is written where there is room for the time, too. */
const TAB_SIZE = 11.5;

interface NodeParts {
  readonly group: SVGGElement;
  readonly halo: SVGElement;
  readonly lit: SVGElement;
  readonly lamp: SVGElement | undefined;
  readonly ring: SVGElement;
  /** As they were last written. */
  scale: number;
  spread: number;
  badge: SVGGElement | undefined;
  tally: NodeTally | undefined;
}

interface EdgeParts {
  readonly curve: Curve;
  readonly group: SVGGElement;
  readonly glow: SVGElement;
  readonly share: SVGElement | undefined;
}

interface CometParts {
  readonly group: SVGGElement;
  readonly head: SVGElement;
  readonly tail: SVGElement;
}

/** Draws a graph of a few hundred nodes with an element for each, and lights it by writing attributes of what is alight. */
export class SvgScene implements Scene {
  readonly #root: SVGSVGElement;
  readonly #world: SVGGElement;
  readonly #sky: SVGGElement = svg("g", { class: "sky" });
  readonly #nodes = new Map<string, NodeParts>();
  readonly #edges = new Map<GraphEdge, EdgeParts>();
  readonly #comets = new Map<Comet, CometParts>();
  readonly #spare: CometParts[] = [];
  #marks: Marks = { picked: undefined, cursor: undefined };

  constructor(host: HTMLElement, graph: Graph, names: EventNames) {
    for (const edge of graph.edges) {
      this.#edges.set(edge, edgeParts(edge));
    }
    for (const node of graph.nodes) {
      this.#nodes.set(node.uuid, nodeParts(node, names));
    }
    const [nodes, edges] = [[...this.#nodes.values()], [...this.#edges.values()]];
    this.#world = svg(
      "g",
      {},
      svg("g", {}, ...nodes.map(({ halo }) => halo)),
      svg("g", {}, ...edges.map(({ group }) => group)),
      this.#sky,
      svg("g", {}, ...edges.flatMap(({ share }) => share ?? [])),
      svg("g", {}, ...nodes.map(({ group }) => group)),
    );
    this.#root = svg("svg", { class: "scene", "aria-hidden": "true" }, definitions(), this.#world);
    host.prepend(this.#root);
  }

  setSize(): void {
    // what it is drawn in takes all the room there is
  }

  setCamera({ x, y, scale }: Camera): void {
    this.#world.setAttribute("transform", `scale(${scale}) translate(${-x} ${-y})`);
    this.#root.classList.toggle("far", scale < SMALL_READABLE);
    this.#root.classList.toggle("farther", scale < READABLE);
    this.#root.classList.toggle("farthest", scale < SHORT_READABLE);
    this.#root.style.setProperty("--short", `${shortSize(scale).toFixed(1)}px`);
    this.#root.style.setProperty("--tab", (shortSize(scale) / TAB_SIZE).toFixed(2));
  }

  setTallies(tallies: Tallies): boolean {
    for (const [uuid, parts] of this.#nodes) {
      const tally = tallies.get(uuid);
      if (parts.tally?.count !== tally?.count || parts.tally?.lastAt !== tally?.lastAt) {
        parts.tally = tally;
        parts.badge?.remove();
        parts.badge = tally === undefined || tally.count === 0 ? undefined : badge(tally);
        parts.group.append(...(parts.badge === undefined ? [] : [parts.badge]));
      }
    }
    return false;
  }

  setWay(way: Way | undefined): void {
    this.#root.classList.toggle("following", way !== undefined);
    const passed = new Set([...(way?.nodes ?? [])].map(({ uuid }) => uuid));
    for (const [uuid, { group, halo }] of this.#nodes) {
      group.classList.toggle("passed", passed.has(uuid));
      halo.classList.toggle("passed", passed.has(uuid));
    }
    for (const [edge, { group, share }] of this.#edges) {
      const kind = way?.edges.get(edge);
      group.setAttribute("class", kind === undefined ? "edge" : `edge passed ${kind}`);
      share?.classList.toggle("passed", kind !== undefined);
    }
  }

  setMarks(marks: Marks): void {
    const before = this.#marks;
    this.#marks = marks;
    for (const uuid of [before.picked, before.cursor, marks.picked, marks.cursor]) {
      const group = uuid === undefined ? undefined : this.#nodes.get(uuid)?.group;
      group?.classList.toggle("picked", uuid === marks.picked);
      group?.classList.toggle("cursor", uuid === marks.cursor);
    }
  }

  recolour(): void {
    // the style sheet does
  }

  paint({ nodes, edges, comets }: Frame): void {
    for (const lit of nodes) {
      this.#light(lit);
    }
    for (const { edge, brightness } of edges) {
      this.#edges.get(edge)?.glow.setAttribute("stroke-opacity", (GLOW * brightness).toFixed(3));
    }
    for (const comet of comets) {
      this.#fly(comet);
    }
  }

  remove(): void {
    this.#root.remove();
  }

  #light({ node, brightness, size, ring }: LitNode): void {
    const parts = this.#nodes.get(node.uuid);
    if (parts === undefined) {
      return;
    }
    const opacity = brightness.toFixed(3);
    parts.halo.setAttribute("opacity", opacity);
    parts.lit.setAttribute("opacity", opacity);
    parts.lamp?.setAttribute("opacity", opacity);
    const scale = 1 + GROWTH * (brightness === 0 ? 0 : size);
    if (scale !== parts.scale) {
      parts.scale = scale;
      const x = node.x + (CARD.width / 2) * (1 - scale);
      const y = node.y + (CARD.height / 2) * (1 - scale);
      parts.group.setAttribute("transform", `translate(${x.toFixed(2)} ${y.toFixed(2)}) scale(${scale.toFixed(4)})`);
    }
    if (ring !== parts.spread) {
      parts.spread = ring;
      drawRing(parts.ring, ring);
    }
  }

  #fly(comet: Comet): void {
    const parts = this.#comets.get(comet) ?? this.#launch(comet);
    if (comet.progress === 1) {
      parts.group.remove();
      this.#comets.delete(comet);
      this.#spare.push(parts);
      return;
    }
    const line = this.#edges.get(comet.edge)?.curve;
    if (line !== undefined) {
      const t = 1 - (1 - comet.progress) ** 2;
      const { x, y } = pointAt(line, t);
      parts.head.setAttribute("cx", x.toFixed(1));
      parts.head.setAttribute("cy", y.toFixed(1));
      const start = Math.max(0, t - TAIL);
      parts.tail.setAttribute("stroke-dasharray", `0 ${start.toFixed(3)} ${(t - start).toFixed(3)} 2`);
    }
  }

  #launch(comet: Comet): CometParts {
    const parts = this.#spare.pop() ?? cometParts();
    parts.tail.setAttribute("d", path(this.#edges.get(comet.edge)?.curve ?? curve(comet.edge)));
    this.#comets.set(comet, parts);
    this.#sky.append(parts.group);
    return parts;
  }
}

function drawRing(ring: SVGElement, progress: number): void {
  const growth = 22 * (1 - (1 - progress) ** 2);
  ring.setAttribute("x", (-growth).toFixed(1));
  ring.setAttribute("y", (-growth).toFixed(1));
  ring.setAttribute("width", (CARD.width + 2 * growth).toFixed(1));
  ring.setAttribute("height", (CARD.height + 2 * growth).toFixed(1));
  ring.setAttribute("rx", (10 + growth).toFixed(1));
  ring.setAttribute("stroke-opacity", (0.9 * (1 - progress)).toFixed(3));
}

function definitions(): SVGDefsElement {
  return svg(
    "defs",
    {},
    svg(
      "radialGradient",
      { id: "sun" },
      svg("stop", { class: "sun-core", offset: 0.25 }),
      svg("stop", { class: "sun-edge", offset: 1 }),
    ),
    svg(
      "marker",
      {
        id: "tip",
        viewBox: "0 0 8 8",
        refX: 5,
        refY: 4,
        markerUnits: "userSpaceOnUse",
        markerWidth: 11,
        markerHeight: 11,
        orient: "auto",
      },
      svg("path", { d: "M1 1.2 6 4 1 6.8", class: "tip" }),
    ),
  );
}

function nodeParts(node: GraphNode, names: EventNames): NodeParts {
  const isSilent = node.eventId === undefined;
  const card = { width: CARD.width, height: CARD.height, rx: 10 };
  const ring = svg("rect", { ...card, class: "node-ring", "data-ring": "", "stroke-opacity": 0 });
  const lit = svg("rect", { ...card, class: "node-lit", "data-lit": "", opacity: 0 });
  const lamp = isSilent
    ? undefined
    : svg("circle", { class: "lamp-lit", "data-lamp": "", cx: 17, cy: 21, r: 5.4, opacity: 0 });
  const mark = { x: -5, y: -5, width: CARD.width + 10, height: CARD.height + 10, rx: 14 };
  const group = svg(
    "g",
    {
      class: isSilent ? "node silent" : "node",
      "data-node": node.id,
      "data-uuid": node.uuid,
      transform: `translate(${node.x} ${node.y})`,
    },
    ring,
    svg("rect", { ...mark, class: "node-mark" }),
    svg("rect", { ...card, class: "node-card" }),
    lit,
    ...(lamp === undefined ? [] : [svg("circle", { class: "lamp", cx: 17, cy: 21, r: 4.2 }), lamp]),
    svg("text", { class: "node-label", x: isSilent ? 13 : 29, y: 25 }, clip(node.label, isSilent ? 19 : 17)),
    svg("text", { class: "node-short" }, ...shortName(node.label)),
    svg("text", { class: "node-event", x: 13, y: 43 }, clip(names.brief(node), 23)),
  );
  const halo = svg("ellipse", {
    "data-halo": node.id,
    cx: node.x + CARD.width / 2,
    cy: node.y + CARD.height / 2,
    rx: CARD.width * 0.86,
    ry: CARD.height * 1.5,
    fill: "url(#sun)",
    opacity: 0,
  });
  return { group, halo, lit, ring, lamp, scale: 1, spread: 1, badge: undefined, tally: undefined };
}

function shortName(label: string): SVGElement[] {
  const lines = inLines(label);
  return lines.map((line, i) => {
    const dy = `${(0.35 + 1.08 * (i - (lines.length - 1) / 2)).toFixed(2)}em`;
    return svg("tspan", { x: CARD.width / 2, y: CARD.height / 2, dy }, line);
  });
}

function edgeParts(edge: GraphEdge): EdgeParts {
  const line = curve(edge);
  const width = 1 + 2.4 * edge.probability;
  const glow = svg("path", {
    d: path(line),
    class: "edge-glow",
    "data-edge": edge.uuid,
    "stroke-width": width + 1.5,
    "stroke-opacity": 0,
  });
  const group = svg(
    "g",
    { class: "edge" },
    svg("path", { d: path(line), class: "edge-line", "stroke-width": width, "marker-end": "url(#tip)" }),
    svg("path", { d: path(line), class: "edge-way", "stroke-width": width + 1.5 }),
    glow,
  );
  return { curve: line, group, glow, share: edge.probability > 0 ? share(line, edge.probability) : undefined };
}

function share(line: Curve, probability: number): SVGElement {
  const { x, y } = pointAt(line, 0.5);
  return svg("text", { class: "edge-share", x, y, dy: "0.32em" }, `${Math.round(100 * probability)}%`);
}

function cometParts(): CometParts {
  const tail = svg("path", { class: "comet-tail", pathLength: 1 });
  const head = svg("circle", { class: "comet-head", r: 3.4 });
  return { group: svg("g", {}, tail, head), head, tail };
}

/** A tab on the card's upper edge: when the last one came, and how many. */
function badge({ count, lastAt }: NodeTally): SVGGElement {
  const text = compact(count);
  const [time, number] = [54, 7.2 * text.length];
  const width = 11 + time + number + 11;
  const x = CARD.width - 10 - width;
  const full = svg(
    "g",
    { class: "node-tab-full" },
    svg("rect", { class: "node-tab", x, y: -10, width, height: 20, rx: 10 }),
    svg("text", { class: "node-last", x: x + 11, y: 0.5, dy: "0.35em" }, clock(lastAt)),
    svg("text", { class: "node-count", x: x + width - 10, y: 0.5, dy: "0.35em" }, text),
  );
  const short = svg(
    "g",
    { class: "node-tab-short" },
    svg("rect", { class: "node-tab", x: -number - 16, y: -9, width: number + 16, height: 18, rx: 9 }),
    svg("text", { class: "node-few", x: -8, y: 0.5, dy: "0.35em" }, text),
  );
  return svg("g", {}, full, short);
}
