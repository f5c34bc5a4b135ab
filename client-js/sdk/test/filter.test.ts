/** The gateway's own answers (`Filter`, `Operator` and `FilterValues` in protocol/), which this evaluator has to give, too. */
import { describe, expect, it } from "vitest";
import type { Filter } from "../src/protocol.ts";
import { matches } from "../src/watch.ts";

const data = {
  event_name: "Order Completed",
  late: false,
  properties: { total: 12, step: "payment", nothing: null, items: [{ id: 1 }], "a.b": { c: 1 } },
};

describe("a filter", () => {
  it.each<[Filter, boolean]>([
    [{ eq: ["event_name", "Order Completed"] }, true],
    [{ eq: ["properties.total", "12"] }, false],
    [{ eq: ["late", false] }, true],
    [{ ne: ["event_name", "Order Completed"] }, false],
    [{ ne: ["properties.unknown", "x"] }, true],
    [{ in: ["properties.step", ["shipping", "payment"]] }, true],
    [{ in: ["properties.unknown", ["payment"]] }, false],
    [{ nin: ["properties.step", ["payment"]] }, false],
    [{ nin: ["properties.unknown", ["payment"]] }, true],
    [{ exists: ["properties.total", true] }, true],
    [{ exists: ["properties.nothing", true] }, false],
    [{ exists: ["properties", true] }, false],
    [{ exists: ["properties.items", false] }, true],
    [{ exists: ["properties.items.0.id", true] }, false],
    [{ exists: ["toString", true] }, false],
    [{ starts: ["event_name", "Order"] }, true],
    [{ starts: ["event_name", "order"] }, false],
    [{ ends: ["event_name", "Completed"] }, true],
    [{ contains: ["event_name", "er C"] }, true],
    [{ contains: ["properties.total", "1"] }, false],
    [{ lt: ["properties.total", 12] }, false],
    [{ lte: ["properties.total", 12] }, true],
    [{ gt: ["properties.total", 9] }, true],
    [{ gte: ["properties.total", 12.5] }, false],
    [{ gt: ["properties.step", "pay"] }, true],
    [{ lt: ["properties.step", "Z"] }, false],
    [{ gt: ["properties.total", "1"] }, false],
    [{ lt: ["late", true] }, false],
    [{ eq: ["properties.a.b.c", 1] }, true],
    [{ and: [{ eq: ["late", false] }, { gt: ["properties.total", 9] }] }, true],
    [{ and: [{ eq: ["late", true] }, { gt: ["properties.total", 9] }] }, false],
    [{ or: [{ eq: ["late", true] }, { gt: ["properties.total", 9] }] }, true],
    [{ not: { eq: ["late", false] } }, false],
  ])("%j: %s", (filter, expected) => {
    expect(matches(filter, data)).toBe(expected);
  });

  it.each([null, undefined, "text", 3, []])("takes %j for data without values", (nothing) => {
    expect(matches({ exists: ["x", true] }, nothing)).toBe(false);
    expect(matches({ ne: ["x", 1] }, nothing)).toBe(true);
  });

  it("says so if it has an operator that there is not", () => {
    expect(() => matches({ like: ["x", "y"] } as unknown as Filter, {})).toThrow("a filter has no operator like");
  });
});
