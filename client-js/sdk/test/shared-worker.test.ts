import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { SubscriptionOptions } from "../src/index.ts";
import { PresenceManager } from "../src/presence.ts";
import { Hub } from "../src/shared-worker/hub.ts";
import type { Port, PortMessage, Worker } from "../src/shared-worker/port.ts";
import { sharedWorkerTransport } from "../src/shared-worker.ts";
import { Bench, FakeSocket, type Frame } from "./fake-gateway.ts";

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("SharedWorker", class {});
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const advance = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);
const part = (claims: object): string => Buffer.from(JSON.stringify(claims)).toString("base64url");
const tokenOf = (sub: string, exp = 4_000_000_000): string => `${part({ kid: "k1" })}.${part({ sub, exp })}.s`;
const ALICE = tokenOf("alice");

/** Two ends that hear each other in a later turn, as those of a MessageChannel do. */
function channel(): [Port, Port] {
  const ends = [0, 1].map((): Port & { other?: Port } => ({
    onmessage: null,
    postMessage(message: PortMessage) {
      const data = structuredClone(message);
      queueMicrotask(() => this.other?.onmessage?.({ data } as MessageEvent<PortMessage>));
    },
    close() {
      this.onmessage = null;
    },
  })) as [Port & { other?: Port }, Port & { other?: Port }];
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}

/** A worker, its connections to the gateway, and tabs. */
class Browser {
  readonly sockets: FakeSocket[] = [];
  readonly hub = new Hub({
    transport: (_, listener) => {
      const socket = new FakeSocket(listener);
      this.sockets.push(socket);
      return socket;
    },
  });

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  startWorker(): Worker {
    const [port, other] = channel();
    this.hub.connect(other);
    return { port, onerror: null };
  }

  async tab(token = ALICE): Promise<Tab> {
    const tab = new Tab(this, token);
    tab.bench.client.connect();
    await advance();
    return tab;
  }

  /** The gateway lets the newest connection in. */
  async letIn(socket = this.socket): Promise<void> {
    socket.accept();
    const requestId = socket.sent("authenticate")[0]?.["requestId"];
    socket.say({ type: "authenticated", requestId, timestamp: Date.now(), payload: { userId: "alice", lost: [] } });
    await advance();
  }

  async answerSubscribe(result?: (channel: string) => object, socket = this.socket): Promise<void> {
    socket.acceptSubscribe(result);
    await advance();
  }

  async publish(name: string, offset: number, socket = this.socket): Promise<void> {
    socket.publish(name, offset);
    await advance();
  }
}

class Tab {
  readonly bench: Bench;
  readonly heard: string[] = [];

  constructor(browser: Browser, token: string) {
    const transport = sharedWorkerTransport(() => browser.startWorker(), { timeoutMs: 60_000 });
    this.bench = new Bench({ token: () => token, transport }, "anonymous");
  }

  async subscribe(name: string, options: SubscriptionOptions = {}): Promise<this> {
    const subscription = this.bench.client.channel(name, options);
    subscription.on("subscribed", ({ recovered, wasRecovering }) =>
      this.heard.push(`${name} subscribed${wasRecovering ? ` recovered=${recovered}` : ""}`),
    );
    subscription.on("publication", ({ data }) => this.heard.push(`${name} ${data}`));
    subscription.on("error", ({ message }) => this.heard.push(message));
    subscription.subscribe();
    await advance();
    return this;
  }

  async reconnect(): Promise<void> {
    await advance(this.bench.states.at(-1)?.nextDelayMs ?? 0);
  }
}

const asked = (socket: FakeSocket): unknown[] =>
  socket.sent("subscribe").flatMap((frame) => (frame["payload"] as { channels: unknown[] }).channels);

