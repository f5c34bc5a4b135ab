import type { EventDefinition, Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import { compact } from "../ui/format.ts";
import { Animator, type NodeParts } from "./animator.ts";
import "./graph.css";
import { CARD, curve, path, pointAt, viewBox } from "./geometry.ts";
import type { Light, NodeTally } from "./light.ts";

const MOTION = "(prefers-reduced-motion: reduce)";

export interface GraphViewProps {
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
  readonly tallies: ReadonlySignal<ReadonlyMap<string, NodeTally>>;
  readonly onLight: (light: Light | undefined) => void;
  readonly halfLifeMs: ReadonlySignal<number>;
  readonly path: ReadonlySignal<readonly Leg[] | undefined>;
  readonly selected: Signal<string | undefined>;
}

/** The graph as a picture; what it says is also in the table of nodes. */
export function GraphView({ graph, definitions, tallies, onLight, selected }: GraphViewProps) {
  const svg = useRef<SVGSVGElement>(null);
  useEffect(() => {
    if (svg.current !== null) {
      const animator = animate(svg.current, graph);
      onLight({
        onSighting: (nodes, legs) =>
          animator.onSighting(
            nodes,
            legs.filter(({ kind }) => kind !== "ambiguous").flatMap(({ edges }) => edges),
          ),
      });
    }
    return () => onLight(undefined);
  }, [graph, onLight]);
  const { x, y, width, height } = viewBox(graph);
  return (
    <svg
      ref={svg}
      class="graph"
      role="img"
      aria-label={`Graph of ${graph.nodes.length} nodes. The tab “Nodes” has it as a table.`}
      viewBox={`${x} ${y} ${width} ${height}`}
      preserveAspectRatio="xMidYMid meet"
    >
      <defs>
        <radialGradient id="sun">
          <stop class="sun-core" offset="0.25" />
          <stop class="sun-edge" offset="1" />
        </radialGradient>
        <marker
          id="tip"
          viewBox="0 0 8 8"
          refX="5"
          refY="4"
          markerUnits="userSpaceOnUse"
          markerWidth="11"
          markerHeight="11"
          orient="auto"
        >
          <path d="M1 1.2 6 4 1 6.8" class="tip" />
        </marker>
      </defs>
      <g>
        {graph.nodes.map((node) => (
          <ellipse
            key={node.uuid}
            data-halo={node.id}
            cx={node.x + CARD.width / 2}
            cy={node.y + CARD.height / 2}
            rx={CARD.width * 0.86}
            ry={CARD.height * 1.5}
            fill="url(#sun)"
            opacity="0"
          />
        ))}
      </g>
      <g>
        {graph.edges.map((edge) => (
          <EdgeLine key={edge.uuid} edge={edge} />
        ))}
      </g>
      <g data-sky="" class="sky" />
      <g>
        {graph.edges.map((edge) => (
          <EdgeShare key={edge.uuid} edge={edge} />
        ))}
      </g>
      <g>
        {graph.nodes.map((node) => (
          <NodeCard key={node.uuid} node={node} definitions={definitions} tallies={tallies} selected={selected} />
        ))}
      </g>
    </svg>
  );
}

function EdgeLine({ edge }: { readonly edge: GraphEdge }) {
  const line = curve(edge);
  const width = 1 + 2.4 * edge.probability;
  return (
    <g class="edge">
      <path d={path(line)} class="edge-line" stroke-width={width} marker-end="url(#tip)" />
      <path d={path(line)} class="edge-glow" data-edge={edge.uuid} stroke-width={width + 1.5} stroke-opacity="0" />
    </g>
  );
}

function EdgeShare({ edge }: { readonly edge: GraphEdge }) {
  const { x, y } = pointAt(curve(edge), 0.5);
  return (
    <text class="edge-share" x={x} y={y} dy="0.32em">
      {Math.round(100 * edge.probability)}%
    </text>
  );
}

function NodeCard({
  node,
  definitions,
  tallies,
  selected,
}: { readonly node: GraphNode } & Pick<GraphViewProps, "definitions" | "tallies" | "selected">) {
  const name = useMemo(() => eventName(node, definitions), [node, definitions]);
  const seen = tallies.value.get(node.uuid)?.count ?? 0;
  const picked = selected.value === node.uuid;
  const silent = node.eventId === undefined;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the table of nodes does the same by keyboard
    <g
      class={`node${silent ? " silent" : ""}${picked ? " picked" : ""}`}
      data-node={node.id}
      data-uuid={node.uuid}
      onClick={() => (selected.value = picked ? undefined : node.uuid)}
      transform={`translate(${node.x} ${node.y})`}
    >
      <rect class="node-ring" data-ring="" width={CARD.width} height={CARD.height} rx="10" stroke-opacity="0" />
      <rect class="node-card" width={CARD.width} height={CARD.height} rx="10" />
      <rect class="node-lit" data-lit="" width={CARD.width} height={CARD.height} rx="10" opacity="0" />
      {silent ? null : <circle class="lamp" cx="17" cy="21" r="4.2" />}
      {silent ? null : <circle class="lamp-lit" data-lamp="" cx="17" cy="21" r="5.4" opacity="0" />}
      <text class="node-label" x={silent ? 13 : 29} y="25">
        {clip(node.label, 15)}
      </text>
      <text class="node-event" x="13" y="43">
        {clip(name ?? "no event", 25)}
      </text>
      {seen > 0 ? <Count text={compact(seen)} /> : null}
    </g>
  );
}

