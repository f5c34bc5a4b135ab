import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { definitionStub, GraphMatcher, readDefinitions, readGraph, UnmappedEvents } from "../src/graph.ts";
import { event } from "./events.ts";

describe("UnmappedEvents", () => {
  it("counts by name, the most frequent first, with the names of properties and never a value", () => {
    const unmapped = new UnmappedEvents();
    const first = event("Rare", { properties: { card: "4111" } });
    unmapped.add(first);
    unmapped.add(event("Often", { type: "page" }));
    unmapped.add(event("Often", { type: "page", properties: { b: 1 } }));
    unmapped.add(event("Often", { type: "page", properties: { b: 2, c: 3 } }));
    const { arrivedAt: firstAt } = first;
    expect(unmapped.events).toEqual([
      { name: "Often", type: "page", count: 3, firstAt, lastAt: firstAt, properties: ["b", "c"] },
      { name: "Rare", type: "track", count: 1, firstAt, lastAt: firstAt, properties: ["card"] },
    ]);
    unmapped.clear();
    expect(unmapped.events).toEqual([]);
  });

  it("is bounded by names, and counts what found no room", () => {
    const unmapped = new UnmappedEvents(2);
    for (let i = 0; i < 10; i++) {
      unmapped.add(
        event(`E${i % 5}`, { properties: Object.fromEntries([...Array(50).keys()].map((key) => [key, 1])) }),
      );
    }
    expect(unmapped.events.map(({ name, count }) => [name, count])).toEqual([
      ["E0", 2],
      ["E1", 2],
    ]);
    expect([unmapped.others, unmapped.events[0]?.properties.length]).toEqual([6, 20]);
  });
});

describe("definitionStub", () => {
  it.each([
    ["Checkout Started", "checkout_started"],
    ['Say "hi": #1 \\ \n- x', "say_hi_1_x"],
    ["  Ünïcode ✓", "n_code"],
    ["✓", "event"],
    ["yes", "yes"],
  ])("of %j is a definition by which its node is lit", (name, id) => {
    const unmapped = new UnmappedEvents();
    unmapped.add(event(name, { properties: { step: 1, "a\nid: evil": 2 } }));
    const text = unmapped.events.map((each) => definitionStub(each)).join("");
    const { nodes } = readGraph({ nodes: [{ id: "n", event_id: id }] });
    const matcher = new GraphMatcher(nodes, readDefinitions([parse(text)]));
    expect(matcher.match(event(name))).toEqual(nodes);
    expect(text).toContain("# properties seen: step\n");
  });

  it("has no comment without properties, and takes another provider's name", () => {
    const stub = definitionStub(
      { name: "A b", type: "track", count: 1, firstAt: 0, lastAt: 0, properties: [] },
      "amplitude",
    );
    expect(parse(stub)).toEqual({
      id: "a_b",
      name: "A b",
      provider_event_names: { amplitude: "A b" },
      amplitude_filters: [],
    });
    expect(stub).not.toContain("#");
  });
});
