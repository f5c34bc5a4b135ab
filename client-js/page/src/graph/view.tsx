import type { EventDefinition, Graph, GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { count } from "../ui/format.ts";
import type { AnimatorEnvironment } from "./animator.ts";
import type { Point } from "./geometry.ts";
import { listenToPointers } from "./gestures.ts";
import "./graph.css";
import type { Light, NodeTally } from "./light.ts";
import { clock, EventNames } from "./names.ts";
import { Picture } from "./picture.ts";

const STEP = 1.4;

export interface GraphViewProps {
  readonly graph: Graph;
  readonly definitions: readonly EventDefinition[];
  /** By node uuid. */
  readonly tallies: ReadonlySignal<ReadonlyMap<string, NodeTally>>;
  /** Where to tell of events; undefined: there is no picture any more. */
  readonly onLight: (light: Light | undefined) => void;
  /** In which a node's brightness halves: 200 to 3,000. */
  readonly halfLifeMs: ReadonlySignal<number>;
  /** The whole way of the trace that is followed; undefined: none is. */
  readonly path: ReadonlySignal<readonly Leg[] | undefined>;
  /** The uuid of the node that is picked. */
  readonly selected: Signal<string | undefined>;
}

interface Hovered {
  readonly node: GraphNode;
  readonly at: Point;
  /** There is more room on its left than on its right, and above than below. */
  readonly isRight: boolean;
  readonly isLow: boolean;
}

/** The graph as a picture that can be moved and walked by keys; what it says is also in the table of nodes. */
export function GraphView(props: GraphViewProps) {
  const { graph, definitions, tallies, selected } = props;
  const host = useRef<HTMLDivElement>(null);
  const latest = useRef(props);
  latest.current = props;
  const [picture, setPicture] = useState<Picture>();
  const [hovered, setHovered] = useState<Hovered>();
  const [said, setSaid] = useState("");

  useLayoutEffect(() => {
    const element = host.current as HTMLDivElement;
    const names = new EventNames(definitions);
    const describe = (node: GraphNode): string => description(node, names, latest.current.tallies.peek());
    const shown = new Picture(element, graph, names, environment(latest), {
      onPick: (uuid) => {
        latest.current.selected.value = uuid;
      },
      onCursor: (node) => setSaid(`${describe(node)}. Enter picks it.`),
      onHover: (node, at) => {
        const [isRight, isLow] = [at.x > element.clientWidth / 2, at.y > element.clientHeight / 2];
        setHovered(node === undefined ? undefined : { node, at, isRight, isLow });
      },
    });
    const offs = [
      keepSize(element, shown),
      keepColours(shown),
      listenToPointers(element, shown),
      latest.current.tallies.subscribe((next) => shown.setTallies(next)),
      latest.current.path.subscribe((next) => shown.setPath(next)),
      latest.current.selected.subscribe((uuid) => {
        shown.setPicked(uuid);
        const node = graph.nodes.find((one) => one.uuid === uuid);
        setSaid(node === undefined ? "" : `Picked: ${describe(node)}.`);
      }),
    ];
    shown.meter.publish(window);
    latest.current.onLight(shown.light);
    setPicture(shown);
    return () => {
      latest.current.onLight(undefined);
      for (const off of offs) off();
      shown.remove();
      setHovered(undefined);
    };
  }, [graph, definitions]);

  useEffect(() => {
    if (selected.peek() !== undefined && graph.nodes.every(({ uuid }) => uuid !== selected.peek())) {
      selected.value = undefined; // it was of another graph
    }
  }, [graph, selected]);

  return (
    <div class="graph-frame">
      <div
        ref={host}
        class="graph"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: an application is walked by keys
        tabIndex={0}
        aria-label={`Graph of ${count(graph.nodes.length)} nodes. Arrow keys walk it, Enter picks a node, plus, minus and zero zoom. The tab “Nodes” has it as a table.`}
        onKeyDown={(event) => picture !== undefined && onKey(event, picture)}
      />
      <fieldset class="graph-zoom" aria-label="Zoom">
        <button type="button" aria-label="Closer" title="Closer (+)" onClick={() => picture?.zoom(STEP)}>
          <Icon d="M8 3v10M3 8h10" />
        </button>
        <button type="button" aria-label="Farther" title="Farther (−)" onClick={() => picture?.zoom(1 / STEP)}>
          <Icon d="M3 8h10" />
        </button>
        <button type="button" aria-label="Show all" title="Show all (0)" onClick={() => picture?.fit()}>
          <Icon d="M3 6V3h3M10 3h3v3M13 10v3h-3M6 13H3v-3" />
        </button>
      </fieldset>
      {hovered === undefined ? null : <Tip hovered={hovered} definitions={definitions} tallies={tallies} />}
      <p class="hidden" aria-live="polite">
        {said}
      </p>
    </div>
  );
}

interface TipProps extends Pick<GraphViewProps, "definitions" | "tallies"> {
  readonly hovered: Hovered;
}

/** What a card has no room for, beside the pointer. */
function Tip({ hovered: { node, at, isRight, isLow }, definitions, tallies }: TipProps) {
  const tally = tallies.value.get(node.uuid);
  const side = `graph-tip${isRight ? " right" : ""}${isLow ? " low" : ""}`;
  return (
    <div class={side} aria-hidden="true" style={{ left: `${at.x}px`, top: `${at.y}px` }}>
      <strong>{node.label}</strong>
      <span class="mono">{new EventNames(definitions).full(node)}</span>
      <span>{tally === undefined ? "nothing yet" : `${count(tally.count)} events, last ${clock(tally.lastAt)}`}</span>
    </div>
  );
}

function Icon({ d }: { readonly d: string }) {
  return (
    <svg viewBox="0 0 16 16" aria-hidden="true">
      <path d={d} />
    </svg>
  );
}

const DIRECTIONS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" } as const;

function onKey(event: KeyboardEvent, picture: Picture): void {
  if (!event.ctrlKey && !event.metaKey && !event.altKey && press(event.key, picture)) {
    event.preventDefault();
    event.stopPropagation();
  }
}

/** Whether the key means something here. */
function press(key: string, picture: Picture): boolean {
  switch (key) {
    case "ArrowLeft":
    case "ArrowRight":
    case "ArrowUp":
    case "ArrowDown":
      picture.step(DIRECTIONS[key]);
      return true;
    case "+":
    case "=":
      picture.zoom(STEP);
      return true;
    case "-":
      picture.zoom(1 / STEP);
      return true;
    case "0":
      picture.fit();
      return true;
    case "Enter":
      picture.pickCursor();
      return true;
    case "Escape":
      return picture.leave();
    default:
      return false;
  }
}

function description(node: GraphNode, names: EventNames, tallies: ReadonlyMap<string, NodeTally>): string {
  const tally = tallies.get(node.uuid);
  const seen = tally === undefined ? "nothing yet" : `${count(tally.count)} events, last ${clock(tally.lastAt)}`;
  return `${node.label}, ${names.full(node)}, ${seen}`;
}

function environment(latest: { readonly current: GraphViewProps }): AnimatorEnvironment {
  const motion = matchMedia("(prefers-reduced-motion: reduce)");
  return {
    now: () => performance.now(),
    onFrame: (task) => {
      const id = requestAnimationFrame(task);
      return () => cancelAnimationFrame(id);
    },
    after: (task, delayMs) => {
      const id = setTimeout(task, delayMs);
      return () => clearTimeout(id);
    },
    still: () => motion.matches,
    halfLifeMs: () => latest.current.halfLifeMs.peek(),
  };
}

function keepSize(element: HTMLElement, picture: Picture): () => void {
  const measure = (): void =>
    picture.setSize({ width: element.clientWidth || 1, height: element.clientHeight || 1 }, devicePixelRatio);
  const observer = new ResizeObserver(measure);
  observer.observe(element);
  measure();
  return () => observer.disconnect();
}

/** Light, dark or forced colours: as the system has it, or as the page is told. */
function keepColours(picture: Picture): () => void {
  const ending = new AbortController();
  for (const query of ["(prefers-color-scheme: dark)", "(forced-colors: active)"]) {
    matchMedia(query).addEventListener("change", () => picture.recolour(), { signal: ending.signal });
  }
  const observer = new MutationObserver(() => picture.recolour());
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["class", "style", "data-theme"] });
  return () => {
    ending.abort();
    observer.disconnect();
  };
}
