import { describe, expect, it } from "vitest";
import { GraphMatcher, readDefinitions, readGraph } from "../src/graph.ts";
import { event } from "./events.ts";

interface Filter {
  readonly property?: string;
  readonly property_type?: string;
  readonly operator?: string;
  readonly values?: readonly unknown[];
}

/** Whether an event with these properties and traits passes one filter. */
function passes(filter: Filter, properties: object, traits: object = {}): boolean {
  const { nodes } = readGraph({ nodes: [{ uuid: "u", id: "n", event_id: "e" }], edges: [] });
  const definitions = readDefinitions([
    { id: "e", provider_event_names: { segment: "E" }, amplitude_filters: [filter] },
  ]);
  return new GraphMatcher(nodes, definitions).match(event("E", { properties, traits })).length === 1;
}

describe("GraphMatcher filters", () => {
  it.each([
    ["is", ["a"], { p: "a" }, true],
    ["is", ["a"], { p: "ab" }, false],
    ["is", ["a"], {}, false],
    ["is not", ["a"], { p: "a" }, false],
    ["is not", ["a"], { p: "b" }, true],
    ["is not", ["a"], {}, true],
    ["is any of", ["a", "b"], { p: "b" }, true],
    ["is any of", ["a", "b"], { p: "c" }, false],
    ["is any of", ["a", "b"], {}, false],
    ["is not any of", ["a", "b"], { p: "b" }, false],
    ["is not any of", ["a", "b"], { p: "c" }, true],
    ["is not any of", ["a", "b"], {}, true],
    ["contains", ["mob"], { p: "on mobile" }, true],
    ["contains", ["x", "mob"], { p: "on mobile" }, true],
    ["contains", ["mob"], { p: "desktop" }, false],
    ["contains", ["mob"], {}, false],
    ["does not contain", ["mob"], { p: "on mobile" }, false],
    ["does not contain", ["mob"], { p: "desktop" }, true],
    ["does not contain", ["mob"], {}, true],
    ["is", ["3"], { p: 3 }, true],
    ["is", ["true"], { p: true }, true],
    ["is", ["0"], { p: 0 }, true],
    ["is", ["null"], { p: null }, false],
  ])("%s %j of %j is %s", (operator, values, properties, expected) => {
    expect(passes({ property: "p", operator, values }, properties)).toBe(expected);
  });

  it("looks for properties in the event by default, and for a user's in its traits", () => {
    expect(passes({ property: "plan", operator: "is", values: ["pro"] }, { plan: "pro" })).toBe(true);
    expect(
      passes({ property: "plan", property_type: "event", operator: "is", values: ["pro"] }, {}, { plan: "pro" }),
    ).toBe(false);
    expect(
      passes({ property: "plan", property_type: "user", operator: "is", values: ["pro"] }, {}, { plan: "pro" }),
    ).toBe(true);
    expect(passes({ property: "plan", property_type: "user", operator: "is", values: ["pro"] }, { plan: "pro" })).toBe(
      false,
    );
  });

  it("says what is wrong with a definition", () => {
    const read = (filter: Filter) => () => readDefinitions([{ id: "e", amplitude_filters: [filter] }]);
    expect(read({ property: "p", operator: "equals", values: [] })).toThrow(
      "operator equals is none of: is, is not, is any of",
    );
    expect(read({ operator: "is", values: [] })).toThrow("a filter of event e has no property");
    expect(read({ property: "p", property_type: "group" })).toThrow("property_type group is neither event nor user");
    expect(() => readDefinitions({})).toThrow("is a list");
    expect(() => readDefinitions([{ name: "x" }])).toThrow("events[0] has no id");
  });
});

describe("GraphMatcher names", () => {
  const { nodes } = readGraph({
    nodes: [
      { uuid: "1", id: "a", event_id: "bought" },
      { uuid: "2", id: "b", event_id: "bought" },
      { uuid: "3", id: "c", event_id: "other-provider-only" },
      { uuid: "4", id: "d", event_id: "undefined_event" },
      { uuid: "5", id: "e" },
    ],
  });
  const definitions = readDefinitions([
    { id: "bought", provider_event_names: { segment: "Order Completed", amplitude: "order" } },
    { id: "other-provider-only", provider_event_names: { mixpanel: "x" } },
  ]);
  const matched = (name: string, provider?: string): string[] =>
    new GraphMatcher(nodes, definitions, provider).match(event(name)).map(({ id }) => id);

  it("lights every node that waits for an event", () => expect(matched("Order Completed")).toEqual(["a", "b"]));

  it("falls back to the event's id without a name for the provider, and without any definition", () => {
    expect(matched("other-provider-only")).toEqual(["c"]);
    expect(matched("undefined_event")).toEqual(["d"]);
  });

  it("goes by the provider's name, not by the id that has one", () => {
    expect(matched("bought")).toEqual([]);
    expect(matched("order", "amplitude")).toEqual(["a", "b"]);
  });

  it("tells which names some node waits for", () => {
    expect(new GraphMatcher(nodes, definitions).names).toEqual([
      "Order Completed",
      "other-provider-only",
      "undefined_event",
    ]);
  });
});