describe("tabs of one browser", () => {
  it("share one connection, and each is as it would be on its own", async () => {
    const browser = new Browser();
    const first = await browser.tab();
    const second = await browser.tab();
    await browser.letIn();
    const third = await browser.tab();
    expect(browser.sockets).toHaveLength(1);
    expect(browser.socket.sent("authenticate").map((frame) => frame["payload"])).toEqual([{ token: ALICE }]);
    for (const { bench } of [first, second, third]) {
      expect(bench.states.map(({ to }) => to)).toEqual(["connecting", "connected"]);
      expect(bench.errors).toEqual([]);
    }
  });

  it("have one subscription to a channel, of which each hears from when it came", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    await browser.letIn();
    await browser.answerSubscribe();
    await browser.publish("a", 1);
    const second = await (await browser.tab()).subscribe("a");
    await browser.publish("a", 2);
    expect(asked(browser.socket)).toEqual([{ channel: "a" }]);
    expect(first.heard).toEqual(["a subscribed", "a 1", "a 2"]);
    expect(second.heard).toEqual(["a subscribed", "a 2"]);
    expect(second.bench.client.channel("a").position).toEqual({ epoch: "e1", offset: 2 });

    first.bench.client.channel("a").unsubscribe();
    await browser.publish("a", 3);
    expect(browser.socket.sent("unsubscribe")).toHaveLength(0);
    expect(second.heard.at(-1)).toBe("a 3");
    second.bench.client.channel("a").unsubscribe();
    await advance();
    expect(browser.socket.sent("unsubscribe").map((frame) => frame["channel"])).toEqual(["a"]);
  });

  it("wait for one answer where both ask before the gateway has given it, also if it is no", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    const second = await (await browser.tab()).subscribe("a");
    await browser.letIn();
    await browser.answerSubscribe(() => ({ error: { code: "FORBIDDEN", message: "no" } }));
    expect(asked(browser.socket)).toEqual([{ channel: "a" }]);
    expect([first.heard, second.heard]).toEqual([["FORBIDDEN: no"], ["FORBIDDEN: no"]]);
  });

  it("keep for a tab what comes while it waits for another of its channels", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    await browser.letIn();
    await browser.answerSubscribe();
    const second = await browser.tab();
    void second.subscribe("a");
    await second.subscribe("b");
    await browser.publish("a", 1);
    expect(second.heard).toEqual([]);
    await browser.answerSubscribe();
    expect(second.heard).toEqual(["a subscribed", "b subscribed", "a 1"]);
    expect(first.heard).toEqual(["a subscribed", "a 1"]);
  });

  it("all come back over one connection after a break, each without gap and repeat", async () => {
    const browser = new Browser();
    const tabs = [await (await browser.tab()).subscribe("a"), await (await browser.tab()).subscribe("a")];
    await browser.letIn();
    await browser.answerSubscribe();
    await browser.publish("a", 1);
    browser.socket.hangUp(1006);
    await advance();
    for (const tab of tabs) {
      expect(tab.bench.states.at(-1)).toMatchObject({ to: "reconnecting", code: 1006 });
    }
    await tabs[0]?.reconnect();
    expect(browser.sockets).toHaveLength(2);
    await browser.letIn();
    expect(asked(browser.socket)).toEqual([{ channel: "a", recover: { epoch: "e1", offset: 1 } }]);
    await browser.answerSubscribe();
    await browser.publish("a", 2);
    for (const tab of tabs) {
      expect(tab.heard).toEqual(["a subscribed", "a 1", "a subscribed recovered=true", "a 2"]);
    }
  });

  it("have a further connection where they want a channel in different ways", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    await browser.letIn();
    await browser.answerSubscribe();
    const filtered = await (await browser.tab()).subscribe("a", { filter: { eq: ["x", 1] } });
    expect(browser.sockets).toHaveLength(2);
    await browser.letIn();
    await browser.answerSubscribe();
    await browser.publish("a", 1, browser.sockets[0]);
    await browser.publish("a", 7, browser.sockets[1]);
    expect(first.heard).toEqual(["a subscribed", "a 1"]);
    expect(filtered.heard).toEqual(["a subscribed", "a 7"]);

    const same = await (await browser.tab()).subscribe("a", { filter: { eq: ["x", 1] } });
    const newest = await (await browser.tab()).subscribe("a", { last: 5 });
    expect(browser.sockets).toHaveLength(3);
    expect(same.heard).toEqual(["a subscribed"]);
    expect(asked(browser.socket)).toEqual([]);
    await browser.letIn();
    expect(asked(browser.socket)).toEqual([{ channel: "a", last: 5 }]);
    newest.bench.client.close();
    await advance();
    expect(browser.sockets.map(({ closedWith }) => closedWith)).toEqual([undefined, undefined, 1000]);
  });

  it("can change what one of them wants without a gap, and without the others' notice", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    await browser.letIn();
    await browser.answerSubscribe();
    const second = await (await browser.tab()).subscribe("a");
    await browser.publish("a", 3);
    second.bench.client.channel("a").configure({ sampleRate: 0.5 });
    await advance();
    expect(browser.sockets).toHaveLength(2);
    await browser.letIn();
    expect(asked(browser.socket)).toEqual([{ channel: "a", sampleRate: 0.5, recover: { epoch: "e1", offset: 3 } }]);
    first.bench.client.channel("a").configure({ sampleRate: 0.1 });
    await advance();
    expect(browser.sockets).toHaveLength(2);
    expect(asked(browser.sockets[0] as FakeSocket).at(-1)).toEqual({ channel: "a", sampleRate: 0.1 });
  });

  it.each([
    ["another user's", tokenOf("bob")],
    ["one that cannot be read", "opaque"],
  ])("do not share it with %s", async (_, token) => {
    const browser = new Browser();
    await browser.tab();
    await browser.letIn();
    await browser.tab(token);
    expect(browser.sockets).toHaveLength(2);
    expect(browser.socket.sent("authenticate")).toHaveLength(0);
    browser.socket.accept();
    expect(browser.socket.sent("authenticate")[0]?.["payload"]).toEqual({ token });
  });

  it("profit all from one renewal, and an older token changes nothing", async () => {
    const browser = new Browser();
    const first = await browser.tab(tokenOf("alice", 1_000));
    await browser.letIn();
    const second = await browser.tab(tokenOf("alice", 2_000));
    const users: unknown[] = [];
    second.bench.client.on("identity", ({ userId }) => users.push(userId));
    const text = (token: string): PortMessage => ({
      kind: "text",
      text: JSON.stringify({ type: "authenticate", requestId: "mine", payload: { token } }),
    });
    const [port, other] = channel();
    const heard: Frame[] = [];
    port.onmessage = ({ data }) => data.kind === "text" && heard.push(JSON.parse(data.text) as Frame);
    browser.hub.connect(other);
    port.postMessage({
      kind: "open",
      url: "ws://gateway/ws",
      first: (text(tokenOf("alice", 900)) as { text: string }).text,
    });
    await advance();
    port.postMessage(text(tokenOf("alice", 1_000)));
    await advance();
    expect(browser.socket.sent("authenticate")).toHaveLength(1);
    port.postMessage(text(tokenOf("alice", 3_000)));
    await advance();
    const [, renewal] = browser.socket.sent("authenticate");
    expect(renewal?.["payload"]).toEqual({ token: tokenOf("alice", 3_000) });
    browser.socket.say({
      type: "authenticated",
      requestId: renewal?.["requestId"],
      timestamp: Date.now(),
      payload: { userId: "alice", lost: [] },
    });
    await advance();
    expect(heard.filter(({ type }) => type === "authenticated").map((frame) => frame["requestId"])).toEqual([
      "mine",
      "mine",
      undefined,
      "mine",
    ]);
    expect(users).toEqual(["alice"]);
    expect(first.bench.states.map(({ to }) => to)).toEqual(["connecting", "connected"]);
  });

  it("are told that the gateway does not let them in", async () => {
    const browser = new Browser();
    const tabs = [await browser.tab(), await browser.tab()];
    browser.socket.accept();
    browser.socket.hangUp(4403, "no");
    await advance();
    expect(tabs.map(({ bench }) => bench.state)).toEqual(["failed", "failed"]);
  });

  it("get each its own answers", async () => {
    const browser = new Browser();
    const tabs = [await browser.tab(), await browser.tab()];
    await browser.letIn();
    const results = tabs.map(({ bench }, i) => bench.client.channel("a").publish(i));
    await advance();
    for (const { requestId, payload } of browser.socket.sent("publish").reverse() as {
      requestId?: string;
      payload?: { data: number };
    }[]) {
      browser.socket.say({
        type: "published",
        requestId,
        payload: { position: { epoch: "e", offset: payload?.data } },
      });
    }
    expect(await Promise.all(results)).toEqual([
      { epoch: "e", offset: 0 },
      { epoch: "e", offset: 1 },
    ]);
  });

  it("leave it when they close, the last of them closes it", async () => {
    const browser = new Browser();
    const first = await (await browser.tab()).subscribe("a");
    const second = await (await browser.tab()).subscribe("b");
    await browser.letIn();
    await browser.answerSubscribe();
    first.bench.client.close();
    await advance();
    expect(browser.socket.sent("unsubscribe").map((frame) => frame["channel"])).toEqual(["a"]);
    expect(browser.socket.closedWith).toBeUndefined();
    second.bench.client.close();
    await advance();
    expect(browser.socket.closedWith).toBe(1000);
    await browser.tab();
    expect(browser.sockets).toHaveLength(2);
  });

  it("that are gone without a word are left out after a few pings, and those that answer are not", async () => {
    const browser = new Browser();
    const waiting = await (await browser.tab()).subscribe("a");
    const here = await (await browser.tab()).subscribe("b");
    await browser.letIn();
    await browser.answerSubscribe();
    const silent = channel();
    browser.hub.connect(silent[1]);
    silent[0].postMessage({
      kind: "open",
      url: "ws://gateway/ws",
      first: JSON.stringify({ type: "authenticate", payload: { token: ALICE } }),
    });
    silent[0].postMessage({
      kind: "text",
      text: JSON.stringify({ type: "subscribe", requestId: "1", payload: { channels: [{ channel: "c" }] } }),
    });
    await advance();
    for (let i = 0; i < 5; i++) {
      browser.socket.say({ type: "ping" });
      await advance();
    }
    expect(browser.socket.sent("pong")).toHaveLength(5);
    expect(browser.socket.sent("unsubscribe").map((frame) => frame["channel"])).toEqual(["c"]);
    expect([waiting.bench.state, here.bench.state]).toEqual(["connected", "connected"]);
  });

  it("go elsewhere from a gateway that drains, and new ones do not come to it", async () => {
    const browser = new Browser();
    const first = await browser.tab();
    await browser.letIn();
    browser.socket.say({ type: "drain", payload: { reconnectInMs: 5_000 } });
    await advance();
    const second = await browser.tab();
    expect(browser.sockets).toHaveLength(2);
    await browser.letIn();
    await advance(5_000);
    expect(browser.sockets[0]?.closedWith).toBe(1000);
    await first.reconnect();
    expect(browser.sockets).toHaveLength(2);
    expect([first.bench.state, second.bench.state]).toEqual(["connected", "connected"]);
  });
});

