import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { fallback, sseTransport } from "../../../sdk/src/sse.ts";
import { listen, nodeWebSocket, SdkWorld, tokenOf } from "../../src/sdk.ts";

let world: SdkWorld;

beforeAll(async () => {
  world = await SdkWorld.start();
});
afterEach(() => {
  world.closeClients();
  world.relay.mend();
  world.relay.refusesWebSockets = false;
});
afterAll(() => world?.stop());

/** A channel of this test's own. */
const named = (): string => `test-${Math.random().toString(36).slice(2)}`;

const TRANSPORTS = [
  ["WebSocket", () => nodeWebSocket],
  ["server-sent events", () => sseTransport()],
] as const;

describe.each(TRANSPORTS)("over %s", (_, transport) => {
  it("a network that breaks costs nothing: recovered is told, then exactly what was missed, then what is live", async () => {
    const name = named();
    const { client, inbox: states } = world.connect("alice", { transport: transport() });
    const { channel, inbox } = listen(client, name);
    await inbox.next("subscribed");
    const publisher = world.connect("bob", { url: `ws://127.0.0.1:${world.gateway.port}/ws` }).client.channel(name);
    await publisher.publish(1);
    await inbox.next("publication", (data) => data === 1);

    world.relay.cut();
    await states.next("reconnecting");
    await publisher.publish(2);
    await publisher.publish(3);
    world.relay.mend();
    await inbox.next("subscribed");
    await publisher.publish(4);
    await inbox.next("publication", (data) => data === 4);

    expect(inbox.seen.map(({ event, data }) => (event === "publication" ? data : event))).toEqual([
      "subscribed",
      1,
      "subscribed",
      2,
      3,
      4,
    ]);
    expect(inbox.seen[2]?.data).toMatchObject({ wasRecovering: true, recovered: true });
    expect(channel.duplicates).toBe(0);
  });

  it("publishes, reads history, and is refused what it may not", async () => {
    const name = named();
    const { client } = world.connect("alice", { transport: transport() });
    const channel = client.channel(name);
    const positions = [await channel.publish({ n: 1 }), await channel.publish({ n: 2 }, { name: "second", id: "i" })];
    expect(await channel.publish({ n: 2 }, { name: "second", id: "i" })).toEqual(positions[1]);
    const all = await channel.history();
    expect(all.publications.map(({ data }) => data)).toEqual([{ n: 1 }, { n: 2 }]);
    expect(all.publications.map(({ position }) => position)).toEqual(positions);
    const rest = await channel.history({ after: positions[0] as { epoch: string; offset: number } });
    expect(rest).toMatchObject({ publications: [{ name: "second" }], position: positions[1], complete: true });

    const token = tokenOf("carol", 60, { subscribe: ["public-*"] });
    const stranger = world.connect("carol", { token, transport: transport() });
    await expect(stranger.client.channel(name).publish(1)).rejects.toThrow("FORBIDDEN");
    const secret = listen(stranger.client, name);
    const open = listen(stranger.client, "public-1");
    expect(await secret.inbox.next<Error>("error")).toMatchObject({ code: "FORBIDDEN" });
    await open.inbox.next("subscribed");
    expect(secret.channel.state).toBe("failed");
  });

  it("a token that ends is followed by the next without a break, where another with the only one is closed", async () => {
    const asked: string[] = [];
    const token = ({ reason }: { reason: string }): string => tokenOf("alice", asked.push(reason) === 1 ? 4 : 3_600);
    const { client, inbox: states } = world.connect("alice", { token, transport: transport() });
    const { channel, inbox } = listen(client, named());
    const unrenewed = world.connect("alice", { token: tokenOf("alice", 4), transport: transport() });
    const other = listen(unrenewed.client, channel.channel);
    await Promise.all([inbox.next("subscribed"), other.inbox.next("subscribed")]);
    await channel.publish("before");

    expect(await unrenewed.inbox.next("failed")).toMatchObject({ code: 4401 });
    await channel.publish("after");
    await inbox.next("publication", (data) => data === "after");
    expect(asked).toEqual(["initial", "renewal"]);
    expect(states.names()).toEqual(["connecting", "connected"]);
    expect(inbox.names()).toEqual(["subscribed", "publication", "publication"]);
    expect(other.inbox.names()).toEqual(["subscribed", "publication"]);
  });

  it("a token that has ended already is told by 4401, and the next one is taken", async () => {
    const tokens = [tokenOf("alice", -60), tokenOf("alice")];
    const { inbox } = world.connect("alice", { token: () => tokens.shift() ?? "none left", transport: transport() });
    expect(await inbox.next("reconnecting")).toMatchObject({ code: 4401 });
    await inbox.next("connected");
    expect(tokens).toEqual([]);
  });

  it("a token that has ended and is the only one is the end", async () => {
    const { inbox } = world.connect("alice", { token: tokenOf("alice", -60), transport: transport() });
    expect(await inbox.next("failed")).toMatchObject({ code: 4401 });
  });
});

describe("where WebSockets do not get through", () => {
  it("the client falls back to event streams, stays with them, and loses nothing", async () => {
    world.relay.refusesWebSockets = true;
    const before = world.relay.webSockets;
    const name = named();
    const { client, inbox: states } = world.connect("alice", { transport: fallback([nodeWebSocket, sseTransport()]) });
    const { inbox } = listen(client, name);
    await inbox.next("subscribed");
    expect(world.relay.webSockets).toBe(before + 1);
    const publisher = world.connect("bob", { url: `ws://127.0.0.1:${world.gateway.port}/ws` }).client.channel(name);
    await publisher.publish(1);
    await inbox.next("publication", (data) => data === 1);

    world.relay.refusesWebSockets = false;
    world.relay.cut();
    await states.next("reconnecting");
    await publisher.publish(2);
    world.relay.mend();
    await inbox.next("publication", (data) => data === 2);
    expect(world.relay.webSockets).toBe(before + 1);
  });

  it("it does not where they do", async () => {
    const { client, inbox } = world.connect("alice", { transport: fallback([nodeWebSocket, sseTransport()]) });
    await inbox.next("connected");
    expect(client.state).toBe("connected");
    expect(world.relay.webSockets).toBeGreaterThan(0);
  });
});

describe("a gateway that ends", () => {
  it.each(["SIGKILL", "SIGTERM"] as const)("by %s is awaited, and what was lost with it is told", async (signal) => {
    const name = named();
    const { client, inbox: states } = world.connect("alice");
    const { channel, inbox } = listen(client, name);
    await inbox.next("subscribed");
    await channel.publish("before");
    await inbox.next("publication");
    await world.gateway.restart(signal);
    await states.next("reconnecting");
    expect(await inbox.next("subscribed")).toMatchObject({ wasRecovering: true, recovered: false });
    await channel.publish("after");
    await inbox.next("publication", (data) => data === "after");
    expect(client.state).toBe("connected");
  });

  it("is not asked by all at once, and those who waited have their requests answered", async () => {
    const { client, inbox } = world.connect("alice");
    await inbox.next("connected");
    world.relay.cut();
    await inbox.next("reconnecting");
    const published = client.channel(named()).publish("waits", { id: "once" });
    const delays = new Set<number>();
    for (let i = 0; i < 4; i++) {
      delays.add((await inbox.next<{ nextDelayMs: number }>("reconnecting")).nextDelayMs);
    }
    world.relay.mend();
    expect(await published).toMatchObject({ offset: 1 });
    expect(delays.size).toBeGreaterThan(1);
  });
});
