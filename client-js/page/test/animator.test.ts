import type { GraphNode } from "@heliograph/client/graph";
import type { Leg } from "@heliograph/client/trace";
import { describe, expect, it } from "vitest";
import { Animator } from "../src/graph/animator.ts";
import type { Comet, Frame, LitEdge, LitNode, Scene } from "../src/graph/scene.ts";
import { crowd, drawn } from "./graphs.ts";
import { graph as sample } from "./sample.ts";

/** What a frame was asked to draw, as it was then. */
interface Drawn {
  readonly at: number;
  readonly nodes: ReadonlyMap<string, Pick<LitNode, "brightness" | "size" | "ring">>;
  readonly edges: ReadonlyMap<string, number>;
  readonly comets: readonly Comet[];
}

class Bench {
  readonly frames: Drawn[] = [];
  readonly animator: Animator;
  now = 0;
  still = false;
  halfLifeMs = 600;
  readonly waits: number[] = [];
  #task: (() => void) | undefined;
  readonly graph;

  constructor(graph = sample) {
    this.graph = graph;
    const set = (task: () => void) => {
      this.#task = task;
      return () => {
        this.#task = undefined;
      };
    };
    const scene = { paint: (frame: Frame) => void this.frames.push(copy(frame, this.now)) } as Scene;
    this.animator = new Animator(graph, scene, {
      now: () => this.now,
      onFrame: set,
      after: (task, delayMs) => {
        this.waits.push(delayMs);
        return set(task);
      },
      still: () => this.still,
      halfLifeMs: () => this.halfLifeMs,
    });
  }

  get last(): Drawn {
    return this.frames.at(-1) as Drawn;
  }

  node(id: string): GraphNode {
    return this.graph.nodes.find((node) => node.id === id) as GraphNode;
  }

  light(id: string, legs: readonly Leg[] = [], occurredAt?: number): void {
    this.animator.onSighting([this.node(id)], legs, occurredAt);
  }

  leg(kind: Leg["kind"], ...ids: string[]): Leg {
    const edges = ids
      .slice(1)
      .map((to, i) => this.graph.edges.find((edge) => edge.from.id === ids[i] && edge.to.id === to));
    return { kind, from: this.node(ids[0] ?? ""), to: this.node(ids.at(-1) ?? ""), edges: edges as Leg["edges"] };
  }

  /** Runs what was asked for; false if nothing was. */
  frame(ms = 16): boolean {
    this.now += ms;
    const task = this.#task;
    this.#task = undefined;
    task?.();
    return task !== undefined;
  }

  frameAll(): number {
    let frames = 0;
    while (this.frame()) {
      frames++;
      expect(frames).toBeLessThan(1_000);
    }
    return frames;
  }
}

function copy({ nodes, edges, comets }: Frame, at: number): Drawn {
  return {
    at,
    nodes: new Map([...nodes].map(({ node, brightness, size, ring }) => [node.id, { brightness, size, ring }])),
    edges: new Map([...(edges as Iterable<LitEdge>)].map(({ edge, brightness }) => [edge.uuid, brightness])),
    comets: [...comets].map((comet) => ({ ...comet })),
  };
}

