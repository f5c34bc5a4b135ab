import type { Graph, GraphEdge, GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import { delays } from "./batch.ts";
import { isIn, type Rect } from "./geometry.ts";
import type { Light } from "./light.ts";
import { FlashLimiter } from "./limiter.ts";
import { Meter } from "./meter.ts";
import { Pulse } from "./pulse.ts";
import type { Comet, LitEdge, LitNode, Scene } from "./scene.ts";

const RING_MS = 500;
/** A ring starts anew at most twice a second, so that nothing flashes faster than three times (WCAG 2.3.1). */
const RING_RESTART_MS = 500;
const COMET_MS = 520;
/** On a way of several edges the next comet starts before the last one has arrived, for they slow down. */
const HOP_MS = 300;
/** More than this at once are left out; the edge glows all the same. */
const COMETS_MAX = 100;
const STILL_STEP_MS = 250;
/** One of several ways is a guess: it only gleams, and nothing travels on it. */
const GUESS_WEIGHT = 0.3;
/** Of more edges than this it is no guess any more. */
const GUESS_EDGES_MAX = 64;
/** A sighting that waited longer for a frame than this is over. */
const STALE_MS = 1_000;
const WAITING_MAX = 4_096;

interface Sighting {
  readonly nodes: readonly GraphNode[];
  readonly legs: readonly Leg[];
  readonly occurredAt: number | undefined;
  readonly at: number;
}

/** What is to be lit when its time comes. */
interface Spark {
  readonly at: number;
  readonly node?: GraphNode;
  readonly edge?: GraphEdge;
  readonly isGuess?: boolean;
}

export interface AnimatorEnvironment {
  /** Of a steady clock. */
  readonly now: () => number;
  /** Asks for one frame; returns its own off. */
  readonly onFrame: (task: () => void) => () => void;
  readonly after: (task: () => void, delayMs: number) => () => void;
  /** The user asked for less motion. */
  readonly still: () => boolean;
  readonly halfLifeMs: () => number;
}

/**
 * Decides how bright each node and edge is and where comets fly, and has the scene draw what is alight. Runs only while something
 * is; with less motion asked for it steps four times a second and nothing moves.
 */
export class Animator implements Light {
  readonly meter: Meter = new Meter();
  readonly #scene: Scene;
  readonly #environment: AnimatorEnvironment;
  readonly #nodes = new Map<string, LitNode>();
  readonly #edges = new Map<GraphEdge, LitEdge>();
  readonly #activeNodes = new Set<LitNode>();
  readonly #activeEdges = new Set<LitEdge>();
  readonly #comets = new Set<Comet>();
  readonly #limiter = new FlashLimiter();
  #waiting: Sighting[] = [];
  #sparks: Spark[] = [];
  #inView = 0;
  #cancel: (() => void) | undefined;
  #isStep = false;
  /** In this frame, for asking is dear. */
  #isStill = false;

  constructor(graph: Graph, scene: Scene, environment: AnimatorEnvironment) {
    this.#scene = scene;
    this.#environment = environment;
    for (const node of graph.nodes) {
      const pulse = new Pulse(environment.halfLifeMs);
      const dark = { brightness: 0, size: 0, ring: 1, ringAt: Number.NEGATIVE_INFINITY, inView: true };
      this.#nodes.set(node.uuid, { node, pulse, ...dark });
    }
    for (const edge of graph.edges) {
      this.#edges.set(edge, { edge, pulse: new Pulse(environment.halfLifeMs), brightness: 0 });
    }
    this.#inView = graph.nodes.length;
  }

  get active(): boolean {
    return this.#cancel !== undefined;
  }

  onSighting(nodes: readonly GraphNode[], legs: readonly Leg[], occurredAt?: number): void {
    const at = this.#environment.now();
    if (this.#waiting.length >= WAITING_MAX) {
      this.meter.dropped++;
      return;
    }
    this.#waiting.push({ nodes, legs, occurredAt, at });
    this.#run();
    this.meter.spent(this.#environment.now() - at);
  }

  /** What can be seen, in the graph's units: only that is drawn, and only that can flash. */
  setView(view: Rect): void {
    this.#inView = 0;
    for (const lit of this.#nodes.values()) {
      lit.inView = isIn(lit.node, view);
      this.#inView += lit.inView ? 1 : 0;
    }
    this.redraw();
  }

  /** Draws once, lit or not, with the next frame or step. */
  refresh(): void {
    this.#run();
  }

  /** Draws once, lit or not, and does not wait for the next step: for what the user moves. */
  redraw(): void {
    if (this.#isStep) {
      this.stop();
    }
    this.#run(false);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #run(mayStep = true): void {
    if (this.#cancel === undefined) {
      const inSteps = mayStep && this.#isLit() && this.#environment.still();
      const task = (): void => {
        this.#cancel = undefined;
        this.#step();
      };
      const { after, onFrame } = this.#environment;
      this.#isStep = inSteps;
      this.#cancel = inSteps ? after(task, STILL_STEP_MS) : onFrame(task);
    }
  }

  #isLit(): boolean {
    return this.#activeNodes.size + this.#activeEdges.size + this.#comets.size + this.#sparks.length > 0;
  }

  #step(): void {
    const now = this.#environment.now();
    this.#isStill = this.#environment.still();
    this.#spread(now);
    this.#strike(now);
    this.#shine(now);
    this.#fly(now);
    this.#scene.paint({ nodes: this.#activeNodes, edges: this.#activeEdges, comets: this.#comets });
    this.#forget();
    if (this.#isLit()) {
      this.#run();
    }
    this.meter.frame(this.#environment.now() - now);
  }

  /** Gives each sighting since the last frame its moment. */
  #spread(now: number): void {
    const batch = this.#waiting.filter(({ at }) => now - at <= STALE_MS);
    this.meter.dropped += this.#waiting.length - batch.length;
    this.#waiting = [];
    const isStill = this.#isStill;
    const wait = isStill ? [] : delays(batch.map(({ occurredAt }) => occurredAt));
    batch.forEach(({ nodes, legs }, i) => {
      const at = now + (wait[i] ?? 0);
      for (const node of nodes) {
        this.#sparks.push({ at, node });
      }
      for (const { kind, edges } of legs) {
        const isGuess = kind === "ambiguous";
        if (isGuess && edges.length > GUESS_EDGES_MAX) {
          continue;
        }
        edges.forEach((edge, hop) => {
          this.#sparks.push({ at: at + (isGuess || isStill ? 0 : hop * HOP_MS), edge, isGuess });
        });
      }
    });
  }

  #strike(now: number): void {
    const later: Spark[] = [];
    for (const spark of this.#sparks) {
      if (spark.at > now) {
        later.push(spark);
      } else if (spark.node !== undefined) {
        this.#light(this.#nodes.get(spark.node.uuid), now);
      } else if (spark.edge !== undefined) {
        this.#travel(this.#edges.get(spark.edge), spark.isGuess === true, now);
      }
    }
    this.#sparks = later;
  }

  #light(lit: LitNode | undefined, now: number): void {
    if (lit !== undefined) {
      lit.pulse.hit(now);
      lit.ringAt = now - lit.ringAt > RING_RESTART_MS ? now : lit.ringAt;
      this.#activeNodes.add(lit);
      this.meter.pulses++;
    }
  }

  #travel(lit: LitEdge | undefined, isGuess: boolean, now: number): void {
    if (lit !== undefined) {
      lit.pulse.hit(now, isGuess ? GUESS_WEIGHT : 1);
      this.#activeEdges.add(lit);
      if (!isGuess && !this.#isStill && this.#comets.size < COMETS_MAX) {
        this.#comets.add({ edge: lit.edge, startedAt: now, progress: 0 });
      }
    }
  }

  #shine(now: number): void {
    const isStill = this.#isStill;
    let sum = 0;
    for (const lit of this.#activeNodes) {
      lit.brightness = lit.pulse.brightness(now);
      lit.size = isStill ? 0 : lit.pulse.size(now);
      lit.ring = isStill ? 1 : Math.min(1, (now - lit.ringAt) / RING_MS);
      sum += lit.inView ? lit.brightness : 0;
    }
    const gain = sum === 0 ? 1 : this.#limiter.gain(sum / this.#inView, now);
    if (gain < 1) {
      for (const lit of this.#activeNodes) {
        lit.brightness *= gain;
        lit.ring = 1;
      }
    }
    for (const lit of this.#activeEdges) {
      lit.brightness = lit.pulse.brightness(now);
    }
  }

  #fly(now: number): void {
    for (const comet of this.#comets) {
      comet.progress = Math.min(1, (now - comet.startedAt) / COMET_MS);
    }
  }

  /** What was drawn dark needs no drawing any more. */
  #forget(): void {
    for (const lit of this.#activeNodes) {
      if (lit.brightness === 0) {
        this.#activeNodes.delete(lit);
      }
    }
    for (const lit of this.#activeEdges) {
      if (lit.brightness === 0) {
        this.#activeEdges.delete(lit);
      }
    }
    for (const comet of this.#comets) {
      if (comet.progress === 1) {
        this.#comets.delete(comet);
      }
    }
  }
}
