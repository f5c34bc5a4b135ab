import { BUCKETS, type Counts, type Histogram, last, lowerBound, sum } from "./buckets.ts";

/** A stretch of time, and what was counted in it. */
export interface Column {
  /** Where it begins. */
  readonly at: number;
  readonly histogram: Histogram;
}

/** Columns of equal width that stay where they are as time goes on; those in which nothing was counted are left out. */
export function columns(
  samples: readonly { readonly at: number; readonly counts: Counts }[],
  widthMs: number,
): readonly Column[] {
  const byStart = new Map<number, Counts[]>();
  for (const { at, counts } of samples) {
    // a sample tells of the second before it
    const start = Math.floor((at - 1) / widthMs) * widthMs;
    if (counts.buckets.length > 0) {
      byStart.set(start, [...(byStart.get(start) ?? []), counts]);
    }
  }
  return [...byStart].map(([at, all]) => ({ at, histogram: sum(all) }));
}

/** The buckets to show. */
export interface Span {
  readonly from: number;
  /** The first that is not. */
  readonly to: number;
}

const PER_OCTAVE = 8;
/** 16 µs to 1 ms: of a gateway that has nothing to do. */
const IDLE: Span = { from: 96, to: 144 };
const OCTAVES_MIN = 6;

/** Whole powers of two around everything counted, so that the axis seldom moves. */
export function span(all: Histogram): Span {
  const first = all.findIndex((count) => count > 0);
  if (first < 0) {
    return IDLE;
  }
  const to = Math.min(BUCKETS, (Math.floor(last(all) / PER_OCTAVE) + 1) * PER_OCTAVE);
  const from = Math.min(Math.floor(first / PER_OCTAVE) * PER_OCTAVE, to - OCTAVES_MIN * PER_OCTAVE);
  return { from: Math.max(0, from), to };
}

/** How high in the span a latency lies, on its logarithmic scale: 0 at the bottom, 1 at the top. */
export function height(ns: number, { from, to }: Span): number {
  const bottom = Math.log2(lowerBound(from));
  return (Math.log2(Math.max(1, ns)) - bottom) / (Math.log2(lowerBound(to)) - bottom);
}

/** How strongly a count is shown, 0 to 1: each step of the colours is a multiple, so that one straggler beside thousands is seen. */
export function strength(count: number, most: number): number {
  return count <= 0 ? 0 : 0.16 + (0.84 * Math.log1p(count)) / Math.log1p(Math.max(count, most));
}
