import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PresenceManager, type PresenceOptions } from "../src/presence.ts";
import { Bench, type Frame, settle } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const CHANNEL = "presence:board";

interface Cursor {
  readonly row: number;
}

const user = (id: string, row = 0, connections = 1): object => ({
  id,
  name: id.toUpperCase(),
  lastSeen: Date.now(),
  joinedAt: 1,
  connections,
  metadata: { row },
});

/** A manager, everything it tells, and the gateway's end. */
class Room {
  readonly bench: Bench;
  readonly presence: PresenceManager<Cursor>;
  readonly told: string[] = [];

  constructor(options: PresenceOptions = {}, bench = new Bench()) {
    this.bench = bench;
    this.presence = new PresenceManager<Cursor>(this.bench.client, "board", options);
    for (const name of ["join", "update", "leave"] as const) {
      this.presence.on(name, (member) => this.told.push(`${name} ${member.id} ${member.metadata.row}`));
    }
    this.presence.on("sync", ({ count, partial }) => this.told.push(`sync ${count}${partial ? " partial" : ""}`));
    this.presence.on("error", ({ message }) => this.told.push(`error ${message}`));
  }

  say(type: string, payload: object): void {
    this.bench.socket.say({ type: `presence:${type}`, channel: CHANNEL, payload });
  }

  sync(...users: object[]): void {
    this.say("sync", { users, count: users.length });
  }

  async answer(frame: Frame | undefined, type: string, payload: object = {}): Promise<void> {
    this.bench.socket.say({ type, channel: CHANNEL, requestId: frame?.["requestId"], payload });
    await settle();
  }

  /** Connected, and told that nobody is there. */
  async looking(): Promise<this> {
    this.presence.watch();
    await this.bench.connected();
    this.sync();
    this.told.length = 0;
    return this;
  }

  async joined(metadata?: Cursor): Promise<this> {
    await this.looking();
    this.presence.join(metadata);
    await this.answerJoin();
    return this;
  }

  async answerJoin(): Promise<void> {
    await this.answer(this.bench.socket.sent("presence:join").at(-1), "presence:joined");
  }

  async reconnect(): Promise<void> {
    this.bench.socket.hangUp(1006);
    await advance(this.bench.states.at(-1)?.nextDelayMs ?? 0);
    this.bench.socket.accept();
    this.bench.socket.authenticate();
  }

  get members(): string[] {
    return [...this.presence.members.value.values()].map(({ id, stale }) => `${id}${stale ? "?" : ""}`);
  }

  sent(type: string): unknown[] {
    return this.bench.socket.sent(`presence:${type}`).map((frame) => frame["payload"]);
  }
}