describe("Animator", () => {
  it("lights the node that was seen and touches no other", () => {
    const bench = new Bench();
    bench.light("cart");
    bench.frame();
    expect([...bench.last.nodes.keys()]).toEqual(["cart"]);
    expect(bench.last.nodes.get("cart")?.brightness).toBeGreaterThan(0.5);
  });

  it("asks for no frame while nothing is alight, and draws everything dark before it stops", () => {
    const bench = new Bench();
    expect(bench.frame()).toBe(false);
    bench.light("cart", [bench.leg("direct", "product", "cart")]);
    bench.frameAll();
    expect(bench.animator.active).toBe(false);
    expect(bench.last.nodes.get("cart")?.brightness ?? 0).toBe(0);
    const lastOf = (id: string) =>
      [...bench.frames]
        .reverse()
        .find(({ nodes }) => nodes.has(id))
        ?.nodes.get(id)?.brightness;
    expect(lastOf("cart")).toBe(0);
    expect(bench.frames.flatMap(({ comets }) => comets).at(-1)?.progress).toBe(1);
    bench.light("cart");
    expect(bench.frame()).toBe(true);
  });

  it("draws one frame however many events come between two", () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i++) {
      bench.light("cart");
    }
    bench.frame();
    expect(bench.frames).toHaveLength(1);
    bench.frame(60);
    expect(bench.animator.meter).toMatchObject({ frames: 2, pulses: 50, dropped: 0 });
  });

  it("shows the events of one batch as far apart as they occurred, and ten seconds of them within 50 ms", () => {
    const bench = new Bench();
    for (const [id, occurredAt] of [
      ["landing", 5_000],
      ["cart", 10_000],
      ["order", 15_000],
    ] as const) {
      bench.light(id, [], occurredAt);
    }
    const first = new Map<string, number>();
    for (let ms = 0; ms < 80; ms++) {
      bench.frame(1);
      for (const [id, { brightness }] of bench.last.nodes) {
        first.set(id, first.get(id) ?? (brightness > 0 ? bench.now : Number.NaN));
      }
    }
    expect([...first]).toEqual([
      ["landing", 1],
      ["cart", 26],
      ["order", 51],
    ]);
  });

  it("brightness lasts as long as the reader wants", () => {
    const bright = [200, 600, 3_000].map((halfLifeMs) => {
      const bench = new Bench();
      bench.halfLifeMs = halfLifeMs;
      bench.light("cart");
      bench.frame();
      bench.frame(500);
      return bench.last.nodes.get("cart")?.brightness ?? 0;
    });
    expect(bright[0]).toBeLessThan(bright[1] as number);
    expect(bright[1]).toBeLessThan(bright[2] as number);
  });

  it("flies at most a hundred comets", () => {
    const bench = new Bench();
    for (let i = 0; i < 500; i++) {
      bench.light("cart", [bench.leg("direct", "product", "cart")]);
    }
    bench.frame();
    bench.frame(60);
    expect(bench.last.comets).toHaveLength(100);
    bench.frame(600);
    bench.frame();
    expect(bench.last.comets).toHaveLength(0);
  });

  it("goes a way of several edges one after the other, and only gleams where the way is a guess", () => {
    const bench = new Bench(drawn("a>B>c a>D>c"));
    bench.light("c", [bench.leg("inferred", "a", "B", "c")]);
    bench.frame();
    expect(bench.last.comets.map(({ edge }) => edge.uuid)).toEqual(["a>B"]);
    bench.frame(320);
    expect(bench.last.comets.map(({ edge }) => edge.uuid)).toEqual(["a>B", "B>c"]);

    const guess = new Bench(drawn("a>B>c a>D>c"));
    guess.light("c", [guess.leg("ambiguous", "a", "B", "c")]);
    guess.frame();
    expect(guess.last.comets).toEqual([]);
    expect(guess.last.edges.get("a>B")).toBeGreaterThan(0.1);
    expect(guess.last.edges.get("a>B")).toBeLessThan(bench.frames[0]?.edges.get("a>B") as number);
  });

  it("says nothing of a way that could be any of very many", () => {
    const ways = Array.from({ length: 33 }, (_, i) => `a>S${i}>b`).join(" ");
    const bench = new Bench(drawn(ways.replaceAll("S", "SILENT")));
    const leg = { kind: "ambiguous", from: bench.node("a"), to: bench.node("b"), edges: bench.graph.edges } as const;
    bench.light("b", [leg]);
    bench.frame();
    expect(bench.last.nodes.size).toBe(1);
    expect(bench.last.edges.size).toBe(0);
  });

  it("starts a node's ring at most twice a second", () => {
    const bench = new Bench();
    let starts = 0;
    let last = 1;
    for (let ms = 0; ms < 3_000; ms += 20) {
      bench.light("cart");
      bench.frame(20);
      const ring = bench.last.nodes.get("cart")?.ring ?? 1;
      starts += ring < last ? 1 : 0;
      last = ring;
    }
    expect(starts).toBeGreaterThan(1);
    expect(starts).toBeLessThanOrEqual(6);
  });

  it("does not flash as a whole, whatever comes: its mean brightness rises by a tenth three times a second at most", () => {
    const bench = new Bench(crowd(40));
    bench.halfLifeMs = 200;
    const means: { at: number; mean: number }[] = [];
    for (let ms = 0; ms < 4_000; ms += 10) {
      if (ms % 125 === 0) {
        // half of all, eight times a second
        bench.animator.onSighting(bench.graph.nodes.slice(0, 20), []);
      }
      bench.frame(10);
      const sum = [...bench.last.nodes.values()].reduce((all, { brightness }) => all + brightness, 0);
      means.push({ at: ms, mean: sum / 40 });
    }
    const flashes = rises(means);
    expect(flashes.length).toBeGreaterThan(3);
    for (const at of flashes) {
      expect(flashes.filter((other) => other >= at && other < at + 1_000).length).toBeLessThanOrEqual(3);
    }
  });

  it("moves nothing for those who asked for less motion, and steps four times a second", () => {
    const bench = new Bench();
    bench.still = true;
    bench.light("cart", [bench.leg("direct", "product", "cart")]);
    bench.frame();
    bench.frame(250);
    expect(bench.last.nodes.get("cart")).toMatchObject({ size: 0, ring: 1 });
    expect(bench.last.nodes.get("cart")?.brightness).toBeGreaterThan(0.3);
    expect(bench.frames.flatMap(({ comets }) => comets)).toEqual([]);
    expect(new Set(bench.waits)).toEqual(new Set([250]));
  });

  it("does not make those wait for the next step who move the picture", () => {
    const bench = new Bench();
    bench.still = true;
    bench.light("cart");
    bench.frame();
    const waits = bench.waits.length;
    bench.animator.refresh(); // for new counts there is time until then
    expect(bench.waits).toHaveLength(waits);
    bench.animator.redraw();
    bench.frame();
    expect(bench.frames).toHaveLength(2);
    expect(bench.waits).toHaveLength(waits + 1);
  });

  it("drops what came while the page was out of sight, and says so", () => {
    const bench = new Bench();
    for (let i = 0; i < 5_000; i++) {
      bench.light("cart");
    }
    bench.frame(60_000);
    expect(bench.animator.meter).toMatchObject({ pulses: 0, dropped: 5_000 });
  });
});

/** When the mean began to rise by a tenth, after having fallen by one. */
function rises(means: readonly { readonly at: number; readonly mean: number }[]): number[] {
  const found: number[] = [];
  let [low, high, isHigh] = [0, 0, false];
  for (const { at, mean } of means) {
    low = Math.min(low, mean);
    high = Math.max(high, mean);
    if (!isHigh && mean >= low + 0.1) {
      found.push(at);
      [isHigh, high] = [true, mean];
    } else if (isHigh && mean <= high - 0.1) {
      [isHigh, low] = [false, mean];
    }
  }
  return found;
}
