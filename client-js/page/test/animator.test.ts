import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Animator } from "../src/graph/animator.ts";
import { graph } from "./sample.ts";

/** As much of an SVG element as the animator touches. */
class FakeElement {
  readonly attributes = new Map<string, string>();
  readonly children = new Set<FakeElement>();
  parent: FakeElement | undefined;

  setAttribute(name: string, value: string): void {
    this.attributes.set(name, value);
  }

  append(...children: FakeElement[]): void {
    for (const child of children) {
      child.parent = this;
      this.children.add(child);
    }
  }

  remove(): void {
    this.parent?.children.delete(this);
  }

  get(name: string): number {
    return Number(this.attributes.get(name) ?? Number.NaN);
  }
}

beforeEach(() => void vi.stubGlobal("document", { createElementNS: () => new FakeElement() }));
afterEach(() => void vi.unstubAllGlobals());

class Bench {
  readonly sky = new FakeElement();
  readonly halos = new Map<string, FakeElement>();
  readonly groups = new Map<string, FakeElement>();
  readonly rings = new Map<string, FakeElement>();
  readonly glows = new Map<string, FakeElement>();
  readonly animator: Animator;
  now = 0;
  still = false;
  #tasks: (() => void)[] = [];
  waits: number[] = [];

  constructor() {
    this.animator = new Animator(this.sky as unknown as SVGGElement, {
      now: () => this.now,
      onFrame: (task) => void this.#tasks.push(task),
      after: (task, delayMs) => {
        this.waits.push(delayMs);
        this.#tasks.push(task);
      },
      still: () => this.still,
    });
    const as = <T>(element: FakeElement): T => element as unknown as T;
    for (const node of graph.nodes) {
      const [group, halo, lit, lamp, ring] = Array.from({ length: 5 }, () => new FakeElement()) as FakeElement[] &
        [FakeElement];
      this.halos.set(node.id, halo as FakeElement);
      this.groups.set(node.id, group);
      this.rings.set(node.id, ring as FakeElement);
      this.animator.addNode(node, {
        group: as(group),
        halo: as(halo as FakeElement),
        lit: as(lit as FakeElement),
        lamp: as(lamp as FakeElement),
        ring: as(ring as FakeElement),
      });
    }
    this.animator.addEdges(graph, ({ uuid }) => {
      const glow = new FakeElement();
      this.glows.set(uuid, glow);
      return as(glow);
    });
  }

  light(id: string, edges = graph.edges.filter(({ to }) => to.id === id).slice(0, 1)): void {
    this.animator.onSighting(
      graph.nodes.filter((node) => node.id === id),
      edges,
    );
  }

  /** Runs what was asked for; false if nothing was. */
  frame(ms: number): boolean {
    this.now += ms;
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) {
      task();
    }
    return tasks.length > 0;
  }
}

describe("Animator", () => {
  it("lights the node that was seen and touches no other", () => {
    const bench = new Bench();
    bench.light("cart");
    bench.frame(16);
    expect(bench.halos.get("cart")?.get("opacity")).toBeGreaterThan(0.5);
    expect(bench.halos.get("order")?.attributes.size).toBe(0);
  });

  it("asks for no frame while nothing is alight, and stops when the light is gone", () => {
    const bench = new Bench();
    expect(bench.frame(16)).toBe(false);
    bench.light("cart");
    let frames = 0;
    while (bench.frame(16)) {
      frames++;
      expect(frames).toBeLessThan(1_000);
    }
    expect(bench.animator.active).toBe(false);
    expect(bench.halos.get("cart")?.get("opacity")).toBe(0);
    expect([...bench.glows.values()].filter((glow) => glow.get("stroke-opacity") > 0)).toEqual([]);
    expect(bench.sky.children.size).toBe(0);
    bench.light("cart");
    expect(bench.frame(16)).toBe(true);
  });

  it("has one loop however many events come between two frames", () => {
    const bench = new Bench();
    for (let i = 0; i < 50; i++) {
      bench.light("cart");
    }
    const set = vi.spyOn(bench.halos.get("cart") as FakeElement, "setAttribute");
    bench.frame(16);
    expect(set).toHaveBeenCalledTimes(1);
  });

  it("flies at most a hundred comets, and uses their elements again", () => {
    const bench = new Bench();
    const made = vi.spyOn(document, "createElementNS");
    for (let i = 0; i < 500; i++) {
      bench.light("cart");
    }
    expect(bench.sky.children.size).toBe(100);
    bench.frame(600);
    expect(bench.sky.children.size).toBe(0);
    const before = made.mock.calls.length;
    bench.light("cart");
    expect(bench.sky.children.size).toBe(1);
    expect(made.mock.calls.length).toBe(before);
  });

  it("starts a node's ring at most twice a second, so that nothing flashes", () => {
    const bench = new Bench();
    let starts = 0;
    let last = 0;
    for (let ms = 0; ms < 3_000; ms += 20) {
      bench.light("cart", []);
      bench.frame(20);
      const opacity = bench.rings.get("cart")?.get("stroke-opacity") ?? 0;
      starts += opacity > last ? 1 : 0;
      last = opacity;
    }
    expect(starts).toBeGreaterThan(1);
    expect(starts).toBeLessThanOrEqual(6);
  });

  it("moves nothing for those who asked for less motion, and steps four times a second", () => {
    const bench = new Bench();
    bench.still = true;
    bench.light("cart");
    bench.frame(250);
    expect(bench.halos.get("cart")?.get("opacity")).toBeGreaterThan(0.3);
    expect(bench.groups.get("cart")?.attributes.size).toBe(0);
    expect(bench.rings.get("cart")?.attributes.size).toBe(0);
    expect(bench.sky.children.size).toBe(0);
    expect(new Set(bench.waits)).toEqual(new Set([250]));
  });
});