describe("looking", () => {
  it("subscribes without joining, and knows who is there by user", async () => {
    const room = new Room();
    room.presence.watch();
    await room.bench.connected();
    expect(room.bench.socket.sent("subscribe")[0]?.["payload"]).toEqual({ channels: [{ channel: CHANNEL }] });
    expect(room.sent("join")).toEqual([]);
    room.sync(user("a"), user("b", 3));
    expect(room.members).toEqual(["a", "b"]);
    expect(room.presence.count.value).toBe(2);
    expect(room.presence.members.value.get("b")).toMatchObject({ name: "B", metadata: { row: 3 }, connections: 1 });
    expect(room.told).toEqual(["join a 0", "join b 3", "sync 2"]);
  });

  it("tells who came, changed and went, one by one", async () => {
    const room = await new Room().joined();
    room.sync(user("a"));
    room.told.length = 0;
    room.say("join", user("b"));
    room.say("update", user("b", 7));
    room.say("update", user("b", 7));
    room.say("leave", user("b", 7, 0));
    room.say("leave", user("never seen", 0, 0));
    expect(room.told).toEqual(["join b 0", "update b 7", "leave b 7"]);
    expect(room.members).toEqual(["a"]);
  });

  it("tells of a sync only what is different", async () => {
    const room = await new Room().joined();
    room.sync(user("a"), user("b"), user("c"));
    room.told.length = 0;
    await advance(1_000);
    room.sync(user("a"), user("b", 5), user("d"));
    expect(room.told).toEqual(["leave c 0", "update b 5", "join d 0", "sync 3"]);
  });

  it("shows what it knows before it tells of it", async () => {
    const room = await new Room().joined();
    const seen: number[] = [];
    room.presence.on("join", () => seen.push(room.presence.count.value, room.presence.members.value.size));
    room.sync(user("a"));
    expect(seen).toEqual([1, 1]);
  });

  it("never shows members without their number", async () => {
    const room = await new Room().joined();
    const seen: [number, number][] = [];
    const look = (): void => void seen.push([room.presence.members.value.size, room.presence.count.value]);
    room.presence.members.subscribe(look);
    room.presence.count.subscribe(look);
    room.sync(user("a"), user("b"));
    room.say("leave", user("a"));
    room.presence.close();
    expect(seen.filter(([members, count]) => members !== count)).toEqual([]);
    expect(seen.map(([members]) => members)).toEqual([0, 0, 2, 2, 1, 1, 0, 0]);
  });

  it("counts where the members are too many to be told, and pages through them", async () => {
    const room = await new Room().joined();
    room.say("sync", { users: [], count: 5_000, partial: true });
    room.say("join", user("z"));
    room.say("leave", user("y"));
    room.say("leave", user("x"));
    expect([room.presence.partial, room.presence.count.value, room.members]).toEqual([true, 4_999, []]);
    expect(room.told).toEqual(["sync 5000 partial"]);
    const page = room.presence.page({ after: "7", limit: 2 });
    const [request] = room.bench.socket.sent("presence:list");
    expect(request).toMatchObject({ channel: CHANNEL, payload: { after: "7", limit: 2 } });
    await room.answer(request, "presence:members", { users: [user("a"), user("b")], next: "9", count: 4_999 });
    expect(await page).toMatchObject({ users: [{ id: "a" }, { id: "b" }], next: "9", count: 4_999 });
    room.sync(user("a"));
    expect([room.presence.partial, room.presence.count.value, room.members]).toEqual([false, 1, ["a"]]);
  });

  it("asks how things stand when it has missed a change", async () => {
    const room = await new Room().joined();
    room.bench.socket.acceptSubscribe();
    const at = { epoch: "e1", offset: 3 };
    room.bench.socket.say({
      type: "lost",
      channel: CHANNEL,
      payload: { count: 1, from: at, to: at, reason: "overrun" },
    });
    await settle();
    expect(room.bench.socket.sent("subscribe")).toHaveLength(2);
  });

  it("ends with close, and begins anew with watch", async () => {
    const room = await new Room().joined();
    room.sync(user("a"));
    room.presence.close();
    expect(room.sent("leave")).toEqual([{}]);
    expect(room.bench.socket.sent("unsubscribe")).toHaveLength(1);
    expect([room.members, room.presence.count.value, room.presence.joined.value]).toEqual([[], 0, false]);
    room.sync(user("b"));
    expect(room.members).toEqual([]);
    room.presence.watch();
    await settle();
    room.bench.socket.acceptSubscribe();
    room.sync(user("c"));
    expect(room.members).toEqual(["c"]);
  });
});

describe("a connection that breaks", () => {
  it("changes nothing that anybody sees if all are back in time", async () => {
    const room = await new Room().joined();
    room.sync(user("a"), user("b"));
    room.told.length = 0;
    const changes: string[][] = [];
    room.presence.members.subscribe(() => changes.push(room.members));
    await room.reconnect();
    room.sync(user("a"), user("b"));
    await room.answerJoin();
    await advance(20_000);
    expect(room.told).toEqual(["sync 2"]);
    expect(changes.flat().some((member) => member.endsWith("?"))).toBe(false);
  });

  it("waits for those who are late, as stale, and takes leave of them after the grace", async () => {
    const room = await new Room({ graceMs: 4_000 }).joined();
    room.sync(user("a"), user("b"), user("c"));
    room.told.length = 0;
    await room.reconnect();
    room.sync(user("a"));
    expect(room.members).toEqual(["a", "b?", "c?"]);
    room.say("join", user("b"));
    room.sync(user("a"), user("b"));
    expect(room.members).toEqual(["a", "b", "c?"]);
    await advance(3_999);
    expect(room.told).toEqual(["sync 3", "sync 3"]);
    await advance(1);
    expect(room.told).toEqual(["sync 3", "sync 3", "leave c 0"]);
    expect(room.members).toEqual(["a", "b"]);
  });

  it("doubts everybody when it stays away longer than the grace, and nobody before", async () => {
    const room = await new Room({ graceMs: 4_000 }).joined();
    room.sync(user("a"), user("b"));
    room.bench.page("hide");
    await advance(3_999);
    expect(room.members).toEqual(["a", "b"]);
    await advance(1);
    expect(room.members).toEqual(["a?", "b?"]);
    room.told.length = 0;
    room.bench.client.connect();
    await settle();
    room.bench.socket.accept();
    room.bench.socket.authenticate();
    room.sync(user("b"));
    expect(room.members).toEqual(["b", "a?"]);
    expect(room.told).toEqual(["sync 2"]);
  });

  it("waits for nobody by name once they are too many to be told", async () => {
    const room = await new Room().joined();
    room.say("sync", { users: [], count: 300, partial: true });
    await room.reconnect();
    room.sync(user("a"));
    await advance(500);
    room.say("sync", { users: [], count: 280, partial: true });
    await advance(10_000);
    expect([room.presence.partial, room.presence.count.value]).toEqual([true, 280]);
  });

  it("believes a leave that is told", async () => {
    const room = await new Room().joined();
    room.sync(user("a"), user("b"));
    await room.reconnect();
    room.sync(user("a"));
    room.say("leave", user("b", 0, 0));
    expect(room.members).toEqual(["a"]);
  });
});

