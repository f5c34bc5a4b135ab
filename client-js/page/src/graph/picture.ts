import type { Graph, GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import { Animator, type AnimatorEnvironment } from "./animator.ts";
import { type Camera, fit, inSight, pan, reveal, toGraph, zoom } from "./camera.ts";
import { CanvasScene } from "./canvas-scene.ts";
import { bounds, CARD, nodeAt, type Point, type Rect, type Size } from "./geometry.ts";
import type { Gestured } from "./gestures.ts";
import type { Light, Tallies } from "./light.ts";
import type { EventNames } from "./names.ts";
import { type Direction, neighbour } from "./neighbours.ts";
import { type Scene, wayOf } from "./scene.ts";
import { SvgScene } from "./svg-scene.ts";

/** Beyond this an element for each node is too dear to light a thousand times a second. */
const ELEMENTS_MAX = { nodes: 60, edges: 180 };

/** Where the buttons are, below; nothing is put under them where there is a choice. */
const FOOT_PX = 56;

/** What the picture tells of what the user does in it. */
export interface PictureListener {
  onPick(uuid: string | undefined): void;
  /** The keyboard has moved to a node. */
  onCursor(node: GraphNode): void;
  onHover(node: GraphNode | undefined, at: Point): void;
}

/** A graph on the screen: where it is looked at from, what in it is picked, and its light. */
export class Picture implements Gestured {
  readonly #graph: Graph;
  readonly #bounds: Rect;
  readonly #scene: Scene;
  readonly #animator: Animator;
  readonly #listener: PictureListener;
  readonly #byUuid: ReadonlyMap<string, GraphNode>;
  #size: Size = { width: 1, height: 1 };
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  /** Nobody has looked elsewhere. */
  #isFitted = true;
  #picked: string | undefined;
  #cursor: GraphNode | undefined;

  constructor(
    host: HTMLElement,
    graph: Graph,
    names: EventNames,
    environment: AnimatorEnvironment,
    listener: PictureListener,
  ) {
    const isSmall = graph.nodes.length <= ELEMENTS_MAX.nodes && graph.edges.length <= ELEMENTS_MAX.edges;
    this.#graph = graph;
    this.#bounds = bounds(graph);
    this.#scene = isSmall ? new SvgScene(host, graph, names) : new CanvasScene(host, graph, names);
    this.#animator = new Animator(graph, this.#scene, environment);
    this.#listener = listener;
    this.#byUuid = new Map(graph.nodes.map((node) => [node.uuid, node]));
  }

  get light(): Light {
    return this.#animator;
  }

  get meter(): Animator["meter"] {
    return this.#animator.meter;
  }

  get cursor(): GraphNode | undefined {
    return this.#cursor;
  }

  setSize(size: Size, ratio: number): void {
    const [dx, dy] = [(size.width - this.#size.width) / 2, (size.height - this.#size.height) / 2];
    this.#size = size;
    this.#scene.setSize(size, ratio);
    this.#look(this.#isFitted ? this.#fitted() : pan(this.#camera, { x: dx, y: dy }, this.#bounds, size));
  }

  setTallies(tallies: Tallies): void {
    const from = performance.now();
    if (this.#scene.setTallies(tallies)) {
      this.#animator.refresh();
    }
    this.meter.spent(performance.now() - from);
  }

  setPath(path: readonly Leg[] | undefined): void {
    this.#scene.setWay(path === undefined ? undefined : wayOf(path));
    this.#animator.refresh();
  }

  /** Also from elsewhere, so that it may be out of sight. */
  setPicked(uuid: string | undefined): void {
    const node = uuid === undefined ? undefined : this.#byUuid.get(uuid);
    this.#picked = uuid;
    this.#cursor = node ?? this.#cursor;
    this.#mark();
    if (node !== undefined) {
      this.#reveal(node);
    }
  }

  recolour(): void {
    this.#scene.recolour();
    this.#animator.redraw();
  }

  pan(by: Point): void {
    this.#isFitted = false;
    this.#look(pan(this.#camera, by, this.#bounds, this.#size));
  }

  zoom(factor: number, at: Point = { x: this.#size.width / 2, y: this.#size.height / 2 }): void {
    this.#isFitted = false;
    this.#look(zoom(this.#camera, factor, at, this.#bounds, this.#size));
  }

  fit(): void {
    this.#isFitted = true;
    this.#look(this.#fitted());
  }

  pick(at: Point): void {
    const node = nodeAt(this.#graph, toGraph(this.#camera, at));
    this.#cursor = node ?? this.#cursor;
    this.#listener.onPick(node?.uuid);
  }

  hover(at: Point | undefined): void {
    const node = at === undefined ? undefined : nodeAt(this.#graph, toGraph(this.#camera, at));
    this.#listener.onHover(node, at ?? { x: 0, y: 0 });
  }

  /** To the neighbour in that direction, or for a start to the first node. */
  step(direction: Direction): void {
    const to = this.#cursor === undefined ? this.#first() : neighbour(this.#graph, this.#cursor, direction);
    if (to !== undefined) {
      this.#cursor = to;
      this.#mark();
      this.#reveal(to);
      this.#listener.onCursor(to);
    }
  }

  pickCursor(): void {
    if (this.#cursor !== undefined) {
      this.#listener.onPick(this.#cursor.uuid);
    }
  }

  /** Nothing is picked any more, and the keyboard is nowhere; false if that was so before. */
  leave(): boolean {
    const wasThere = this.#picked !== undefined || this.#cursor !== undefined;
    this.#cursor = undefined;
    this.#listener.onPick(undefined);
    this.#mark();
    return wasThere;
  }

  remove(): void {
    this.#animator.stop();
    this.#scene.remove();
  }

  #reveal({ x, y }: GraphNode): void {
    const camera = reveal(this.#camera, { x, y, ...CARD }, this.#size);
    if (camera !== this.#camera) {
      this.#isFitted = false;
      this.#look(camera);
    }
  }

  #fitted(): Camera {
    const { width, height } = this.#size;
    return fit(this.#bounds, { width, height: Math.max(height / 2, height - FOOT_PX) });
  }

  #first(): GraphNode | undefined {
    const [first] = this.#graph.nodes;
    return this.#graph.nodes.reduce((best, node) => (node.x < (best?.x ?? 0) ? node : best), first);
  }

  #mark(): void {
    this.#scene.setMarks({ picked: this.#picked, cursor: this.#cursor?.uuid });
    this.#animator.redraw();
  }

  #look(camera: Camera): void {
    this.#camera = camera;
    this.#scene.setCamera(camera);
    this.#animator.setView(inSight(camera, this.#size));
  }
}
