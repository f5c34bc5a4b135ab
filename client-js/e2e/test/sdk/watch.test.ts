import { afterAll, beforeAll, expect, it } from "vitest";
import { WatchSession } from "../../../sdk/src/watch.ts";
import { SdkWorld, until } from "../../src/sdk.ts";

interface Step {
  readonly message_id: string;
  readonly step: string;
}

let world: SdkWorld;

beforeAll(async () => {
  world = await SdkWorld.start();
});
afterAll(() => world?.stop());

it("a watch session is told what the gateway does not send it, and shows each of the others once", async () => {
  const { client } = world.connect("alice");
  const channel = client.channel<Step>("steps");
  const session = new WatchSession<Step>({ onFrame: (task) => setTimeout(task, 10) });
  session.watch(channel, { filter: { eq: ["step", "payment"] } });
  await until(() => expect(channel.state).toBe("subscribed"));
  const publish = (id: string, step: string): Promise<unknown> => channel.publish({ message_id: id, step });
  await publish("1", "payment");
  await publish("2", "cart");
  await publish("1", "payment");
  await publish("3", "cart");
  await publish("4", "payment");
  await until(() => expect(session.counters.value).toMatchObject({ received: 3, withheld: 2 }));
  expect(session.items.value.map(({ event }) => event.message_id)).toEqual(["1", "4"]);
  expect(session.counters.value).toMatchObject({ shown: 2, duplicates: 1, sampled: 0, lost: 0 });

  session.restrict({ filter: undefined });
  await publish("5", "cart");
  await until(() => expect(session.items.value.at(-1)?.event.message_id).toBe("5"));
  session.stop();
  expect(channel.state).toBe("unsubscribed");
  expect(session.export().trim().split("\n")).toHaveLength(3);
});
