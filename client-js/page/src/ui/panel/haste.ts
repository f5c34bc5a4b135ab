import { useEffect, useReducer, useRef } from "preact/hooks";
import type { Desk } from "../desk.ts";

/** More than this between two changes of a list is faster than anybody reads. */
const FAST = 20;
const CALM_MS = 1_000;

/** Whether a list changes so fast, and is not scrolled, that it needs no more rows than a screen has. Draws it anew once it is calm. */
export function useHaste(desk: Desk): boolean {
  const { received } = desk.feed.counters;
  const before = useRef({ received, fastAt: Number.NEGATIVE_INFINITY });
  const [, draw] = useReducer((draws: number) => draws + 1, 0);
  const now = performance.now();
  if (Math.abs(received - before.current.received) > FAST) {
    before.current.fastAt = now;
  }
  before.current.received = received;
  const { fastAt } = before.current;
  const calmInMs = fastAt + CALM_MS - now;
  const hasty = calmInMs > 0;
  useEffect(() => {
    if (hasty) {
      const timer = setTimeout(draw, calmInMs);
      return () => clearTimeout(timer);
    }
    return;
  }, [fastAt, hasty]);
  return hasty && !desk.scrolled.value;
}
