import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SubscriptionOptions } from "../src/index.ts";
import { Cursor, idOf, positionIn } from "../src/sse/cursor.ts";
import { readEvents } from "../src/sse/events.ts";
import { sseTransport } from "../src/sse.ts";
import { Doors } from "./fake-doors.ts";
import { Bench } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Time, and everything that is under way in it. */
const advance = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString("base64url");
const token = (exp = 4_000_000_000, iat?: number): string => `${part({ kid: "k1" })}.${part({ sub: "ü", exp, iat })}.s`;

/** A client over event streams, and what its channels tell. */
class World {
  readonly doors = new Doors();
  readonly bench: Bench;
  readonly heard: string[] = [];

  constructor(options: ConstructorParameters<typeof Bench>[0] = {}, who: "user" | "anonymous" = "user") {
    const url = `ws://gateway/ws${who === "user" ? "" : "?workspace=acme"}`;
    const credentials = who === "user" ? { token: token() } : {};
    this.bench = new Bench(
      { url, ...credentials, transport: sseTransport({ fetch: this.doors.fetch }), ...options },
      "anonymous",
    );
  }

  subscribe(name: string, options: SubscriptionOptions = {}): void {
    const channel = this.bench.client.channel(name, options);
    channel.on("subscribed", ({ recovered }) => this.heard.push(`${name} subscribed ${recovered}`));
    channel.on("publication", ({ data }) => this.heard.push(`${name} ${data}`));
    channel.on("lost", ({ count, reason }) => this.heard.push(`${name} lost ${count} ${reason}`));
    channel.on("error", ({ message }) => this.heard.push(`${name} ${message}`));
    channel.subscribe();
  }

  async connected(): Promise<this> {
    this.bench.client.connect();
    await advance();
    return this;
  }

  async reconnect(): Promise<void> {
    await advance(this.bench.states.at(-1)?.nextDelayMs ?? 0);
  }
}

describe("a cursor", () => {
  const key = "GA9WN5n4";

  it("has the gateway's key for a channel, and positions that can be read back", () => {
    expect(idOf("orders", { epoch: "k3f9-1", offset: 42 })).toMatch(/^[\w-]{8}42\.k3f9-1$/);
    expect(positionIn(`${key}42.k3f9-1`)).toEqual({ epoch: "k3f9-1", offset: 42 });
    expect(positionIn("")).toBeUndefined();
  });

  it("knows the better of what the client and what an id says, and only channels that are asked for", () => {
    const cursor = new Cursor();
    cursor.put("a", { epoch: "e", offset: 5 });
    cursor.take(`${idOf("a", { epoch: "e", offset: 9 })}~${idOf("b", { epoch: "f", offset: 1 })}`);
    cursor.put("a", { epoch: "e", offset: 7 });
    expect(cursor.of(["a", "c"])).toBe(idOf("a", { epoch: "e", offset: 9 }));
    cursor.put("a", { epoch: "new", offset: 1 });
    expect(cursor.of(["b", "a"])).toBe(
      `${idOf("b", { epoch: "f", offset: 1 })}~${idOf("a", { epoch: "new", offset: 1 })}`,
    );
    cursor.forget("a");
    expect(cursor.of(["a"])).toBe("");
  });
});

describe("an event stream", () => {
  it("is read whatever pieces it comes in", async () => {
    const text = 'retry: 20\nevent: connected\ndata: {"é":1}\n\n: ping\n\nid: x1.e\ndata: {"n":2}\n\nid: y\n\nda';
    const bytes = new TextEncoder().encode(text);
    for (const size of [1, 2, 3, 7, 1_000]) {
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          for (let i = 0; i < bytes.length; i += size) {
            controller.enqueue(bytes.slice(i, i + size));
          }
          controller.close();
        },
      });
      const events: unknown[] = [];
      let chunks = 0;
      for await (const event of readEvents(body, () => chunks++)) {
        events.push(event);
      }
      expect(events).toEqual([
        { name: "connected", id: "", data: '{"é":1}' },
        { name: "message", id: "", data: "" },
        { name: "message", id: "x1.e", data: '{"n":2}' },
        { name: "message", id: "y", data: "" },
      ]);
      expect(chunks).toBeGreaterThanOrEqual(Math.floor(bytes.length / size) - 1);
    }
  });
});

