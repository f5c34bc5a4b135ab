import type Pusher from "pusher-js";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { Inbox } from "../../src/inbox.ts";
import { channelName, joined, PusherWorld, state, type User } from "../../src/pusher.ts";

let world: PusherWorld;

beforeAll(async () => {
  world = await PusherWorld.start();
});

afterEach(() => world.disconnectAll());

afterAll(() => world?.stop());

interface SignedIn {
  readonly client: Pusher;
  /** What comes to the user. */
  readonly inbox: Inbox;
  readonly watchlist: Inbox;
}

async function signedIn(user: User): Promise<SignedIn> {
  const client = world.client({ user });
  const told = Inbox.of(client);
  const watchlist = Inbox.of(client.user.watchlist);
  client.signin();
  await told.next("pusher:signin_success");
  return { client, inbox: Inbox.of(client.user), watchlist };
}

describe("pusher-js after signin", () => {
  it("every connection of the user gets what is sent to the user, and no other", async () => {
    const tabs = [await signedIn({ id: "alice" }), await signedIn({ id: "alice" })];
    const other = await signedIn({ id: "bob" });

    await world.server.sendToUser("alice", "note", { n: 1 });
    await world.server.sendToUser("bob", "note", { n: 2 });

    for (const tab of tabs) expect(await tab.inbox.next("note")).toEqual({ n: 1 });
    expect(await other.inbox.next("note")).toEqual({ n: 2 });
    expect(other.inbox.seen.filter(({ event }) => event === "note")).toHaveLength(1);
  });

  it("knows the user as the server has said", async () => {
    const user = { id: "carol", user_info: { name: "Carol" } };

    const { client } = await signedIn(user);

    expect(client.user.user_data).toEqual(user);
  });

  it("joins a presence channel as that user, without data of its own", async () => {
    const name = channelName("presence-");
    const watcher = await joined(world.client({ member: { user_id: "watcher" } }), name);
    const { client } = await signedIn({ id: "dave", user_info: { name: "Dave" } });

    await joined(client, name);

    expect(await watcher.inbox.next("pusher:member_added")).toEqual({ id: "dave", info: { name: "Dave" } });
  });

  it("a forged signature signs nobody in, and the connection goes on", async () => {
    const user_data = JSON.stringify({ id: "eve" });
    const client = world.client({
      userAuthentication: {
        customHandler: (_, answer) => answer(null, { auth: `main-key:${"0".repeat(64)}`, user_data }),
      },
    });
    const errors = Inbox.of(client.connection);

    client.signin();
    await errors.next("error");

    expect(client.user.user_data).toBeNull();
    expect(client.connection.state).toBe("connected");
  });
});

describe("watchlists of pusher-js", () => {
  it("say who is online at first, and then who comes and who goes", async () => {
    const here = await signedIn({ id: "here" });
    const watcher = await signedIn({ id: "watcher", watchlist: ["here", "away"] });
    expect(await watcher.watchlist.next("online")).toMatchObject({ user_ids: ["here"] });
    expect(await watcher.watchlist.next("offline")).toMatchObject({ user_ids: ["away"] });

    await signedIn({ id: "away" });
    expect(await watcher.watchlist.next("online")).toMatchObject({ user_ids: ["away"] });

    here.client.disconnect();
    expect(await watcher.watchlist.next("offline")).toMatchObject({ user_ids: ["here"] });
  });
});

describe("terminateUserConnections", () => {
  it("closes every connection of the user with 4009, which do not come back, and no other", async () => {
    const tabs = [await signedIn({ id: "mallory" }), await signedIn({ id: "mallory" })];
    const other = await signedIn({ id: "alice" });
    const errors = tabs.map(({ client }) => Inbox.of(client.connection));

    await world.server.terminateUserConnections("mallory");

    for (const inbox of errors) expect(await inbox.next("error")).toMatchObject({ data: { code: 4009 } });
    for (const { client } of tabs) await state(client, "disconnected");
    await world.server.sendToUser("alice", "still", {});
    await other.inbox.next("still");
    expect(other.client.connection.state).toBe("connected");
  });
});