describe("being there", () => {
  it("joins with the next connection and again after each, with what the user said last", async () => {
    const room = new Room();
    room.presence.join({ row: 1 });
    expect(room.presence.joined.value).toBe(false);
    await room.bench.connected();
    expect(room.sent("join")).toEqual([]);
    room.sync();
    room.sync();
    expect(room.sent("join")).toEqual([{ metadata: { row: 1 } }]);
    await room.answerJoin();
    expect(room.presence.joined.value).toBe(true);
    room.presence.update({ row: 2 });
    await room.reconnect();
    expect(room.presence.joined.value).toBe(false);
    room.sync();
    expect(room.sent("join")).toEqual([{ metadata: { row: 2 } }]);
  });

  it("says the last of many updates, and no more than one in a while", async () => {
    const room = await new Room({ updateMs: 100 }).joined();
    for (let row = 1; row <= 50; row++) {
      room.presence.update({ row });
      await advance(9);
    }
    await advance(1_000);
    const rows = room.sent("update").map((payload) => (payload as { metadata: Cursor }).metadata.row);
    expect(rows.length).toBeLessThanOrEqual(6);
    expect([rows[0], rows.at(-1)]).toEqual([1, 50]);
  });

  it("says what changed while the join was on its way", async () => {
    const room = await new Room().looking();
    room.presence.join({ row: 1 });
    room.presence.update({ row: 2 });
    expect(room.sent("update")).toEqual([]);
    await room.answerJoin();
    expect(room.sent("update")).toEqual([{ metadata: { row: 2 } }]);
  });

  it("beats while it is a member, if it is to", async () => {
    const room = await new Room({ heartbeatMs: 10_000 }).joined();
    await advance(20_000);
    expect(room.sent("heartbeat")).toHaveLength(3);
    room.presence.leave();
    await advance(30_000);
    expect(room.sent("heartbeat")).toHaveLength(3);
    const quiet = await new Room().joined();
    await advance(20_000);
    expect(quiet.sent("heartbeat")).toHaveLength(0);
  });

  it("leaves, also if the join is still on its way, and does not come back", async () => {
    const room = await new Room().looking();
    room.presence.join();
    room.presence.leave();
    expect(room.sent("leave")).toHaveLength(0);
    await room.answerJoin();
    expect(room.sent("leave")).toHaveLength(1);
    expect(room.presence.joined.value).toBe(false);
    await room.reconnect();
    room.sync();
    expect(room.sent("join")).toEqual([]);
  });

  it("tries again where that can help, and not where it cannot", async () => {
    const room = await new Room().looking();
    room.presence.join();
    const refuse = (code: string): Promise<void> =>
      room.answer(room.bench.socket.sent("presence:join").at(-1), "error", { code, message: "no" });
    await refuse("UNAVAILABLE");
    await advance(2_000);
    expect(room.sent("join")).toHaveLength(2);
    await refuse("FORBIDDEN");
    await advance(10_000);
    await room.reconnect();
    room.sync();
    expect(room.sent("join")).toHaveLength(0);
    expect(room.told.filter((line) => !line.startsWith("sync"))).toEqual([
      "error UNAVAILABLE: no",
      "error FORBIDDEN: no",
    ]);
  });

  it("is there unseeing where the token does not permit to look", async () => {
    const room = new Room();
    room.presence.join();
    await room.bench.connected();
    expect(room.sent("join")).toHaveLength(0);
    room.bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no" } }));
    await room.answerJoin();
    expect(room.presence.joined.value).toBe(true);
    await room.reconnect();
    expect(room.sent("join")).toHaveLength(1);
  });

  it("ends with the grant, and nobody is seen any more", async () => {
    const room = await new Room({ heartbeatMs: 1_000 }).joined();
    room.bench.socket.acceptSubscribe();
    room.sync(user("a"), user("b"));
    room.told.length = 0;
    room.bench.socket.authenticate({ lost: [CHANNEL] });
    expect([room.presence.joined.value, room.members, room.presence.count.value]).toEqual([false, [], 0]);
    room.say("join", user("c"));
    expect(room.members).toEqual([]);
    await room.answer(room.bench.socket.sent("presence:join").at(-1), "error", { code: "FORBIDDEN", message: "no" });
    expect(room.told).toEqual(["error FORBIDDEN: no"]);
    await advance(5_000);
    expect([room.sent("join").length, room.sent("heartbeat").length]).toEqual([2, 1]);
  });

  it("goes on unseeing where only the grant to look was lost", async () => {
    const room = await new Room().joined();
    room.bench.socket.acceptSubscribe();
    room.sync(user("a"));
    room.bench.socket.authenticate({ lost: [CHANNEL] });
    await room.answerJoin();
    expect([room.presence.joined.value, room.members]).toEqual([true, []]);
    const joined: boolean[] = [];
    room.presence.joined.subscribe((is) => joined.push(is));
    const another = new Room({}, room.bench);
    another.presence.watch();
    await settle();
    room.bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no" } }));
    expect(joined).toEqual([true]);
  });

  it("shows nobody of before where a reconnect brings no grant to look", async () => {
    const room = await new Room().joined();
    room.sync(user("a"));
    await room.reconnect();
    await settle();
    room.bench.socket.acceptSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no" } }));
    expect([room.members, room.sent("join").length]).toEqual([[], 1]);
  });

  it("reports an update that is refused", async () => {
    const room = await new Room().joined();
    room.presence.update({ row: 1 });
    await room.answer(room.bench.socket.sent("presence:update")[0], "error", { code: "TOO_LARGE", message: "no" });
    expect(room.told).toEqual(["error TOO_LARGE: no"]);
  });
});

