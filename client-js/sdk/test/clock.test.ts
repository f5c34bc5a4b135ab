import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { systemClock, Timers } from "../src/clock.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it("fires a timer beyond 2^31 - 1 ms when it is due, neither at once nor never", () => {
  const delays = vi.spyOn(globalThis, "setTimeout");
  const task = vi.fn();
  const dueMs = 3 * 2 ** 31;
  new Timers(systemClock).set("far", dueMs, task);
  vi.advanceTimersByTime(dueMs - 1);
  expect(task).not.toHaveBeenCalled();
  vi.advanceTimersByTime(1);
  expect(task).toHaveBeenCalledTimes(1);
  expect(Math.max(...delays.mock.calls.map(([, delay]) => delay ?? 0))).toBe(2 ** 31 - 1);
});

it("replaces a timer of the same name and clears all at once", () => {
  const timers = new Timers(systemClock);
  const heard: string[] = [];
  timers.set("a", 10, () => heard.push("old"));
  timers.set("a", 20, () => heard.push("new"));
  timers.set("b", 20, () => heard.push("b"));
  vi.advanceTimersByTime(15);
  timers.clear("b");
  vi.advanceTimersByTime(5);
  timers.set("c", 1, () => heard.push("c"));
  timers.clearAll();
  vi.advanceTimersByTime(100);
  expect(heard).toEqual(["new"]);
});
