import { describe, expect, it, vi } from "vitest";
import { part, signal } from "../src/signal.ts";

describe("Signal", () => {
  it("tells a subscriber the present value at once and each change after it, until off", () => {
    const count = signal(1);
    const heard: number[] = [];
    const off = count.subscribe((value) => heard.push(value));
    count.value = 2;
    off();
    off();
    count.value = 3;
    expect(heard).toEqual([1, 2]);
    expect([count.value, count.peek()]).toEqual([3, 3]);
  });

  it("tells nobody of a value that is the same", () => {
    const ratio = signal(Number.NaN);
    const heard: number[] = [];
    ratio.subscribe((value) => heard.push(value));
    ratio.value = Number.NaN;
    ratio.value = 0;
    ratio.value = -0;
    expect(heard).toEqual([Number.NaN, 0, -0]);
  });

  it("counts a function subscribed twice as two", () => {
    const count = signal(0);
    const heard: number[] = [];
    const listener = (value: number): void => void heard.push(value);
    const off = count.subscribe(listener);
    count.subscribe(listener);
    off();
    count.value = 1;
    expect(heard).toEqual([0, 0, 1]);
  });

  it("ends every listener with the newest value when one of them sets it", () => {
    const count = signal(0);
    const first: number[] = [];
    const second: number[] = [];
    count.subscribe((value) => {
      first.push(value);
      if (value === 1) {
        count.value = 2;
      }
    });
    count.subscribe((value) => second.push(value));
    count.value = 1;
    expect(first).toEqual([0, 1, 2]);
    expect(second).toEqual([0, 2]);
  });

  it("tells nothing more to a listener that another one has put off", () => {
    const count = signal(0);
    const heard: number[] = [];
    let off = (): void => {};
    count.subscribe(() => off());
    off = count.subscribe((value) => heard.push(value));
    count.value = 1;
    expect(heard).toEqual([0]);
  });

  it("reports what a listener throws without keeping others from hearing", () => {
    const queued: (() => void)[] = [];
    vi.stubGlobal("queueMicrotask", (task: () => void) => queued.push(task));
    const count = signal(0);
    const heard: number[] = [];
    count.subscribe(() => {
      throw new Error("mine");
    });
    count.subscribe((value) => heard.push(value));
    count.value = 1;
    vi.unstubAllGlobals();
    expect(heard).toEqual([0, 1]);
    expect(queued).toHaveLength(2);
    expect(queued[0]).toThrow("mine");
  });
});

describe("part", () => {
  it("holds what the whole holds of it, and tells only of what is different", () => {
    const whole = signal({ name: "a", count: 1 });
    const name = part(whole, (value) => value.name);
    const count = part(whole, (value) => value.count);
    const heard: string[] = [];
    const off = name.subscribe((value) => heard.push(`${value} ${count.value}`));
    whole.value = { name: "a", count: 2 };
    whole.value = { name: "b", count: 3 };
    off();
    whole.value = { name: "c", count: 4 };
    expect(heard).toEqual(["a 1", "b 3"]);
    expect([name.value, name.peek(), count.value]).toEqual(["c", "c", 4]);
  });
});