describe("a client over event streams", () => {
  it("shows its token in a header at each door and never in an address, and knows whose it is", async () => {
    const world = new World();
    const users: unknown[] = [];
    world.bench.client.on("identity", ({ userId }) => users.push(userId));
    world.subscribe("a");
    await world.connected();
    world.doors.stream.accept();
    await advance();
    expect(world.bench.state).toBe("connected");
    expect(users).toEqual([undefined, "ü"]);
    expect(world.heard).toEqual(["a subscribed false"]);
    for (const call of world.doors.calls) {
      expect(call.headers.get("authorization")).toBe(`Bearer ${token()}`);
      expect(call.query.toString()).not.toContain("token");
    }
  });

  it("is anonymous where its address says of which workspace", async () => {
    const world = new World({}, "anonymous");
    world.doors.status = 401;
    world.subscribe("a");
    await world.connected();
    expect(world.bench.state).toBe("connected");
    expect(world.doors.stream.query.get("workspace")).toBe("acme");
    expect(world.doors.stream.headers.has("authorization")).toBe(false);
  });

  it.each([
    [0, "reconnecting"],
    [401, "failed"],
    [403, "failed"],
    [503, "reconnecting"],
    [429, "reconnecting"],
  ])("is not connected where the doors answer %d: %s", async (status, state) => {
    const world = new World();
    world.doors.status = status;
    await world.connected();
    expect(world.bench.state).toBe(state);
    expect(vi.getTimerCount()).toBe(state === "failed" ? 0 : 1);
  });

  it("has channels with the same options over one stream, and others over another", async () => {
    const world = new World();
    world.subscribe("a");
    world.subscribe("b");
    world.subscribe("c", { filter: { eq: ["x", 1] }, sampleRate: 0.5, last: 3 });
    await world.connected();
    expect(world.doors.streams.map(({ channels }) => channels)).toEqual([["a", "b"], ["c"]]);
    expect(Object.fromEntries(world.doors.stream.query)).toEqual({
      channel: "c",
      filter: '{"eq":["x",1]}',
      sampleRate: "0.5",
      last: "3",
    });
  });

  it("tells of none of its channels before it can tell of all that were asked for together", async () => {
    const world = new World();
    world.subscribe("a");
    world.subscribe("b", { sampleRate: 0.5 });
    await world.connected();
    const [first, second] = world.doors.streams;
    first?.accept();
    first?.publish("a", 1);
    await advance();
    expect(world.heard).toEqual([]);
    second?.accept();
    await advance();
    expect(world.heard).toEqual(["a subscribed false", "b subscribed false", "a 1"]);
  });

  it("recovers from where it has been, over a break and over a stream that begins anew for one more channel", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    world.doors.stream.publish("a", 1, idOf("a", { epoch: "e1", offset: 1 }));
    await advance();
    world.subscribe("b");
    await advance();
    expect(world.doors.streams[0]?.closed).toBe(true);
    expect(world.doors.stream.channels).toEqual(["a", "b"]);
    expect(world.doors.stream.cursor).toBe(idOf("a", { epoch: "e1", offset: 1 }));
    world.doors.stream.accept((channel) => ({ recovered: channel === "a" }));
    world.doors.stream.publish("a", 2, idOf("a", { epoch: "e1", offset: 2 }));
    await advance();
    world.doors.stream.end();
    await advance();
    expect(world.bench.states.at(-1)).toMatchObject({ to: "reconnecting", reason: "the stream ended (1006)" });
    await world.reconnect();
    expect(world.doors.stream.cursor.split("~")).toContain(idOf("a", { epoch: "e1", offset: 2 }));
    world.doors.stream.accept();
    world.doors.stream.publish("a", 3);
    await advance();
    expect(world.heard).toEqual([
      "a subscribed false",
      "a 1",
      "b subscribed false",
      "a 2",
      "a subscribed true",
      "b subscribed true",
      "a 3",
    ]);
  });

  it("goes on from a kept position, and from live where none is wanted any more", async () => {
    const world = await new World().connected();
    world.subscribe("a", { recover: { epoch: "e1", offset: 41 } });
    await advance();
    expect(world.doors.stream.cursor).toBe(idOf("a", { epoch: "e1", offset: 41 }));
    world.doors.stream.accept();
    await advance();
    world.bench.client.channel("a").unsubscribe();
    world.subscribe("a");
    await advance();
    expect(world.doors.stream.cursor).toBe("");
  });

  it("tells what is lost if a stream that begins anew cannot go on", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    world.doors.stream.publish("a", 3, idOf("a", { epoch: "e1", offset: 3 }));
    await advance();
    world.subscribe("b");
    await advance();
    world.doors.stream.accept(() => ({ recovered: false, position: { epoch: "e1", offset: 9 } }));
    await advance();
    expect(world.heard).toEqual(["a subscribed false", "a 3", "a lost 6 history_evicted", "b subscribed false"]);
  });

  it("lets one channel that is refused not keep the others out", async () => {
    const world = new World();
    for (const name of ["a", "secret", "b"]) {
      world.subscribe(name);
    }
    await world.connected();
    world.doors.stream.json({ code: "FORBIDDEN", message: "one of them" }, 403);
    await advance();
    for (const call of world.doors.calls.filter(({ path }) => path === "GET /publications")) {
      const refused = call.channels[0] === "secret";
      call.json(refused ? { code: "FORBIDDEN", message: "not this one" } : {}, refused ? 403 : 200);
    }
    await advance();
    expect(world.doors.stream.channels).toEqual(["a", "b"]);
    world.doors.stream.accept();
    await advance();
    expect(world.heard).toEqual(["secret FORBIDDEN: not this one", "a subscribed false", "b subscribed false"]);
  });

  it("refuses of too many together the newer, and only some of those that are asked for", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    await advance();
    for (const name of ["b", "c", "d"]) {
      world.subscribe(name);
    }
    await advance();
    const refuse = { code: "SUBSCRIPTION_LIMIT", message: "at most 2" };
    world.doors.stream.json(refuse, 400);
    await advance();
    expect(world.doors.stream.channels).toEqual(["a", "b"]);
    world.doors.stream.accept((channel) => ({ recovered: channel === "a" }));
    world.doors.stream.publish("a", 1);
    await advance();
    expect(world.heard).toEqual([
      "a subscribed false",
      "c SUBSCRIPTION_LIMIT: at most 2",
      "d SUBSCRIPTION_LIMIT: at most 2",
      "b subscribed false",
      "a 1",
    ]);
  });

  it("leaves those subscribed alone where one more is too many", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    await advance();
    world.subscribe("b");
    await advance();
    world.doors.stream.json({ code: "SUBSCRIPTION_LIMIT", message: "at most 1" }, 400);
    await advance();
    expect(world.doors.calls.map(({ path }) => path)).not.toContain("GET /publications");
    expect(world.doors.stream.channels).toEqual(["a"]);
    expect(world.bench.client.channel("a").state).toBe("subscribed");
    expect(world.heard).toEqual(["a subscribed false", "b SUBSCRIPTION_LIMIT: at most 1"]);
  });

  it("comes back later where those subscribed are too many", async () => {
    const world = await new World().connected();
    for (const name of ["a", "b", "c"]) {
      world.subscribe(name);
    }
    await advance();
    world.doors.stream.accept();
    await advance();
    world.bench.client.channel("c").unsubscribe();
    await advance(1_000);
    world.doors.stream.json({ code: "SUBSCRIPTION_LIMIT", message: "at most 1" }, 400);
    await advance();
    expect(world.bench.states.at(-1)).toMatchObject({ to: "reconnecting", code: 1013, reason: "at most 1 (1013)" });
    expect(world.heard).toHaveLength(3);
  });

  it.each([429, 503])("takes a %d at a channel for no refusal of it", async (status) => {
    const world = new World();
    world.subscribe("a");
    world.subscribe("secret");
    await world.connected();
    world.doors.stream.json({ code: "FORBIDDEN", message: "one of them" }, 403);
    await advance();
    for (const call of world.doors.calls.filter(({ path }) => path === "GET /publications")) {
      const refused = call.channels[0] === "secret";
      call.json({ code: refused ? "FORBIDDEN" : "UNAVAILABLE", message: "not now" }, refused ? 403 : status);
    }
    await advance();
    expect(world.bench.states.at(-1)).toMatchObject({ to: "reconnecting", code: 1013, reason: "not now (1013)" });
    expect(world.heard).toEqual([]);
  });

  it("forgets what it hears of channels one by one when their stream has begun anew meanwhile", async () => {
    const world = new World();
    world.subscribe("a");
    world.subscribe("b", { filter: { eq: ["x", 1] } });
    world.subscribe("c", { filter: { eq: ["x", 1] } });
    await world.connected();
    world.doors.stream.json({ code: "BAD_FILTER", message: "this" }, 400);
    await advance();
    const polls = world.doors.calls.filter(({ path }) => path === "GET /publications");
    world.bench.client.channel("c").configure({ filter: { eq: ["y", 1] } });
    await advance();
    for (const call of polls) {
      call.json({ code: "BAD_FILTER", message: "this" }, 400);
    }
    await advance();
    expect(world.heard).toEqual([]);
  });

  it("comes back as the stream's last event says", async () => {
    const world = await new World({ token: () => token() }).connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    world.doors.stream.say("close", { code: 1012, reason: "restart" });
    await advance();
    expect(world.bench.states.at(-1)).toMatchObject({ to: "reconnecting", code: 1012, reason: "restart (1012)" });
  });

  it("leaves a stream that is silent for two ping intervals, and not one that is only quiet", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    await advance(19_000);
    world.doors.stream.raw(": ping\n\n");
    await advance(19_999);
    expect(world.bench.state).toBe("connected");
    await advance(1);
    expect(world.bench.state).toBe("reconnecting");
  });

  it("leaves a stream that begins anew and gets no answer, however often it is asked for", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    await advance();
    world.subscribe("b");
    await advance(19_999);
    expect([world.doors.streams.length, world.bench.state]).toEqual([3, "connected"]);
    await advance(1);
    expect(world.bench.state).toBe("reconnecting");
  });

  it("renews its token by streams that begin anew, and leaves what the new one does not permit", async () => {
    const tokens = [token(Date.now() / 1_000 + 100), token()];
    const world = await new World({ token: () => tokens.shift() ?? "" }).connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    const pings = setInterval(() => world.doors.stream.raw(": ping\n\n"), 9_000);
    await advance(65_000);
    clearInterval(pings);
    expect(world.doors.streams).toHaveLength(2);
    expect(world.doors.stream.headers.get("authorization")).toBe(`Bearer ${token()}`);
    world.doors.stream.json({ code: "FORBIDDEN", message: "no more" }, 403);
    await advance();
    expect(world.heard).toEqual(["a subscribed false", "a FORBIDDEN: the new token does not permit it"]);
    expect(world.bench.states).toHaveLength(2);
  });

  describe("by a clock that is wrong", () => {
    const LIFE_MS = 900_000;

    /** Whose gateway has another clock, and answers: the times at which a token was asked for. */
    async function wrongBy(aheadMs: number, issued = true): Promise<{ world: World; asked: number[] }> {
      const there = (): number => Date.now() - aheadMs;
      const asked: number[] = [];
      const fresh = (): string => {
        asked.push(Date.now());
        return token((there() + LIFE_MS) / 1_000, issued ? there() / 1_000 : undefined);
      };
      const world = await new World({ token: fresh }).connected();
      world.subscribe("a");
      await advance();
      const accepted = new Set<unknown>();
      setInterval(() => {
        const { stream } = world.doors;
        if (!accepted.has(stream)) {
          accepted.add(stream);
          stream.accept(undefined, there());
        } else if (!stream.closed) {
          stream.raw(": ping\n\n");
        }
      }, 200);
      return { world, asked };
    }
    const gaps = (times: readonly number[]): number[] => times.slice(1).map((time, i) => time - (times[i] ?? 0));

    it.each([
      ["ahead by more than a token lives", 1_200_000],
      ["behind", -1_200_000],
    ])("renews its token when it is due: %s", async (_, aheadMs) => {
      const { asked } = await wrongBy(aheadMs);
      await advance(2 * LIFE_MS);
      expect(gaps(asked)).toEqual([787_500, 787_500]);
    });

    it("renews its token once too early where only the stream tells it", async () => {
      const { asked } = await wrongBy(LIFE_MS - 1_000);
      await advance(2 * LIFE_MS);
      expect(gaps(asked)).toEqual([1_000, 787_500, 787_500]);
    });

    it("still knows over a break how long its token lives", async () => {
      const { world, asked } = await wrongBy(1_200_000);
      await advance(600_000);
      world.doors.stream.end();
      await advance(LIFE_MS - 600_000);
      expect(gaps(asked)).toEqual([862_500]);
    });

    it("does not renew a token of which it cannot know how long it lives", async () => {
      const { world, asked } = await wrongBy(1_200_000, false);
      await advance(LIFE_MS);
      expect(gaps(asked)).toEqual([]);
      world.doors.stream.say("close", { code: 4401, reason: "the token has expired" });
      world.doors.stream.end();
      await advance(LIFE_MS);
      expect(asked).toHaveLength(3);
    });
  });

  it("posts what it publishes, and reads history", async () => {
    const world = await new World().connected();
    const channel = world.bench.client.channel("a");
    const published = channel.publish({ x: 1 }, { name: "n", id: "i" });
    await advance();
    expect(world.doors.last("POST /publications").body).toEqual({ channel: "a", data: { x: 1 }, name: "n", id: "i" });
    world.doors.last("POST /publications").json({ position: { epoch: "e", offset: 1 } });
    expect(await published).toEqual({ epoch: "e", offset: 1 });

    const refused = channel.publish({});
    await advance();
    world.doors.last("POST /publications").json({ code: "FORBIDDEN", message: "no" }, 403);
    await expect(refused).rejects.toThrow("FORBIDDEN: no");

    const history = channel.history({ after: { epoch: "e", offset: 1 }, limit: 5 });
    await advance();
    const call = world.doors.last("GET /publications");
    expect(Object.fromEntries(call.query)).toEqual({
      channel: "a",
      after: idOf("a", { epoch: "e", offset: 1 }),
      limit: "5",
    });
    call.json({
      publications: [
        { type: "event", channel: "a", payload: { name: "n", data: 2 }, position: { epoch: "e", offset: 2 } },
      ],
      cursor: idOf("a", { epoch: "e", offset: 2 }),
      complete: true,
    });
    expect(await history).toMatchObject({
      publications: [{ name: "n", data: 2 }],
      position: { epoch: "e", offset: 2 },
      complete: true,
    });
  });

  it("says that it cannot make its user present", async () => {
    const world = await new World().connected();
    const refused = world.bench.client.channel("presence:x").request("presence:join", "presence:joined", {});
    await expect(refused).rejects.toThrow("one can look who is present, but not be present");
  });

  it("begins a stream anew without a channel that was left, once for several, and ends it with the last", async () => {
    const world = await new World().connected();
    for (const name of ["a", "b", "c"]) {
      world.subscribe(name);
    }
    await advance();
    world.doors.stream.accept();
    await advance();
    world.bench.client.channel("a").unsubscribe();
    world.doors.stream.publish("a", 1);
    world.doors.stream.publish("b", 1);
    await advance(500);
    world.bench.client.channel("b").unsubscribe();
    await advance(1_000);
    expect(world.doors.streams.map(({ channels }) => channels)).toEqual([["a", "b", "c"], ["c"]]);
    expect(world.heard.slice(3)).toEqual(["b 1"]);
    world.doors.stream.accept();
    world.bench.client.channel("c").unsubscribe();
    await advance();
    expect(world.doors.stream.closed).toBe(true);
    expect(world.bench.state).toBe("connected");
  });

  it("ends everything when it is closed", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    await advance();
    world.bench.client.close();
    await advance();
    expect(world.doors.stream.closed).toBe(true);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("plans nothing for a stream that is answered when it is closed", async () => {
    const world = await new World().connected();
    world.subscribe("a");
    await advance();
    world.doors.stream.accept();
    world.bench.client.close();
    await advance();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks the gateway where it is asked whether it is still there", async () => {
    const world = await new World().connected();
    world.bench.page("visible");
    await advance(10_000);
    expect(world.bench.state).toBe("connected");
    world.doors.status = 0;
    world.bench.page("visible");
    await advance();
    expect(world.bench.state).toBe("reconnecting");
  });
});
