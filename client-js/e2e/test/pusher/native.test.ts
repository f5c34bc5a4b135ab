import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { NativeClient } from "../../src/native.ts";
import { channelName, joined, PusherWorld } from "../../src/pusher.ts";

let world: PusherWorld;
let token: string;
const natives: NativeClient[] = [];

beforeAll(async () => {
  world = await PusherWorld.start();
  token = world.token("native", "subscribe,publish:*");
});

afterEach(() => {
  world.disconnectAll();
  for (const native of natives.splice(0)) native.close();
});

afterAll(() => world?.stop());

async function native(): Promise<NativeClient> {
  const client = await NativeClient.connect(world.gateway.port, token);
  natives.push(client);
  return client;
}

describe("a channel that clients of both protocols share", () => {
  it("carries the same events in the same order to both, whoever publishes; to a native one as objects", async () => {
    const name = channelName("private-");
    const pusher = await joined(world.client(), name);
    const own = await native();
    await own.subscribe(name);
    const publisher = await native();
    const expected = Array.from({ length: 20 }, (_, n) => ({ n, text: 'ä"\\' }));

    for (const data of expected) {
      await (data.n % 2 === 0 ? world.server.trigger(name, "step", data) : publisher.publish(name, "step", data));
    }

    for (const data of expected) {
      expect(await pusher.inbox.next("step")).toEqual(data);
      expect(await own.inbox.next("step")).toEqual(data);
    }
  });

  it("has its concurrent publications in one order for all", async () => {
    const name = channelName("private-");
    const pusher = await joined(world.client(), name);
    const own = await native();
    await own.subscribe(name);
    const publisher = await native();

    const triggered = Array.from({ length: 20 }, (_, n) => world.server.trigger(name, "step", { by: "server", n }));
    for (let n = 0; n < 20; n++) await publisher.publish(name, "step", { by: "native", n });
    await Promise.all(triggered);
    await world.server.trigger(name, "last", {});
    await pusher.inbox.next("last");
    await own.inbox.next("last");

    const steps = (seen: typeof own.inbox.seen) => seen.filter(({ event }) => event === "step").map(({ data }) => data);
    expect(steps(own.inbox.seen)).toHaveLength(40);
    expect(steps(own.inbox.seen)).toEqual(steps(pusher.inbox.seen));
  });

  it("brings texts and numbers of a native publisher to pusher-js as they are", async () => {
    const name = channelName();
    const { inbox } = await joined(world.client(), name);
    const publisher = await native();

    for (const data of ["text", 7, null, [1, 2], true]) await publisher.publish(name, "event", data);

    for (const data of ["text", 7, null, [1, 2], true]) expect(await inbox.next("event")).toEqual(data);
  });

  it("brings client events of pusher-js to native subscribers", async () => {
    const name = channelName("private-");
    const { channel } = await joined(world.client(), name);
    const own = await native();
    await own.subscribe(name);

    channel.trigger("client-hello", { n: 1 });

    expect(await own.inbox.next("client-hello")).toEqual({ n: 1 });
  });
});