describe("a user in several tabs", () => {
  /** Tells who is there, and lets in who wants to be. */
  async function answer({ socket }: Browser): Promise<void> {
    socket.acceptSubscribe();
    socket.say({ type: "presence:sync", channel: "presence:x", payload: { users: [], count: 0 } });
    await advance();
    for (const { type, requestId, channel: name } of socket.frames.splice(0)) {
      if (type === "presence:join") {
        socket.say({ type: "presence:joined", channel: name, requestId, payload: {} });
      }
    }
    await advance();
  }

  it("is present until the last of them leaves", async () => {
    const browser = new Browser();
    const rooms = [await browser.tab(), await browser.tab()].map(({ bench }) => new PresenceManager(bench.client, "x"));
    await browser.letIn();
    for (const room of rooms) {
      room.join();
      await advance();
      expect(asked(browser.socket)).toHaveLength(1);
      await answer(browser);
    }
    expect(rooms.map(({ joined }) => joined.value)).toEqual([true, true]);
    rooms[0]?.leave();
    await advance();
    expect(browser.socket.sent("presence:leave")).toHaveLength(0);
    rooms[1]?.leave();
    await advance();
    expect(browser.socket.sent("presence:leave")).toHaveLength(1);
  });

  it("is present a while longer when the tab is gone, so that it can be loaded again", async () => {
    const browser = new Browser();
    await browser.tab();
    const tab = await browser.tab();
    await browser.letIn();
    new PresenceManager(tab.bench.client, "x").join();
    await advance();
    await answer(browser);
    tab.bench.client.close();
    await advance(4_999);
    expect(browser.socket.sent("presence:leave")).toHaveLength(0);
    await advance(1);
    expect(browser.socket.sent("presence:leave").map((frame) => frame["channel"])).toEqual(["presence:x"]);
  });
});

