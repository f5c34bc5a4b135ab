import type { GraphNode } from "@heliograph/client/graph";
import { describe, expect, it } from "vitest";
import { BATCH_MS, delays } from "../src/graph/batch.ts";
import { type Camera, fit, inSight, pan, reveal, toGraph, zoom } from "../src/graph/camera.ts";
import { bounds, CARD, nodeAt } from "../src/graph/geometry.ts";
import { FlashLimiter } from "../src/graph/limiter.ts";
import { Meter } from "../src/graph/meter.ts";
import { EventNames, inLines } from "../src/graph/names.ts";
import { neighbour } from "../src/graph/neighbours.ts";
import { Pulse } from "../src/graph/pulse.ts";
import { wayOf } from "../src/graph/scene.ts";
import { drawn } from "./graphs.ts";
import { definitions, graph } from "./sample.ts";

const node = (id: string): GraphNode => graph.nodes.find((one) => one.id === id) as GraphNode;
const size = { width: 800, height: 600 };
const whole = bounds(graph);

describe("the camera", () => {
  it("fits all of the graph, in the middle", () => {
    const view = inSight(fit(whole, size), size);
    expect(view.x).toBeLessThanOrEqual(whole.x);
    expect(view.width).toBeGreaterThanOrEqual(whole.width);
    expect(view.height).toBeGreaterThanOrEqual(whole.height);
    expect(view.y + view.height / 2).toBeCloseTo(whole.y + whole.height / 2);
  });

  it("zooms at the pointer, and no farther in or out than makes sense", () => {
    const before = fit(whole, size);
    const at = { x: 200, y: 450 };
    const after = zoom(before, 2, at, whole, size);
    expect(after.scale).toBeCloseTo(2 * before.scale);
    expect(toGraph(after, at).x).toBeCloseTo(toGraph(before, at).x);
    expect(toGraph(after, at).y).toBeCloseTo(toGraph(before, at).y);
    const limits = [1e9, 1e-9].map((factor) => zoom(before, factor, at, whole, size).scale);
    expect(limits).toEqual([4, before.scale / 2]);
  });

  it("follows a drag, and never loses the graph", () => {
    const before = fit(whole, size);
    expect(pan(before, { x: 40, y: 0 }, whole, size).x).toBeCloseTo(before.x - 40 / before.scale);
    for (const by of [
      { x: 1e6, y: -1e6 },
      { x: -1e6, y: 1e6 },
    ]) {
      const view = inSight(pan(before, by, whole, size), size);
      expect(view.x).toBeLessThan(whole.x + whole.width);
      expect(view.x + view.width).toBeGreaterThan(whole.x);
      expect(view.y).toBeLessThan(whole.y + whole.height);
      expect(view.y + view.height).toBeGreaterThan(whole.y);
    }
  });

  it("moves only if a node is out of sight, and then no more than it takes", () => {
    const near: Camera = { x: 0, y: 0, scale: 1 };
    expect(reveal(near, { x: 100, y: 100, ...CARD }, size)).toEqual(near);
    expect(reveal(near, { x: 900, y: 100, ...CARD }, size)).toEqual({ scale: 1, x: 900 + CARD.width + 24 - 800, y: 0 });
  });
});

describe("walking the graph", () => {
  it("goes the way the arrow points, along edges first", () => {
    const walk = (from: string, ...way: ("left" | "right" | "up" | "down")[]): string | undefined =>
      way.reduce<GraphNode | undefined>((at, direction) => at && neighbour(graph, at, direction), node(from))?.id;
    expect(walk("landing", "right", "right")).toBe("product");
    expect(walk("product", "right")).toBe("cart");
    expect(walk("cart", "up")).toBe("wishlist");
    expect(walk("cart", "left")).toBe("product");
    expect(walk("landing", "left")).toBeUndefined();
  });

  it("reaches every node from every other", () => {
    for (const start of graph.nodes) {
      const reached = new Set([start]);
      for (const at of reached) {
        for (const direction of ["left", "right", "up", "down"] as const) {
          const next = neighbour(graph, at, direction);
          if (next !== undefined) reached.add(next);
        }
      }
      expect(reached.size).toBe(graph.nodes.length);
    }
  });

  it("finds the card under the pointer", () => {
    const { x, y } = node("cart");
    expect(nodeAt(graph, { x: x + 3, y: y + 3 })?.id).toBe("cart");
    expect(nodeAt(graph, { x: x - 3, y: y + 3 })?.id).not.toBe("cart");
  });
});

