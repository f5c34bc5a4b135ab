import type { Members, PresenceChannel } from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Inbox } from "../../src/inbox.ts";
import { channelName, joined, KEYS, PusherWorld, state } from "../../src/pusher.ts";

let world: PusherWorld;

beforeAll(async () => {
  world = await PusherWorld.start();
});

afterEach(() => world.disconnectAll());

afterAll(() => world?.stop());

describe("pusher-js on public and private channels", () => {
  for (const prefix of ["", "private-"]) {
    it(`a subscriber of a ${prefix || "public "}channel gets what is triggered, until it unsubscribes`, async () => {
      const name = channelName(prefix);
      const client = world.client();
      const { inbox } = await joined(client, name);
      const witness = await joined(world.client(), name);

      await world.server.trigger(name, "first", { x: 1, y: "ä" });
      expect(await inbox.next("first")).toEqual({ x: 1, y: "ä" });

      client.unsubscribe(name);
      await witness.inbox.next(
        "pusher:subscription_count",
        ({ subscription_count }: Count) => subscription_count === 1,
      );
      await world.server.trigger(name, "second", {});
      await witness.inbox.next("second");
      expect(inbox.names()).not.toContain("second");
    });
  }

  it("a text, an empty text and a number arrive as they were triggered", async () => {
    const name = channelName();
    const { inbox } = await joined(world.client(), name);

    for (const data of ["text", "", 7]) await world.server.trigger(name, "event", data);

    expect([await inbox.next("event"), await inbox.next("event"), await inbox.next("event")]).toEqual(["text", "", 7]);
  });

  it("names with every character that Pusher allows, 164 of them, can be subscribed to", async () => {
    const name = "Az09_-=@,.;".padEnd(164, "x");
    const { inbox } = await joined(world.client(), name);

    await world.server.trigger(name, "App\\Events\\Done", {});

    expect(await inbox.next("App\\Events\\Done")).toEqual({});
  });

  it("subscribers are told how many they are", async () => {
    const name = channelName();
    const first = await joined(world.client(), name);
    await first.inbox.next("pusher:subscription_count", ({ subscription_count }: Count) => subscription_count === 1);

    await joined(world.client(), name);

    await first.inbox.next("pusher:subscription_count", ({ subscription_count }: Count) => subscription_count === 2);
    expect(first.channel.subscriptionCount).toBe(2);
  });
});

describe("pusher-js on presence channels", () => {
  it("members see each other come and go, with their info", async () => {
    const name = channelName("presence-");
    const alice = await joined(world.client({ member: { user_id: "alice", user_info: { name: "Alice" } } }), name);
    const bobs = world.client({ member: { user_id: "bob", user_info: { name: "Bob" } } });

    const bob = await joined(bobs, name);

    expect(roster(bob)).toEqual({ alice: { name: "Alice" }, bob: { name: "Bob" } });
    expect((bob.channel as PresenceChannel).members.me).toEqual({ id: "bob", info: { name: "Bob" } });
    expect(await alice.inbox.next("pusher:member_added")).toEqual({ id: "bob", info: { name: "Bob" } });
    bobs.unsubscribe(name);
    expect(await alice.inbox.next("pusher:member_removed")).toEqual({ id: "bob", info: { name: "Bob" } });
    expect(roster(alice)).toEqual({ alice: { name: "Alice" } });
    expect(bob.inbox.names()).not.toContain("pusher:member_added");
  });

  it("several connections of a user are one member, who is there until the last has gone", async () => {
    const name = channelName("presence-");
    const watcher = await joined(world.client({ member: { user_id: "watcher" } }), name);
    const tabs = [1, 2].map(() => world.client({ member: { user_id: "tabby" } }));
    for (const tab of tabs) await joined(tab, name);
    await watcher.inbox.next("pusher:member_added");
    expect((watcher.channel as PresenceChannel).members.count).toBe(2);

    tabs[0]?.unsubscribe(name);
    await joined(world.client({ member: { user_id: "marker" } }), name);
    expect(await watcher.inbox.next("pusher:member_added")).toMatchObject({ id: "marker" });
    expect(watcher.inbox.names()).not.toContain("pusher:member_removed");

    tabs[1]?.unsubscribe(name);
    expect(await watcher.inbox.next("pusher:member_removed")).toMatchObject({ id: "tabby" });
    expect(watcher.inbox.names().filter((event) => event === "pusher:member_added")).toHaveLength(2);
  });

  it("a page that is loaded again does not flicker, and one that is closed is gone within seconds", async () => {
    const name = channelName("presence-");
    const watcher = await joined(world.client({ member: { user_id: "watcher" } }), name);
    const before = world.client({ member: { user_id: "reloader" } });
    await joined(before, name);
    await watcher.inbox.next("pusher:member_added");

    before.disconnect();
    const after = world.client({ member: { user_id: "reloader" } });
    await joined(after, name);
    await world.server.trigger(name, "marker", {});
    await watcher.inbox.next("marker");
    expect(watcher.inbox.names()).not.toContain("pusher:member_removed");

    after.disconnect();
    expect(await watcher.inbox.next("pusher:member_removed")).toMatchObject({ id: "reloader" });
  });

  it("an id that is a number stays one, and is the same member as its text", async () => {
    const name = channelName("presence-");
    const seven = await joined(world.client({ member: { user_id: 7, user_info: { n: 1 } } }), name);
    await joined(world.client({ member: { user_id: "7" } }), name);
    await joined(world.client({ member: { user_id: 8 } }), name);

    expect(await seven.inbox.next("pusher:member_added")).toMatchObject({ id: 8 });
    expect((seven.channel as PresenceChannel).members.me).toEqual({ id: 7, info: { n: 1 } });
    expect((seven.channel as PresenceChannel).members.count).toBe(2);
  });
});

