/**
 * Latencies counted in buckets as the gateway tells them: each power of two of nanoseconds is cut into eight, so that a bucket is
 * 6 to 12 % wide. Bucket 0 begins at 0 ns; a minute is in the last.
 */
export const BUCKETS = 272;
const CUTS = 8;

/** A count for each bucket. */
export type Histogram = Float64Array;

/** The buckets that hold something, in order, and what they hold. */
export interface Counts {
  readonly buckets: Uint16Array;
  readonly counts: Float64Array;
}

export const NOTHING: Counts = { buckets: new Uint16Array(0), counts: new Float64Array(0) };

/** The bucket that begins at so many nanoseconds, or that they lie in. */
export function bucketAt(ns: number): number {
  if (ns < CUTS) {
    return Math.max(0, Math.floor(ns));
  }
  const octave = Math.floor(Math.log2(ns));
  const cut = Math.floor(ns / 2 ** (octave - 3)) - CUTS;
  return Math.min(BUCKETS - 1, (octave - 2) * CUTS + cut);
}

/** Where a bucket begins, in nanoseconds; the one before ends there. */
export function lowerBound(bucket: number): number {
  return bucket < CUTS ? bucket : (CUTS + (bucket % CUTS)) * 2 ** (Math.floor(bucket / CUTS) - 1);
}

/** Reads counts by the lower bounds of their buckets. */
export function readCounts(byBound: Readonly<Record<string, number>>): Counts {
  const bounds = Object.keys(byBound).sort((a, b) => Number(a) - Number(b));
  return {
    buckets: Uint16Array.from(bounds, (bound) => bucketAt(Number(bound))),
    counts: Float64Array.from(bounds, (bound) => byBound[bound] ?? 0),
  };
}

/** What came since: both were counted from the same beginning, and no count ever falls. */
export function since(now: Counts, before: Counts): Counts {
  const earlier = new Map<number, number>();
  before.buckets.forEach((bucket, i) => {
    earlier.set(bucket, before.counts[i] ?? 0);
  });
  const buckets: number[] = [];
  const counts: number[] = [];
  now.buckets.forEach((bucket, i) => {
    const more = (now.counts[i] ?? 0) - (earlier.get(bucket) ?? 0);
    if (more > 0) {
      buckets.push(bucket);
      counts.push(more);
    }
  });
  return { buckets: Uint16Array.from(buckets), counts: Float64Array.from(counts) };
}

export function sum(all: Iterable<Counts>): Histogram {
  const histogram = new Float64Array(BUCKETS);
  for (const { buckets, counts } of all) {
    for (let i = 0; i < buckets.length; i++) {
      const bucket = buckets[i] ?? 0;
      histogram[bucket] = (histogram[bucket] ?? 0) + (counts[i] ?? 0);
    }
  }
  return histogram;
}

export function total(histogram: Histogram): number {
  return histogram.reduce((sofar, count) => sofar + count, 0);
}

/** 99.9 % of 20,000 is 19,980, and not a little more. */
const ROUNDING = 1e-6;

/** The value that a share of all do not exceed, in nanoseconds, as if each bucket's values lay evenly in it; undefined if there are none. */
export function quantile(histogram: Histogram, share: number): number | undefined {
  const rank = Math.max(1, Math.ceil(share * total(histogram) - ROUNDING));
  let below = 0;
  for (let bucket = 0; bucket < histogram.length; bucket++) {
    const count = histogram[bucket] ?? 0;
    if (below + count >= rank) {
      const from = lowerBound(bucket);
      return from + ((rank - below - 0.5) / count) * (lowerBound(bucket + 1) - from);
    }
    below += count;
  }
  return undefined;
}

/** The last bucket that holds something; -1 if there is none. */
export function last(histogram: Histogram): number {
  let bucket = histogram.length - 1;
  while (bucket >= 0 && histogram[bucket] === 0) {
    bucket--;
  }
  return bucket;
}

/** Where the highest bucket that holds something ends; undefined if there is none. */
export function highest(histogram: Histogram): number | undefined {
  const bucket = last(histogram);
  return bucket < 0 ? undefined : lowerBound(bucket + 1);
}
