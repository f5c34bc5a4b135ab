import { describe, expectTypeOf, it } from "vitest";
import { HeliographClient, type Position, type Publication, type Subscription } from "../src/index.ts";
import { PresenceManager } from "../src/presence.ts";
import { WatchSession } from "../src/watch.ts";

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

  it("gives channels the types of their names", async () => {
    interface Channels {
      readonly "orders:*": { readonly in: Order; readonly out: Partial<Order> };
      readonly "orders:test": { readonly in: string };
      readonly "*:audit": { readonly in: number };
    }
    const typed = new HeliographClient<Channels>({ url: "" });
    expectTypeOf(typed.channel("orders:eu")).toEqualTypeOf<Subscription<Order, Partial<Order>>>();
    expectTypeOf(typed.channel("orders:test")).toEqualTypeOf<Subscription<string, unknown>>();
    expectTypeOf(typed.channel("login:audit")).toEqualTypeOf<Subscription<number, unknown>>();
    expectTypeOf(typed.channel("elsewhere")).toEqualTypeOf<Subscription<unknown, unknown>>();
    for await (const publication of typed.channel("orders:eu")) {
      expectTypeOf(publication).toEqualTypeOf<Publication<Order>>();
    }
    // @ts-expect-error not what this channel takes
    typed.channel("orders:eu").publish({ total: "3" });
    typed.channel("orders:eu", { parse: (data) => data as Order });
    expectTypeOf(client.channel("x", { parse: () => 3 })).toEqualTypeOf<Subscription<number, unknown>>();
    // @ts-expect-error not what this channel brings
    typed.channel("orders:eu", { parse: () => 3 });
  });

  it("lets a typed channel stand for one that brings anything, and a typed client be used by all parts", () => {
    expectTypeOf<Subscription<Order, Order>>().toExtend<Subscription>();
    interface Channels {
      readonly events: { readonly in: { readonly message_id: string } };
    }
    const typed = new HeliographClient<Channels>({ url: "" });
    const presence = new PresenceManager<{ readonly row: number }>(typed, "board");
    presence.join({ row: 1 });
    // @ts-expect-error not what its members say of themselves
    presence.update({ column: 1 });
    expectTypeOf(presence.members.value.get("a")?.metadata.row).toEqualTypeOf<number | undefined>();
    const session = new WatchSession<{ readonly message_id: string }>();
    session.watch(typed.channel("events"));
    // @ts-expect-error another channel's events
    session.watch(typed.channel<number>("other"));
    expectTypeOf(session.items.value[0]?.event.message_id).toEqualTypeOf<string | undefined>();
  });

  it("gives signals of states", () => {
    expectTypeOf(client.status.value).toEqualTypeOf(client.state);
    expectTypeOf(orders.status.peek()).toEqualTypeOf(orders.state);
    // @ts-expect-error for reading only
    client.status.value = "closed";
  });

  it("refuses what is wrong", () => {
    // @ts-expect-error the address is required
    new HeliographClient({});
    // @ts-expect-error a token is a string or gives one
    new HeliographClient({ url: "", token: () => 7 });
    // @ts-expect-error no such event
    orders.on("publications", () => {});
    // @ts-expect-error an operator takes a path and a value
    client.channel("x", { filter: { eq: "path" } });
    // @ts-expect-error a position has an epoch
    client.channel("x", { recover: { offset: 3 } });
    // @ts-expect-error private to the client
    client.connection;
  });
});
