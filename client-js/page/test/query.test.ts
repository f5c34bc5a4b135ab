import { describe, expect, it } from "vitest";
import { EVERYTHING, predicate, type Query, readTerm } from "../src/model/query.ts";
import { Sighting } from "../src/model/sighting.ts";
import { envelope } from "./events.ts";
import { graph } from "./sample.ts";

const cart = graph.nodes.filter(({ id }) => id === "cart");
const sighting = (fields: Record<string, unknown>, nodes = cart): Sighting =>
  Sighting.read(envelope(fields), () => nodes);
const seen = sighting({
  event_name: "Product Added",
  trace_id: "t-1",
  user: "p_1",
  user_id: "alice",
  properties: { product: "Brass Lens", price: 12.5, sizes: ["XL"], of: { maker: "Zeiss" }, gone: null },
});
const passes = (query: Partial<Query>, of = seen): boolean | undefined => predicate({ ...EVERYTHING, ...query })?.(of);

describe("a query", () => {
  it("is none at all where it asks for nothing", () => {
    expect(predicate(EVERYTHING)).toBeUndefined();
    expect(predicate({ ...EVERYTHING, text: "  " })).toBeUndefined();
  });

  it.each<[Partial<Query>, boolean]>([
    [{ event: "Product Added" }, true],
    [{ event: "product added" }, false],
    [{ node: cart[0]?.uuid }, true],
    [{ node: "another" }, false],
    [{ trace: "t-1" }, true],
    [{ trace: "t-2" }, false],
    [{ user: "p_1" }, true],
    [{ user: "alice" }, true],
    [{ user: "bob" }, false],
    [{ text: "ADDED" }, true],
    [{ text: "to cart" }, true],
    [{ text: "brass" }, true],
    [{ text: "12.5" }, true],
    [{ text: "xl" }, true],
    [{ text: "zeiss" }, true],
    [{ text: "price" }, false],
    [{ text: "null" }, false],
    [{ event: "Product Added", text: "zeiss" }, true],
    [{ event: "Product Added", text: "leica" }, false],
  ])("of %o passes the event: %s", (query, expected) => expect(passes(query)).toBe(expected));

  it("does not take an event without a trace for one of any", () => {
    expect(passes({ trace: "undefined" }, sighting({ trace_id: null }))).toBe(false);
  });

  it("is read out of text where that names its kind", () => {
    expect(readTerm("trace: t-1 ")).toEqual({ kind: "trace", value: "t-1" });
    expect(readTerm("event:Product Added")).toEqual({ kind: "event", value: "Product Added" });
    expect([readTerm("trace:"), readTerm("price:12"), readTerm("cart")]).toEqual([undefined, undefined, undefined]);
  });
});
