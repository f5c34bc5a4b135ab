import PusherServer from "pusher";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { APP, channelName, joined, KEYS, PusherWorld } from "../../src/pusher.ts";

let world: PusherWorld;

beforeAll(async () => {
  world = await PusherWorld.start();
});

afterEach(() => world.disconnectAll());

afterAll(() => world?.stop());

describe("the Node server SDK publishes", () => {
  it("to a hundred channels at once", async () => {
    const names = Array.from({ length: 100 }, () => channelName());
    const client = world.client();
    const subscribed = await Promise.all([0, 50, 99].map((n) => joined(client, names[n] as string)));

    const response = await world.server.trigger(names, "event", { n: 1 });

    expect(await response.json()).toEqual({});
    for (const { inbox } of subscribed) expect(await inbox.next("event")).toEqual({ n: 1 });
  });

  it("ten different events in one batch, in order", async () => {
    const name = channelName();
    const { inbox } = await joined(world.client(), name);
    const batch = Array.from({ length: 10 }, (_, n) => ({ channel: name, name: "event", data: { n } }));

    const response = await world.server.triggerBatch(batch);

    expect(await response.json()).toEqual({});
    for (let n = 0; n < 10; n++) expect(await inbox.next("event")).toEqual({ n });
  });

  it("and is told how many users and subscribers a channel has", async () => {
    const presence = channelName("presence-");
    await joined(world.client({ member: { user_id: "alice" } }), presence);
    await joined(world.client({ member: { user_id: "alice" } }), presence);
    await joined(world.client({ member: { user_id: "bob" } }), presence);
    const open = channelName();
    await joined(world.client(), open);

    const users = await world.server.trigger(presence, "event", {}, { info: "user_count" });
    const subscribers = await world.server.trigger(open, "event", {}, { info: "subscription_count" });
    const batch = await world.server.triggerBatch([
      { channel: open, name: "event", data: {}, info: "subscription_count" },
      { channel: presence, name: "event", data: {} },
    ]);

    expect(await users.json()).toEqual({ channels: { [presence]: { user_count: 2 } } });
    expect(await subscribers.json()).toEqual({ channels: { [open]: { subscription_count: 1 } } });
    expect(await batch.json()).toEqual({ batch: [{ subscription_count: 1 }, {}] });
  });

  it("to all but the connection whose socket_id it names", async () => {
    const name = channelName();
    const client = world.client();
    const left = await joined(client, name);
    const other = await joined(world.client(), name);

    await world.server.trigger(name, "event", {}, { socket_id: client.connection.socket_id });
    await world.server.triggerBatch([
      { channel: name, name: "batched", data: {}, socket_id: client.connection.socket_id },
      { channel: name, name: "marker", data: {} },
    ]);

    await other.inbox.next("event");
    await other.inbox.next("batched");
    await left.inbox.next("marker");
    expect(left.inbox.names()).not.toContain("event");
    expect(left.inbox.names()).not.toContain("batched");
  });

  it("with the URL that hosting services put into the environment", async () => {
    const name = channelName();
    const { inbox } = await joined(world.client(), name);
    const { key, secret, id } = APP;

    await PusherServer.forURL(`http://${key}:${secret}@127.0.0.1:${world.gateway.port}/apps/${id}`).trigger(
      name,
      "event",
      {},
    );

    await inbox.next("event");
  });
});

describe("the Node server SDK asks", () => {
  it("for the channels that are occupied, and how many users each has", async () => {
    const prefix = channelName("presence-");
    const client = world.client({ member: { user_id: "alice" } });
    await joined(client, `${prefix}-1`);
    await joined(client, `${prefix}-2`);

    const response = await world.server.get({
      path: "/channels",
      params: { filter_by_prefix: prefix, info: "user_count" },
    });
    const none = await world.server.get({ path: "/channels", params: { filter_by_prefix: channelName() } });

    expect(await response.json()).toEqual({
      channels: { [`${prefix}-1`]: { user_count: 1 }, [`${prefix}-2`]: { user_count: 1 } },
    });
    expect(await none.json()).toEqual({ channels: {} });
  });

  it("for one channel, occupied or not, and what a cache channel keeps", async () => {
    const name = channelName("cache-");
    await world.server.trigger(name, "event", { n: 1 });
    const before = await world.server.get({ path: `/channels/${name}` });
    await joined(world.client(), name);

    const after = await world.server.get({ path: `/channels/${name}`, params: { info: "subscription_count,cache" } });

    expect(await before.json()).toEqual({ occupied: false });
    expect(await after.json()).toEqual({
      occupied: true,
      subscription_count: 1,
      cache: { data: '{"n":1}', ttl: expect.any(Number) },
    });
  });

  it("for the users of a presence channel", async () => {
    const name = channelName("presence-");
    await joined(world.client({ member: { user_id: "alice" } }), name);
    await joined(world.client({ member: { user_id: "bob" } }), name);

    const response = await world.server.get({ path: `/channels/${name}/users` });

    expect(await response.json()).toEqual({ users: expect.arrayContaining([{ id: "alice" }, { id: "bob" }]) });
  });
});

describe("the Node server SDK is refused", () => {
  it("with the status and the text of hosted Pusher", async () => {
    const name = channelName();
    const eleven = Array.from({ length: 11 }, () => ({ channel: name, name: "event", data: {} }));
    const { server } = world;

    await expect(server.triggerBatch(eleven)).rejects.toMatchObject({
      status: 400,
      body: "Batch too large (11 > 10)\n",
    });
    await expect(server.get({ path: `/channels/${name}/users` })).rejects.toMatchObject({
      status: 400,
      body: "Users can only be retrieved for presence channels\n",
    });
    await expect(server.get({ path: "/channels", params: { info: "user_count" } })).rejects.toMatchObject({
      status: 400,
    });
    await expect(server.trigger(name, "event", "x".repeat(10_241))).rejects.toMatchObject({
      status: 413,
      body: expect.stringContaining("exceeds the allowed maximum (10240 bytes)"),
    });
  });

  it("with 401 if another secret has signed, and with 403 if the app is disabled", async () => {
    const forged = world.serverOf(APP.id, APP.key, "another-secret");
    const disabled = world.serverOf("2", KEYS.disabled, "secret-of-2");

    await expect(forged.trigger(channelName(), "event", {})).rejects.toMatchObject({ status: 401 });
    await expect(disabled.trigger(channelName(), "event", {})).rejects.toMatchObject({ status: 403 });
  });

  it("takes data of just the size that is allowed", async () => {
    const name = channelName();
    const { inbox } = await joined(world.client(), name);

    await world.server.trigger(name, "event", "x".repeat(10_240));

    expect(await inbox.next("event")).toHaveLength(10_240);
  });
});
