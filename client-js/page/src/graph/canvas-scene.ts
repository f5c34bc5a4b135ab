import type { Graph } from "@heliograph/client/graph";
import { type Camera, inSight } from "./camera.ts";
import type { Size } from "./geometry.ts";
import { Ground } from "./ground.ts";
import { type Inks, inksOf } from "./inks.ts";
import { Layer } from "./layer.ts";
import type { Tallies } from "./light.ts";
import type { EventNames } from "./names.ts";
import type { Frame, Marks, Scene, Way } from "./scene.ts";
import { Shine, showsCounts } from "./shine.ts";

/** What takes longer than this to draw is only shifted while it is moved, and drawn when it rests. */
const DEAR_MS = 8;
const REST_MS = 120;

/** Draws a graph of thousands of nodes: one canvas for what stands still, one over it for what is alight. */
export class CanvasScene implements Scene {
  readonly #host: HTMLElement;
  readonly #shineLayer: Layer;
  readonly #groundLayer: Layer;
  readonly #ground: Ground;
  readonly #shine: Shine;
  #inks: Inks;
  #size: Size = { width: 1, height: 1 };
  #camera: Camera = { x: 0, y: 0, scale: 1 };
  /** Where the ground is seen from, drawn or only shifted, and where it was drawn for; undefined: it must be drawn. */
  #laidFrom: Camera | undefined;
  #drawnFrom: Camera | undefined;
  #drawMs = 0;
  #resting: ReturnType<typeof setTimeout> | undefined;
  #tallies: Tallies = new Map();
  #marks: Marks = { picked: undefined, cursor: undefined };
  #way: Way | undefined;

  constructor(host: HTMLElement, graph: Graph, names: EventNames) {
    this.#host = host;
    this.#shineLayer = new Layer(host);
    this.#groundLayer = new Layer(host);
    this.#ground = new Ground(graph, names);
    this.#shine = new Shine(graph, (edge) => this.#ground.curve(edge));
    this.#inks = inksOf(host);
  }

  setSize(size: Size, ratio: number): void {
    this.#size = size;
    this.#groundLayer.setSize(size, ratio);
    this.#shineLayer.setSize(size, ratio);
    this.#drawnFrom = undefined;
  }

  setCamera(camera: Camera): void {
    this.#camera = camera;
  }

  setTallies(tallies: Tallies): boolean {
    this.#tallies = tallies;
    return showsCounts(this.#camera);
  }

  setWay(way: Way | undefined): void {
    this.#way = way;
    this.#drawnFrom = undefined;
  }

  setMarks(marks: Marks): void {
    this.#marks = marks;
  }

  recolour(): void {
    this.#inks = inksOf(this.#host);
    this.#drawnFrom = undefined;
  }

  paint(frame: Frame): void {
    this.#lay();
    const { scale } = this.#camera;
    const pen = this.#shine.draw(this.#shineLayer, this.#camera, this.#inks, frame);
    this.#shine.mark(pen, this.#marks, scale, this.#inks);
    if (showsCounts(this.#camera)) {
      this.#shine.count(pen, this.#tallies, inSight(this.#camera, this.#size), scale, this.#inks);
    }
  }

  remove(): void {
    clearTimeout(this.#resting);
    this.#groundLayer.element.remove();
    this.#shineLayer.element.remove();
  }

  #lay(): void {
    if (this.#drawnFrom !== undefined && this.#laidFrom === this.#camera) {
      return;
    }
    this.#laidFrom = this.#camera;
    clearTimeout(this.#resting);
    if (this.#drawnFrom === undefined || this.#drawMs < DEAR_MS) {
      this.#drawGround();
    } else {
      this.#shift(this.#drawnFrom);
      this.#resting = setTimeout(() => this.#drawGround(), REST_MS);
    }
  }

  #drawGround(): void {
    const from = performance.now();
    const view = inSight(this.#camera, this.#size);
    this.#ground.draw(this.#groundLayer, this.#camera, view, this.#inks, this.#way);
    this.#groundLayer.element.style.transform = "";
    this.#drawnFrom = this.#camera;
    this.#drawMs = performance.now() - from;
  }

  #shift(drawnFrom: Camera): void {
    const { x, y, scale } = this.#camera;
    const [left, top] = [(drawnFrom.x - x) * scale, (drawnFrom.y - y) * scale];
    this.#groundLayer.element.style.transform = `translate(${left}px, ${top}px) scale(${scale / drawnFrom.scale})`;
  }
}