describe("Pulse", () => {
  it("reads one event a second as about half bright, and many as steady", () => {
    const [pulse, fast] = [new Pulse(), new Pulse()];
    for (let now = 0; now < 10_000; now += 1_000) pulse.hit(now);
    for (let now = 0; now < 10_000; now += 20) fast.hit(now);
    const mean = [9_000, 9_250, 9_500, 9_750].reduce((sum, at) => sum + pulse.brightness(at) / 4, 0);
    expect(mean).toBeGreaterThan(0.4);
    expect(mean).toBeLessThan(0.6);
    expect(fast.brightness(9_990)).toBeGreaterThan(0.99);
  });

  it("tells rates apart by size where brightness no longer does", () => {
    const sizes = [5, 20].map((perSecond) => {
      const pulse = new Pulse();
      for (let now = 0; now < 5_000; now += 1_000 / perSecond) pulse.hit(now);
      return pulse.size(5_000);
    });
    expect(sizes[1]).toBeGreaterThan((sizes[0] as number) + 0.2);
    expect(sizes[1]).toBeLessThanOrEqual(1);
  });
});

describe("FlashLimiter", () => {
  it("lets three flashes pass in a second, holds the fourth back, and passes it a second after the first", () => {
    const limiter = new FlashLimiter();
    const shown = (mean: number, now: number): number => mean * limiter.gain(mean, now);
    expect([0, 200, 400].map((now) => [shown(0.5, now), shown(0, now + 100)])).toEqual([
      [0.5, 0],
      [0.5, 0],
      [0.5, 0],
    ]);
    expect(shown(0.5, 600)).toBeLessThan(0.1);
    expect(shown(0.5, 990)).toBeLessThan(0.1);
    expect(shown(0.5, 1_000)).toBe(0.5);
  });

  it("leaves alone what glows, and what is faint", () => {
    const limiter = new FlashLimiter();
    const gains = Array.from({ length: 300 }, (_, i) => limiter.gain(i % 2 === 0 ? 0.55 : 0.62, 10 * i));
    const faint = Array.from({ length: 300 }, (_, i) => new FlashLimiter().gain(i % 2 === 0 ? 0 : 0.09, 10 * i));
    expect(new Set([...gains, ...faint])).toEqual(new Set([1]));
  });
});

describe("delays", () => {
  it("keeps what is as far apart as that, draws together what is farther, and deals out what has no time", () => {
    expect(delays([100, 130, 110])).toEqual([0, 30, 10]);
    expect(delays([0, 60_000, 30_000])).toEqual([0, BATCH_MS, BATCH_MS / 2]);
    expect(delays([7, 7, 7, 7, 7])).toEqual([0, 10, 20, 30, 40]);
    expect(delays([undefined, undefined])).toEqual([0, 25]);
    expect(delays([])).toEqual([]);
  });
});

describe("Meter", () => {
  it("gives the median of the last 120 frames, with what came between them, and nothing can be changed", () => {
    const meter = new Meter();
    expect(meter.jsMs).toBe(0);
    for (let i = 0; i < 200; i++) meter.frame(9);
    for (let i = 0; i < 120; i++) {
      meter.spent(1);
      meter.frame(2);
    }
    const target = {} as Window;
    meter.publish(target);
    expect(target.__view).toMatchObject({ frames: 320, jsMs: 3 });
    expect(() => Object.assign(target.__view as object, { frames: 1 })).toThrow(TypeError);
  });
});

describe("the way of a trace", () => {
  it("is of all nodes it passed, each edge as sure as it was the surest time", () => {
    const g = drawn("a>B>c a>c");
    const [one, two] = g.edges as [(typeof g.edges)[0], (typeof g.edges)[0]];
    const [a, c] = [one.from, two.to];
    const way = wayOf([
      { kind: "ambiguous", from: a, to: c, edges: [one, two] },
      { kind: "direct", from: a, to: one.to, edges: [one] },
      { kind: "jump", from: c, to: a, edges: [] },
    ]);
    expect([...way.nodes].map(({ id }) => id).sort()).toEqual(["B", "a", "c"]);
    expect([...way.edges].map(([{ uuid }, kind]) => [uuid, kind])).toEqual([
      ["a>B", "direct"],
      ["B>c", "ambiguous"],
    ]);
  });
});

describe("a short name", () => {
  it.each([
    ["Cart", ["Cart"]],
    ["As a guest", ["As a guest"]],
    ["Enters payment", ["Enters", "payment"]],
    ["Adds to the big basket", ["Adds to the", "big basket"]],
    ["Reconsiders everything once again", ["Reconsiders", "everything…"]],
    ["", [""]],
  ])("of %j is %j", (name, lines) => expect(inLines(name)).toEqual(lines));
});

describe("EventNames", () => {
  it("says what tells a node apart, and all of it where there is room", () => {
    const names = new EventNames(definitions);
    expect(names.brief(node("payment"))).toBe("step = payment");
    expect(names.full(node("payment"))).toBe("Checkout Step Completed, step is payment");
    expect([names.brief(node("cart")), names.brief(node("cart-review"))]).toEqual(["Product Added", "no event"]);
  });
});