describe("pusher-js on encrypted channels", () => {
  it("decrypts what the server SDK has encrypted, with the secret that came with the authorization", async () => {
    const name = channelName("private-encrypted-");
    const { inbox } = await joined(world.client(), name);

    await world.server.trigger(name, "secret", { launch: "code" });

    expect(await inbox.next("secret")).toEqual({ launch: "code" });
  });

  it("the gateway sees ciphertext only, and refuses to publish to it together with other channels", async () => {
    const name = channelName("private-encrypted-");
    const body = { name: "secret", data: "{}", channels: [name, channelName()] };

    const refused = world.server.post({ path: "/events", body: body as unknown as string }); // its types are wrong: it takes objects

    await expect(refused).rejects.toMatchObject({ status: 400, body: expect.stringContaining("encrypted") });
  });
});

describe("client events of pusher-js", () => {
  it("reach the others on a private channel, not the sender", async () => {
    const name = channelName("private-");
    const sender = await joined(world.client(), name);
    const other = await joined(world.client(), name);

    sender.channel.trigger("client-hello", { from: "me" });

    expect(await other.inbox.next("client-hello")).toEqual({ from: "me" });
    await world.server.trigger(name, "marker", {});
    await sender.inbox.next("marker");
    expect(sender.inbox.names()).not.toContain("client-hello");
  });

  it("tell on a presence channel who sent them", async () => {
    const name = channelName("presence-");
    const sender = await joined(world.client({ member: { user_id: "alice" } }), name);
    const other = await joined(world.client({ member: { user_id: "bob" } }), name);
    const senders: unknown[] = [];
    other.channel.bind("client-hello", (_: unknown, metadata: unknown) => senders.push(metadata));

    sender.channel.trigger("client-hello", {});

    await other.inbox.next("client-hello");
    expect(senders).toEqual([{ user_id: "alice" }]);
  });

  it("are let through ten times a second, and refused beyond with 4301 on a connection that stays open", async () => {
    const name = channelName("private-");
    const client = world.client();
    const errors = Inbox.of(client.connection);
    const sender = await joined(client, name);
    const other = await joined(world.client(), name);

    for (let n = 1; n <= 11; n++) sender.channel.trigger("client-tick", { n });

    expect(await errors.next("error")).toMatchObject({ data: { code: 4301 } });
    await world.server.trigger(name, "marker", {});
    await other.inbox.next("marker");
    expect(other.inbox.names().filter((event) => event === "client-tick")).toHaveLength(10);
    expect(client.connection.state).toBe("connected");
  });

  it("are refused on a public channel", async () => {
    const name = channelName();
    const client = world.client();
    const errors = Inbox.of(client.connection);
    await joined(client, name);
    const other = await joined(world.client(), name);

    client.send_event("client-hello", {}, name);

    await errors.next("error");
    await world.server.trigger(name, "marker", {});
    await other.inbox.next("marker");
    expect(other.inbox.names()).not.toContain("client-hello");
    expect(client.connection.state).toBe("connected");
  });

  it("are refused of a connection that has not subscribed", async () => {
    const name = channelName("private-");
    const client = world.client();
    const errors = Inbox.of(client.connection);
    await state(client, "connected");
    const other = await joined(world.client(), name);

    client.send_event("client-hello", {}, name);

    await errors.next("error");
    await world.server.trigger(name, "marker", {});
    await other.inbox.next("marker");
    expect(other.inbox.names()).not.toContain("client-hello");
  });
});

