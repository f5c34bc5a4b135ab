import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  BUCKETS,
  bucketAt,
  highest,
  lowerBound,
  NOTHING,
  quantile,
  readCounts,
  since,
  sum,
  total,
} from "../src/model/buckets.ts";

/** Made by the gateway from HdrHistograms, and held against them by a test of its own. */
const golden = JSON.parse(
  readFileSync(new URL("../../../gateway/src/test/resources/octaves/golden.json", import.meta.url), "utf8"),
) as readonly {
  readonly name: string;
  readonly percentiles: Readonly<Record<string, number>>;
  readonly buckets: Readonly<Record<string, number>>;
}[];

describe("the buckets", () => {
  it("begin where the one before ends, and hold what lies between", () => {
    for (let bucket = 0; bucket < BUCKETS; bucket++) {
      expect(lowerBound(bucket + 1)).toBeGreaterThan(lowerBound(bucket));
      expect(bucketAt(lowerBound(bucket))).toBe(bucket);
      expect(bucketAt(lowerBound(bucket + 1) - 0.5)).toBe(bucket);
    }
  });

  it("are an eighth of a power of two wide, and reach over a minute", () => {
    expect(lowerBound(bucketAt(1_024))).toBe(1_024);
    expect(lowerBound(bucketAt(1_024) + 1)).toBe(1_152);
    expect(lowerBound(bucketAt(40_000))).toBe(36_864);
    expect(lowerBound(BUCKETS)).toBeGreaterThan(60_000_000_000);
    expect(bucketAt(1e18)).toBe(BUCKETS - 1);
  });

  it.each(golden)("have the quantiles of the HdrHistogram they came from, to within one bucket: $name", (one) => {
    const histogram = sum([readCounts(one.buckets)]);
    for (const [percentile, hdr] of Object.entries(one.percentiles)) {
      const ours = quantile(histogram, Number(percentile) / 100) ?? Number.NaN;
      const bucket = bucketAt(hdr);
      expect(ours, `p${percentile}`).toBeGreaterThanOrEqual(lowerBound(bucket));
      expect(ours, `p${percentile}`).toBeLessThanOrEqual(lowerBound(bucket + 1));
    }
    expect(highest(histogram)).toBeGreaterThan(one.percentiles["100"] ?? 0);
  });
});

describe("quantile", () => {
  it("of nothing is not known", () => {
    expect(quantile(sum([]), 0.5)).toBeUndefined();
    expect(highest(sum([]))).toBeUndefined();
  });

  it("lies evenly in a bucket of many", () => {
    const histogram = sum([readCounts({ 1024: 128 })]);
    expect(quantile(histogram, 0.5)).toBeCloseTo(1_024 + 63.5, 5);
    expect(quantile(histogram, 1)).toBeCloseTo(1_024 + 127.5, 5);
  });
});

describe("since", () => {
  it("tells what came between two looks, and leaves out where nothing did", () => {
    const before = readCounts({ 1024: 5, 2048: 1 });
    const now = readCounts({ 1024: 7, 2048: 1, 4096: 3 });
    const between = since(now, before);
    expect([...between.buckets].map(lowerBound)).toEqual([1_024, 4_096]);
    expect([...between.counts]).toEqual([2, 3]);
    expect(total(sum([between, readCounts({ 1024: 1 })]))).toBe(6);
    expect(since(now, now)).toEqual(NOTHING);
  });
});
