import { once } from "node:events";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import WebSocket from "ws";
import { Inbox } from "../../src/inbox.ts";
import { APP, channelName, joined, KEYS, PusherWorld, state } from "../../src/pusher.ts";

const RECONNECT_MS = 60_000;

let world: PusherWorld;

beforeAll(async () => {
  world = await PusherWorld.start();
});

afterEach(() => world.disconnectAll());

afterAll(() => world?.stop());

/** What a client of that key is told, and in which states it was until it gave up. */
async function turnedAway(key: string): Promise<{ code: unknown; states: unknown[] }> {
  const client = world.client({ key });
  const inbox = Inbox.of(client.connection);
  const { error } = await inbox.next<{ error: { data: { code: number } } }>("error");
  await state(client, "disconnected");
  const changes = inbox.seen.filter(({ event }) => event === "state_change");
  return { code: error.data.code, states: changes.map(({ data }) => (data as { current: string }).current) };
}

describe("pusher-js is turned away", () => {
  it("with 4001 if no app has its key, and gives up", async () => {
    expect(await turnedAway("no-such-key")).toEqual({ code: 4001, states: ["disconnected"] });
  });

  it("with 4003 if the app is disabled, and gives up", async () => {
    expect(await turnedAway(KEYS.disabled)).toEqual({ code: 4003, states: ["disconnected"] });
  });

  it("with 4004 if the app has as many connections as it may, and gives up", async () => {
    await state(world.client({ key: KEYS.full }), "connected");

    expect(await turnedAway(KEYS.full)).toEqual({ code: 4004, states: ["disconnected"] });
  });
});

describe("another client is turned away", () => {
  for (const [query, code] of [
    ["protocol=4", 4007],
    ["protocol=8", 4007],
    ["client=x", 4008],
  ] as const) {
    it(`with ${code} if it says ${query}, by an error and by a close`, async () => {
      const socket = new WebSocket(`ws://127.0.0.1:${world.gateway.port}/app/${APP.key}?${query}`);
      const closed = once(socket, "close");

      const [message] = (await once(socket, "message")) as [Buffer];

      expect(JSON.parse(message.toString())).toMatchObject({ event: "pusher:error", data: { code } });
      expect((await closed)[0]).toBe(code);
    });
  }
});

describe("pusher-js after the gateway's restart", () => {
  for (const signal of ["SIGTERM", "SIGKILL"] as const) {
    it.concurrent(
      `with ${signal} is back on all its channels by itself, and gets what is published there`,
      async () => {
        const restarted = await PusherWorld.start();
        try {
          const told = await everywhere(restarted);
          await restarted.gateway.restart(signal);
          await told.back();
          await told.publish();
        } finally {
          await restarted.stop();
        }
      },
      RECONNECT_MS,
    );
  }
});

/** A client that has signed in and is on one channel of each kind. */
async function everywhere(at: PusherWorld) {
  const client = at.client({ member: { user_id: "alice" }, user: { id: "alice" } });
  const inbox = Inbox.of(client);
  client.signin();
  await inbox.next("pusher:signin_success");
  const user = Inbox.of(client.user);
  const names = ["", "private-", "private-encrypted-", "presence-", "cache-"].map(channelName);
  const channels = await Promise.all(names.map((name) => joined(client, name)));
  return {
    back: async () => {
      await inbox.next("pusher:signin_success");
      await Promise.all(channels.map((channel) => channel.inbox.next("pusher:subscription_succeeded")));
    },
    publish: async () => {
      for (const { channel, inbox: events } of channels) {
        await at.server.trigger(channel.name, "event", { on: channel.name });
        expect(await events.next("event")).toEqual({ on: channel.name });
      }
      await at.server.sendToUser("alice", "note", {});
      await user.next("note");
    },
  };
}
