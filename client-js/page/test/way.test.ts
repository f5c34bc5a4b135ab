import { expect, it, vi } from "vitest";
import type { AnimatorEnvironment } from "../src/graph/animator.ts";
import { EventNames } from "../src/graph/names.ts";
import { Picture } from "../src/graph/picture.ts";
import { drawn } from "./graphs.ts";

vi.mock("../src/graph/svg-scene.ts", () => ({
  SvgScene: class {
    setWay(): void {}
    paint(): void {}
  },
}));

it("the way of a trace waits for the next step where less motion is asked for, however often it changes", () => {
  const frames: (() => void)[] = [];
  const steps: (() => void)[] = [];
  const ask = (tasks: (() => void)[]) => (task: () => void) => {
    tasks.push(task);
    return () => void tasks.splice(tasks.indexOf(task), 1);
  };
  const environment: AnimatorEnvironment = {
    now: () => 0,
    onFrame: ask(frames),
    after: ask(steps),
    still: () => true,
    halfLifeMs: () => 600,
  };
  const graph = drawn("a>b");
  const listener = { onPick: () => {}, onCursor: () => {}, onHover: () => {} };
  const picture = new Picture({} as HTMLElement, graph, new EventNames([]), environment, listener);
  picture.light.onSighting(graph.nodes, []);
  frames.shift()?.();
  for (let i = 0; i < 10; i++) {
    picture.setPath(graph.edges.map((edge) => ({ kind: "direct", from: edge.from, to: edge.to, edges: [edge] })));
  }
  expect([frames.length, steps.length]).toEqual([0, 1]);
});
