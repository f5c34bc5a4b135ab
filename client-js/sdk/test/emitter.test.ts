import { describe, expect, it, vi } from "vitest";
import { Emitter } from "../src/emitter.ts";

describe("Emitter", () => {
  it("stops by the function that on returned, once, and only that listener", () => {
    const emitter = new Emitter<{ a: number }>();
    const heard: number[] = [];
    const listener = (n: number): void => void heard.push(n);
    const off = emitter.on("a", listener);
    emitter.on("a", listener);
    off();
    off();
    emitter.emit("a", 1);
    expect(heard).toEqual([1]);
  });

  it("lets a listener remove itself while others are still to hear", () => {
    const emitter = new Emitter<{ a: number }>();
    const heard: string[] = [];
    const off = emitter.on("a", () => {
      heard.push("first");
      off();
    });
    emitter.on("a", () => void heard.push("second"));
    emitter.emit("a", 1);
    emitter.emit("a", 2);
    expect(heard).toEqual(["first", "second", "second"]);
  });

  it("reports what a listener throws without keeping others from hearing", () => {
    const queued: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (task: () => void) => queued.push(task));
    const emitter = new Emitter<{ a: number }>();
    const heard: number[] = [];
    emitter.on("a", () => {
      throw new Error("mine");
    });
    emitter.on("a", (n) => void heard.push(n));
    emitter.emit("a", 7);
    vi.unstubAllGlobals();
    expect(heard).toEqual([7]);
    expect(queued[0]).toThrow("mine");
  });
});