describe("pusher-js on cache channels", () => {
  for (const prefix of ["cache-", "private-cache-", "private-encrypted-cache-"]) {
    it(`a subscriber of ${prefix}* is told that nothing is kept, and later ones get the last event`, async () => {
      const name = channelName(prefix);
      const early = await joined(world.client(), name);
      await early.inbox.next("pusher:cache_miss");

      await world.server.trigger(name, "state", { n: 1 });
      await world.server.trigger(name, "state", { n: 2 });
      await early.inbox.next("state", ({ n }: { n: number }) => n === 2);
      const late = await joined(world.client(), name);

      expect(await late.inbox.next("state")).toEqual({ n: 2 });
      expect(late.inbox.names()).not.toContain("pusher:cache_miss");
    });
  }

  it("client events are not kept", async () => {
    const name = channelName("private-cache-");
    await world.server.trigger(name, "state", { n: 1 });
    const sender = await joined(world.client(), name);
    const other = await joined(world.client(), name);
    sender.channel.trigger("client-state", { n: 2 });
    await other.inbox.next("client-state");

    const late = await joined(world.client(), name);

    expect(await late.inbox.next("state")).toEqual({ n: 1 });
    expect(late.inbox.names()).not.toContain("client-state");
  });

  it("a name that only contains cache- keeps nothing", async () => {
    const name = channelName("my-cache-");
    await world.server.trigger(name, "state", {});
    const { inbox } = await joined(world.client(), name);

    await world.server.trigger(name, "marker", {});

    await inbox.next("marker");
    expect(inbox.names().filter((event) => !event.startsWith("pusher:subscription_"))).toEqual(["marker"]);
  });
});

describe("subscriptions that are refused", () => {
  const forged = {
    channelAuthorization: {
      customHandler: (_: unknown, answer: (error: null, data: { auth: string }) => void) =>
        answer(null, { auth: `main-key:${"0".repeat(64)}` }),
    },
  };

  it("a forged signature is told on its channel with 401, and the connection goes on", async () => {
    const client = world.client(forged);
    const refused = Inbox.of(client.subscribe(channelName("private-")));

    expect(await refused.next("pusher:subscription_error")).toMatchObject({ type: "AuthError", status: 401 });

    const { inbox, channel } = await joined(client, channelName());
    await world.server.trigger(channel.name, "still", {});
    await inbox.next("still");
  });

  it("a channel that takes no more members says so", async () => {
    const name = "presence-with-many-members";
    const full = Array.from({ length: 100 }, (_, n) => joined(world.client({ member: { user_id: `m${n}` } }), name));
    await Promise.all(full);
    const refused = Inbox.of(world.client({ member: { user_id: "one too many" } }).subscribe(name));

    expect(await refused.next("pusher:subscription_error")).toMatchObject({ type: "LimitReached" });
  });

  it("an app that wants it as hosted Pusher does tells it on the connection, without a code", async () => {
    const client = world.client({ ...forged, key: KEYS.hosted });
    const errors = Inbox.of(client.connection);
    client.subscribe(channelName("private-"));

    const told = await errors.next<{ data: { code: null; message: string } }>("error");

    expect(told.data.code).toBeNull();
    expect(told.data.message).toContain("Invalid");
    expect(client.connection.state).toBe("connected");
  });

  it("nobody gets what is sent to a user by subscribing to that user's channel", async () => {
    const client = world.client();
    await state(client, "connected");
    const refused = Inbox.of(client);

    client.send_event("pusher:subscribe", { channel: "#server-to-user-victim", auth: "" });
    await refused.next("pusher:subscription_error");
    await world.server.sendToUser("victim", "private", {});

    const { inbox, channel } = await joined(client, channelName());
    await world.server.trigger(channel.name, "marker", {});
    await inbox.next("marker");
    expect(refused.names()).not.toContain("private");
  });
});

interface Count {
  readonly subscription_count: number;
}

function roster({ channel }: { readonly channel: unknown }): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  const { members } = channel as { members: Members };
  members.each(({ id, info }: { id: string; info: unknown }) => {
    found[id] = info;
  });
  return found;
}
