import { describe, expect, it } from "vitest";
import { bucketAt, lowerBound, readCounts, sum, total } from "../src/model/buckets.ts";
import { columns, height, span, strength } from "../src/model/heat.ts";

const T = 1_700_000_000_000;
const at = (second: number, byBound: Readonly<Record<string, number>>) => ({
  at: T + second * 1_000,
  counts: readCounts(byBound),
});

describe("columns", () => {
  it("gather the seconds that lie in them, and stay where they are as time goes on", () => {
    const samples = [at(1, { 1024: 1 }), at(2, { 1024: 2, 2048: 1 }), at(3, { 4096: 5 })];
    const before = columns(samples, 2_000);
    const after = columns([...samples, at(4, { 1024: 7 })], 2_000);
    expect(before.map((column) => [column.at - T, total(column.histogram)])).toEqual([
      [0, 4],
      [2_000, 5],
    ]);
    expect(after[0]).toEqual(before[0]);
    expect(after.map((column) => [column.at - T, total(column.histogram)])).toEqual([
      [0, 4],
      [2_000, 12],
    ]);
  });

  it("in which nothing was counted are left out", () => {
    expect(columns([at(1, {}), at(9, { 1024: 1 })], 2_000).map((column) => column.at - T)).toEqual([8_000]);
  });
});

describe("span", () => {
  it("is whole powers of two around everything, six of them at least", () => {
    expect(span(sum([]))).toEqual({ from: bucketAt(16_384), to: bucketAt(1_048_576) });
    const wide = span(sum([readCounts({ 1152: 1, 50331648: 1 })]));
    expect([lowerBound(wide.from), lowerBound(wide.to)]).toEqual([1_024, 67_108_864]);
    const narrow = span(sum([readCounts({ 1048576: 1 })]));
    expect([lowerBound(narrow.from), lowerBound(narrow.to)]).toEqual([32_768, 2_097_152]);
  });

  it("has its ends at 0 and 1, and each power of two takes the same height", () => {
    const shown = { from: bucketAt(1_024), to: bucketAt(16_384) };
    expect(height(1_024, shown)).toBe(0);
    expect(height(2_048, shown)).toBeCloseTo(0.25);
    expect(height(16_384, shown)).toBe(1);
  });
});

describe("strength", () => {
  it("shows one beside thousands, and most in full", () => {
    expect(strength(0, 10_000)).toBe(0);
    expect(strength(1, 10_000)).toBeGreaterThan(0.2);
    expect(strength(100, 10_000)).toBeGreaterThan(strength(10, 10_000));
    expect(strength(10_000, 10_000)).toBe(1);
  });
});
