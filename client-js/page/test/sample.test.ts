import { GraphMatcher } from "@heliograph/client/graph";
import { describe, expect, it } from "vitest";
import { event } from "./events.ts";
import { definitions, graph, rawDefinitions } from "./sample.ts";

const matcher = new GraphMatcher(graph.nodes, definitions);
const lit = (name: string, properties = {}): string[] => matcher.match(event(name, { properties })).map(({ id }) => id);

describe("the sample funnel", () => {
  it("defines every event its nodes wait for", () => {
    const defined = definitions.map(({ id }) => id);
    const waited = graph.nodes.flatMap(({ eventId }) => eventId ?? []);
    expect(new Set(waited)).toEqual(new Set(defined));
    expect(graph.nodes.filter(({ eventId }) => eventId === undefined).map(({ id }) => id)).toEqual(["cart-review"]);
  });

  it("can be walked: what leaves a node sums to one at most, and every node is reached from a start", () => {
    const reached = new Set(graph.nodes.filter((node) => graph.edges.every(({ to }) => to !== node)));
    expect([...reached].map(({ id }) => id)).toEqual(["landing"]);
    for (const node of reached) {
      const out = graph.edges.filter(({ from }) => from === node);
      expect(out.reduce((sum, { probability }) => sum + probability, 0)).toBeLessThanOrEqual(1);
      for (const { to } of out) {
        reached.add(to);
      }
    }
    expect(reached.size).toBe(graph.nodes.length);
  });

  it("tells two nodes of one name apart by a property", () => {
    expect(lit("Checkout Step Completed", { step: "shipping" })).toEqual(["shipping"]);
    expect(lit("Checkout Step Completed", { step: "payment" })).toEqual(["payment"]);
    expect(lit("Checkout Step Completed", { step: "review" })).toEqual([]);
    expect(lit("Landing")).toEqual(["landing"]);
    expect(lit("Newsletter Opened")).toEqual([]);
  });

  it("asks only for properties that the demo's gateway lets through", () => {
    const allowed = ["trace_id", "step", "category", "product", "value"];
    const asked = rawDefinitions.flatMap(({ amplitude_filters }) =>
      (amplitude_filters ?? []).map(({ property }) => property),
    );
    expect(asked.filter((property) => !allowed.includes(property))).toEqual([]);
  });
});
