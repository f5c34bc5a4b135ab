import { HeliographClient } from "@heliograph/client";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeSocket, settle } from "../../sdk/test/fake-gateway.ts";
import { Viewers } from "../src/live/viewers.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

const CHANNEL = "presence:graph-g1";
const user = (id: string, more: object = {}): object => ({
  id,
  name: null,
  lastSeen: 1,
  joinedAt: 1,
  connections: 1,
  metadata: null,
  ...more,
});

class Room {
  readonly viewers: Viewers = new Viewers();
  readonly client: HeliographClient;
  socket!: FakeSocket;

  constructor() {
    this.client = new HeliographClient({
      url: "ws://x/ws",
      token: "t",
      transport: (_, listener) => {
        this.socket = new FakeSocket(listener);
        return this.socket;
      },
    });
  }

  async enter(result: (channel: string) => object = () => ({})): Promise<this> {
    this.viewers.join(this.client, "g1");
    this.client.connect();
    await settle();
    this.socket.accept();
    this.socket.authenticate();
    this.socket.acceptSubscribe(result);
    await settle();
    return this;
  }

  async sync(...users: object[]): Promise<void> {
    this.socket.say({ type: "presence:sync", channel: CHANNEL, payload: { users, count: users.length } });
    await settle();
    await this.answer("presence:joined");
  }

  /** To the last `presence:join`. */
  async answer(type: string, payload: object = {}): Promise<void> {
    const asked = this.socket.sent("presence:join").at(-1);
    this.socket.say({ type, requestId: asked?.["requestId"], channel: CHANNEL, payload });
    await settle();
  }

  /** What was said last of what this user looks at. */
  get said(): unknown {
    const frames = this.socket.frames.filter(({ type }) => type === "presence:join" || type === "presence:update");
    return (frames.at(-1)?.["payload"] as { metadata?: unknown } | undefined)?.metadata;
  }
}

describe("Viewers", () => {
  it("join those who look at the graph, themselves first, and tell what each looks at", async () => {
    const room = await new Room().enter();
    await room.sync(
      user("bob", { name: "Bob", joinedAt: 5, metadata: { follows: "t-1", filter: "event: Landing" } }),
      user("u_1", { joinedAt: 9, connections: 2 }),
      user("eve", { joinedAt: 2, metadata: { follows: { not: "text" } } }),
    );
    expect(room.viewers.company.value).toMatchObject({
      state: "seen",
      count: 3,
      viewers: [
        { id: "u_1", name: "u_1", isMe: true, tabs: 2 },
        { id: "eve", viewing: { follows: undefined, filter: undefined } },
        { id: "bob", name: "Bob", isMe: false, viewing: { follows: "t-1", filter: "event: Landing" } },
      ],
    });
  });

  it("say what is looked at, in at most a kibibyte", async () => {
    const room = new Room();
    room.viewers.tell({ follows: undefined, filter: undefined });
    await room.enter();
    await room.sync();
    expect(room.said).toEqual({});
    room.viewers.tell({ follows: "t-1", filter: "𝕏".repeat(1_000) });
    await vi.advanceTimersByTimeAsync(300);
    expect(room.said).toMatchObject({ follows: "t-1" });
    expect(new TextEncoder().encode(JSON.stringify(room.said)).length).toBeLessThanOrEqual(1_024);
  });

  const forbidden = { code: "FORBIDDEN", message: "no grant" };

  it("hint at the grants where the token permits no presence", async () => {
    const room = await new Room().enter(() => ({ error: forbidden }));
    await room.answer("error", forbidden);
    expect(room.viewers.company.value).toEqual({ state: "hidden", channel: CHANNEL, published: false });
  });

  it("own up to being seen where the token permits to be, and not to see", async () => {
    const room = await new Room().enter(() => ({ error: forbidden }));
    await room.answer("presence:joined");
    const hidden = { state: "hidden", channel: CHANNEL, published: true };
    expect(room.viewers.company.value).toEqual(hidden);
    room.socket.hangUp(1006);
    await settle();
    expect(room.viewers.company.value).toEqual(hidden);
  });

  it("show who is there where the token permits to see, and not to be seen, whoever comes and goes", async () => {
    const room = await new Room().enter();
    const says = async (type: string, payload: object): Promise<void> => {
      room.socket.say({ type, channel: CHANNEL, payload });
      await settle();
    };
    await says("presence:sync", { users: [], count: 0 });
    await room.answer("error", forbidden);
    expect(room.viewers.company.value).toMatchObject({ state: "seen", published: false, viewers: [], count: 0 });
    await says("presence:join", user("bob"));
    expect(room.viewers.company.value).toMatchObject({ state: "seen", published: false, viewers: [{ id: "bob" }] });
    await says("presence:leave", user("bob"));
    expect(room.viewers.company.value).toMatchObject({ state: "seen", published: false, viewers: [], count: 0 });
  });

  it("leave for another graph, and altogether", async () => {
    const room = await new Room().enter();
    await room.sync(user("u_1"));
    room.viewers.join(room.client, "g2");
    await settle();
    expect(room.socket.sent("unsubscribe").map(({ channel }) => channel)).toContain(CHANNEL);
    expect(room.viewers.company.value).toEqual({ state: "off" });
    room.viewers.leave();
    room.viewers.leave();
    expect(room.viewers.company.value).toEqual({ state: "off" });
  });
});