describe("without a worker", () => {
  async function direct(worker: () => Worker): Promise<FakeSocket | undefined> {
    const sockets: FakeSocket[] = [];
    const transport = sharedWorkerTransport(worker, {
      timeoutMs: 1_000,
      direct: (_, listener) => {
        sockets.push(new FakeSocket(listener));
        return sockets[0] as FakeSocket;
      },
    });
    const bench = new Bench({ transport });
    bench.client.connect();
    await advance();
    if (sockets.length === 0) {
      await advance(1_000);
    }
    sockets[0]?.accept();
    sockets[0]?.authenticate();
    expect(bench.state).toBe("connected");
    return sockets[0];
  }

  it("a tab has a connection of its own where there are none", async () => {
    vi.stubGlobal("SharedWorker", undefined);
    const worker = vi.fn();
    expect(await direct(worker)).toBeDefined();
    expect(worker).not.toHaveBeenCalled();
  });

  it("also where its script cannot be loaded, or does not answer", async () => {
    const broken: Worker = { port: channel()[0], onerror: null };
    const opened = direct(() => {
      queueMicrotask(() => broken.onerror?.(undefined as never));
      return broken;
    });
    expect(await opened).toBeDefined();
    expect(await direct(() => ({ port: channel()[0], onerror: null }))).toBeDefined();
  });
});
