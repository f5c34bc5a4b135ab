import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { PresenceManager } from "../../../sdk/src/presence.ts";
import { sseTransport } from "../../../sdk/src/sse.ts";
import { Inbox } from "../../src/inbox.ts";
import { SdkWorld, until } from "../../src/sdk.ts";

interface Cursor {
  readonly row: number;
}

let world: SdkWorld;

beforeAll(async () => {
  world = await SdkWorld.start();
});
afterEach(() => {
  world.closeClients();
  world.relay.mend();
});
afterAll(() => world?.stop());

const resource = (): string => `board-${Math.random().toString(36).slice(2)}`;

function room(user: string, name: string, options: Parameters<SdkWorld["connect"]>[1] = {}) {
  const { client, inbox: states } = world.connect(user, options);
  const presence = new PresenceManager<Cursor>(client, name);
  const inbox = new Inbox();
  for (const event of ["join", "update", "leave"] as const) {
    presence.on(event, ({ id, metadata }) => inbox.put(`${event} ${id}`, metadata));
  }
  presence.on("error", (error) => inbox.put("error", error.message));
  return { client, states, presence, inbox };
}

describe("presence", () => {
  it("shows two users to each other: who comes, what they say of themselves, who goes", async () => {
    const name = resource();
    const alice = room("alice", name);
    const bob = room("bob", name);
    alice.presence.join({ row: 1 });
    await alice.inbox.next("join alice");
    bob.presence.join({ row: 2 });
    expect(await alice.inbox.next("join bob")).toEqual({ row: 2 });
    expect(await bob.inbox.next("join alice")).toEqual({ row: 1 });
    await until(() => expect(bob.presence.joined.value).toBe(true));
    for (let row = 3; row <= 40; row++) {
      bob.presence.update({ row });
    }
    await alice.inbox.next("update bob", (cursor) => (cursor as Cursor).row === 40);
    expect(alice.presence.members.value.get("bob")).toMatchObject({ name: "BOB", connections: 1, stale: false });
    expect(alice.presence.count.value).toBe(2);
    bob.presence.leave();
    await alice.inbox.next("leave bob");
    expect([...alice.presence.members.value.keys()]).toEqual(["alice"]);
    expect([...alice.inbox.names(), ...bob.inbox.names()]).not.toContain("error");
  });

  it("nobody flickers when the network breaks: no one is told to have left or come", async () => {
    const name = resource();
    const direct = { url: `ws://127.0.0.1:${world.gateway.port}/ws` };
    const watcher = room("watcher", name, direct);
    watcher.presence.watch();
    const alice = room("alice", name);
    const bob = room("bob", name, direct);
    alice.presence.join({ row: 1 });
    bob.presence.join({ row: 2 });
    await watcher.inbox.next("join bob");
    await until(() => expect(alice.presence.members.value.size).toBe(2));
    await until(() => expect(watcher.presence.members.value.size).toBe(2));
    const sizes: number[] = [];
    alice.presence.members.subscribe(({ size }) => sizes.push(size));

    world.relay.cut();
    await alice.states.next("reconnecting");
    world.relay.mend();
    await alice.states.next("connected");
    await until(() => expect(alice.presence.joined.value).toBe(true));
    bob.presence.update({ row: 9 });
    await alice.inbox.next("update bob", (cursor) => (cursor as Cursor).row === 9);
    await watcher.inbox.next("update bob", (cursor) => (cursor as Cursor).row === 9);
    expect(new Set(sizes)).toEqual(new Set([2]));
    const told = [...alice.inbox.names(), ...watcher.inbox.names()];
    expect(told.filter((event) => event.startsWith("leave"))).toEqual([]);
    expect(told.filter((event) => event === "join alice")).toHaveLength(2);
  });

  it("can be looked at over event streams, and pages through all there are", async () => {
    const name = resource();
    const alice = room("alice", name);
    alice.presence.join();
    await alice.inbox.next("join alice");
    const watcher = room("watcher", name, { transport: sseTransport() });
    watcher.presence.watch();
    await watcher.inbox.next("join alice");
    const bob = room("bob", name);
    bob.presence.join();
    await watcher.inbox.next("join bob");
    const first = await alice.presence.page({ limit: 1 });
    const second = await alice.presence.page({ limit: 1, after: first.next });
    expect([...first.users, ...second.users].map(({ id }) => id)).toEqual(["alice", "bob"]);
    expect(second.next).toBeUndefined();
    watcher.presence.join();
    expect(await watcher.inbox.next("error")).toContain("one can look who is present, but not be present");
  });
});