/** A tab on the card's upper edge, as wide as its number. */
function Count({ text }: { readonly text: string }) {
  const width = 16 + 7.4 * text.length;
  const x = CARD.width - 12 - width;
  return (
    <g>
      <rect class="node-tab" x={x} y="-10" width={width} height="20" rx="10" />
      <text class="node-count" x={x + width / 2} y="0.5" dy="0.35em">
        {text}
      </text>
    </g>
  );
}

/** The provider's name, and what tells this node from others of that name. */
function eventName(node: GraphNode, definitions: readonly EventDefinition[]): string | undefined {
  const definition = definitions.find(({ id }) => id === node.eventId);
  const name = definition?.providerNames.get("segment") ?? node.eventId;
  const [filter] = definition?.filters ?? [];
  return filter === undefined ? name : `${filter.property} ${filter.operator} ${filter.values.join(", ")}`;
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length - 1)}…` : text;
}

function animate(svg: SVGSVGElement, graph: Graph): Animator {
  const motion = matchMedia(MOTION);
  const animator = new Animator(svg.querySelector("[data-sky]") as SVGGElement, {
    now: () => performance.now(),
    onFrame: (task) => void requestAnimationFrame(task),
    after: (task, delayMs) => void setTimeout(task, delayMs),
    still: () => motion.matches,
  });
  for (const node of graph.nodes) {
    const parts = nodeParts(svg, node.id);
    if (parts !== undefined) {
      animator.addNode(node, parts);
    }
  }
  animator.addEdges(graph, ({ uuid }) => svg.querySelector<SVGElement>(`[data-edge="${CSS.escape(uuid)}"]`));
  return animator;
}

function nodeParts(svg: SVGSVGElement, id: string): NodeParts | undefined {
  const group = svg.querySelector<SVGGElement>(`[data-node="${CSS.escape(id)}"]`);
  const halo = svg.querySelector<SVGElement>(`[data-halo="${CSS.escape(id)}"]`);
  const lit = group?.querySelector<SVGElement>("[data-lit]");
  const ring = group?.querySelector<SVGElement>("[data-ring]");
  if (group == null || halo == null || lit == null || ring == null) {
    return undefined;
  }
  return { group, halo, lit, ring, lamp: group.querySelector<SVGElement>("[data-lamp]") };
}