describe("two of one resource", () => {
  it("share the channel, also if both are made before either looks", async () => {
    const first = new Room();
    const second = new Room({}, first.bench);
    first.presence.join();
    second.presence.join();
    await first.bench.connected();
    first.bench.socket.acceptSubscribe();
    first.sync(user("a"));
    expect([first.members, second.members]).toEqual([["a"], ["a"]]);
    first.presence.close();
    expect(first.bench.socket.sent("unsubscribe")).toEqual([]);
    second.say("join", user("b"));
    expect([first.members, second.members]).toEqual([[], ["a", "b"]]);
    second.presence.close();
    expect(first.bench.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("know who is there, also who comes when all has been told", async () => {
    const first = await new Room().looking();
    first.bench.socket.acceptSubscribe();
    first.sync(user("a"));
    const second = new Room({}, first.bench);
    second.presence.join();
    await settle();
    expect(first.bench.socket.sent("subscribe")).toHaveLength(2);
    second.sync(user("a"));
    await second.answerJoin();
    expect([second.members, second.presence.joined.value]).toEqual([["a"], true]);
  });

  it("make the user a member until neither wants it", async () => {
    const first = await new Room().looking();
    const second = new Room({}, first.bench);
    first.presence.join();
    await first.answerJoin();
    second.presence.join();
    second.sync();
    await second.answerJoin();
    first.presence.close();
    expect([first.presence.joined.value, second.presence.joined.value]).toEqual([false, true]);
    expect(second.sent("leave")).toEqual([]);
    second.presence.leave();
    expect(second.sent("leave")).toHaveLength(1);
  });

  it("keep the user there for one whose join is refused for now", async () => {
    const first = await new Room().joined();
    const second = new Room({}, first.bench);
    second.presence.join();
    second.sync();
    await second.answer(second.bench.socket.sent("presence:join").at(-1), "error", {
      code: "UNAVAILABLE",
      message: "",
    });
    first.presence.leave();
    await advance(2_000);
    second.presence.leave();
    await second.answerJoin();
    expect(second.sent("leave")).toHaveLength(1);
  });
});
