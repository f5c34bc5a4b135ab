import { useRef } from "preact/hooks";
import type { Desk } from "../desk.ts";

/** More than this between two changes of a list is faster than anybody reads. */
const FAST = 20;
const CALM_MS = 1_000;

/** Whether a list changes so fast, and is not scrolled, that it needs no more rows than a screen has. */
export function useHaste(desk: Desk): boolean {
  const { received } = desk.feed.counters;
  const before = useRef({ received, fastAt: Number.NEGATIVE_INFINITY });
  const now = performance.now();
  const { fastAt } = before.current;
  before.current = { received, fastAt: Math.abs(received - before.current.received) > FAST ? now : fastAt };
  return now - before.current.fastAt < CALM_MS && !desk.scrolled;
}
