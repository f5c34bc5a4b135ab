import { describe, expectTypeOf, it } from "vitest";
import { HeliographClient, type Position, type Publication } from "../src/index.ts";

interface Order {
  readonly total: number;
}

describe("types", () => {
  const client = new HeliographClient({ url: "wss://x/ws", token: async ({ reason }) => reason });
  const orders = client.channel<Order>("orders");

  it("carries the data's type to the listener", () => {
    orders.on("publication", (publication) => {
      expectTypeOf(publication).toEqualTypeOf<Publication<Order>>();
      expectTypeOf(publication.data.total).toBeNumber();
    });
    client.channel("untyped").on("publication", ({ data }) => expectTypeOf(data).toBeUnknown());
  });

  it("gives off, promises and states precise types", () => {
    expectTypeOf(orders.on("subscribed", () => {})).toEqualTypeOf<() => void>();
    expectTypeOf(orders.publish({})).resolves.toEqualTypeOf<Position | undefined>();
    expectTypeOf(client.state).toEqualTypeOf<
      "idle" | "connecting" | "connected" | "reconnecting" | "closed" | "failed"
    >();
    expectTypeOf(orders.state).toEqualTypeOf<"unsubscribed" | "subscribing" | "subscribed" | "failed">();
  });

  it("refuses what is wrong", () => {
    // @ts-expect-error the address is required
    new HeliographClient({});
    // @ts-expect-error a token is a string or gives one
    new HeliographClient({ url: "", token: () => 7 });
    // @ts-expect-error no such event
    orders.on("message", () => {});
    // @ts-expect-error an operator takes a path and a value
    client.channel("x", { filter: { eq: "path" } });
    // @ts-expect-error a position has an epoch
    client.channel("x", { recover: { offset: 3 } });
    // @ts-expect-error private to the client
    client.connection;
  });
});
