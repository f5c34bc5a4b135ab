import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Subscription } from "../src/subscription.ts";
import { Bench, settle } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** Everything a subscription reports, in order. */
function record(subscription: Subscription): string[] {
  const heard: string[] = [];
  subscription.on("subscribed", (e) =>
    heard.push(`subscribed recovered=${e.recovered} wasRecovering=${e.wasRecovering}`),
  );
  subscription.on("publication", (p) => heard.push(`${p.name} ${String(p.data)}`));
  subscription.on("lost", (gap) => heard.push(`lost ${gap.count} ${gap.reason}`));
  subscription.on("skipped", (gap) => heard.push(`skipped ${gap.count}`));
  subscription.on("degraded", ({ reason }) => heard.push(`degraded ${reason}`));
  subscription.on("restored", () => heard.push("restored"));
  subscription.on("error", (error) => heard.push(error.message));
  return heard;
}

async function subscribed(): Promise<{ bench: Bench; heard: string[]; channel: Subscription }> {
  const bench = new Bench();
  const channel = bench.client.channel("orders");
  const heard = record(channel);
  channel.subscribe();
  await bench.connected();
  bench.socket.acceptSubscribe();
  return { bench, heard, channel };
}

async function reconnect(bench: Bench, code = 1006): Promise<void> {
  bench.socket.hangUp(code);
  await advance(bench.states.at(-1)?.nextDelayMs ?? 0);
  bench.socket.accept();
  bench.socket.authenticate();
}

describe("subscribing", () => {
  it("asks for all channels in one message after authentication, not before", async () => {
    const bench = new Bench();
    bench.client.channel("a").subscribe();
    bench.client.channel("b", { filter: { eq: ["properties.step", "payment"] } }).subscribe();
    bench.client.connect();
    await settle();
    bench.socket.accept();
    await settle();
    expect(bench.socket.sent("subscribe")).toHaveLength(0);
    bench.socket.authenticate();
    expect(bench.socket.sent("subscribe").map((frame) => frame["payload"])).toEqual([
      { channels: [{ channel: "a" }, { channel: "b", filter: { eq: ["properties.step", "payment"] } }] },
    ]);
  });

  it("asks for channels joined in one turn together", async () => {
    const bench = await new Bench().connected();
    for (const name of ["a", "b", "c"]) {
      bench.client.channel(name).subscribe();
    }
    await settle();
    expect(bench.socket.sent("subscribe")).toHaveLength(1);
  });

  it("splits what is larger than the gateway takes, and refuses one channel that is too large by itself", async () => {
    const bench = new Bench();
    const heard = record(bench.client.channel("x".repeat(400)).subscribe());
    for (let i = 0; i < 20; i++) {
      bench.client.channel(`channel-${i}`).subscribe();
    }
    bench.client.connect();
    await settle();
    bench.socket.accept({ maxMessageBytes: 300 });
    bench.socket.authenticate();
    const requests = bench.socket.sent("subscribe");
    const asked = requests.flatMap((frame) => (frame["payload"] as { channels: { channel: string }[] }).channels);
    expect(asked.map(({ channel }) => channel)).toEqual(Array.from({ length: 20 }, (_, i) => `channel-${i}`));
    expect(Math.max(...bench.socket.texts.map((text) => text.length))).toBeLessThanOrEqual(300);
    expect(heard).toEqual(["TOO_LARGE: the subscribe is larger than the gateway takes: 300 bytes"]);
  });

  it("gives the handle that is listened to, so that whoever subscribes by the name makes it hear", async () => {
    const bench = new Bench();
    const heard: unknown[] = [];
    const options = { filter: { eq: ["step", "payment"] } } as const;
    const listened = bench.client.channel("a", options);
    const off = listened.on("publication", ({ data }) => heard.push(data));
    expect(bench.client.channel("a")).toBe(listened);
    bench.client.channel("a").subscribe();
    await bench.connected();
    expect(bench.socket.sent("subscribe")[0]?.["payload"]).toEqual({ channels: [{ channel: "a", ...options }] });
    bench.socket.acceptSubscribe();
    bench.socket.publish("a", 1);
    expect(heard).toEqual([1]);
    off();
    listened.unsubscribe();
    expect(bench.client.channel("a")).not.toBe(listened);
    expect(bench.client.channel("b")).not.toBe(bench.client.channel("b"));
  });

  it("gives the present subscription for a name, and refuses a second handle", () => {
    const bench = new Bench();
    const first = bench.client.channel("a");
    const second = bench.client.channel("a");
    first.subscribe();
    expect(bench.client.channel("a")).toBe(first);
    expect(() => second.subscribe()).toThrow("another handle is subscribed to a");
    expect(second.state).toBe("unsubscribed");
  });

  it("is bounded in number", () => {
    const bench = new Bench({ subscriptionsMax: 2 });
    bench.client.channel("a").subscribe();
    bench.client.channel("b").subscribe();
    expect(() => bench.client.channel("c").subscribe()).toThrow("there are 2 subscriptions");
  });

  it("replaces the filter in place, without a new start", async () => {
    const { bench, heard, channel } = await subscribed();
    bench.socket.publish("orders", 1);
    channel.configure({ filter: { exists: ["trace_id", true] } });
    await settle();
    expect(bench.socket.sent("subscribe").at(-1)?.["payload"]).toEqual({
      channels: [{ channel: "orders", filter: { exists: ["trace_id", true] } }],
    });
    bench.socket.publish("orders", 2);
    expect(heard).toEqual(["subscribed recovered=false wasRecovering=false", "e 1", "e 2"]);
  });

  it("fails by a filter that is refused in place, and has the gateway end what was before", async () => {
    const { bench, heard, channel } = await subscribed();
    channel.configure({ filter: { eq: ["secret", 1] } });
    await settle();
    bench.socket.acceptSubscribe(() => ({ error: { code: "BAD_FILTER", message: "no such path" } }));
    expect([channel.state, heard.at(-1)]).toEqual(["failed", "BAD_FILTER: no such path"]);
    expect(bench.socket.sent("unsubscribe").map((frame) => frame["channel"])).toEqual(["orders"]);
    channel.unsubscribe();
    expect(bench.socket.sent("unsubscribe")).toHaveLength(1);
  });

  it("says what of the channel it wants, and what was granted of it", async () => {
    const bench = new Bench();
    const options = { sampleRate: 0.5, maxPerSecond: 10, last: 20, state: true, watchSessionId: "ws_1" };
    const channel = bench.client.channel("orders", options).subscribe();
    const granted: unknown[] = [];
    channel.on("subscribed", (event) => granted.push(event.granted));
    await bench.connected();
    expect(bench.socket.sent("subscribe")[0]?.["payload"]).toEqual({ channels: [{ channel: "orders", ...options }] });
    bench.socket.acceptSubscribe(() => ({ granted: { sampleRate: 0.5, maxPerSecond: 5 } }));
    expect(granted).toEqual([{ sampleRate: 0.5, maxPerSecond: 5 }]);
  });

  it("passes on what its parser makes of data, and reports what it does not take", async () => {
    const bench = new Bench();
    const parse = (data: unknown): string => {
      if (typeof data !== "number") {
        throw new TypeError("expected a number");
      }
      return `#${data}`;
    };
    const channel = bench.client.channel("orders", { parse });
    const heard = record(channel.subscribe());
    await bench.connected();
    bench.socket.acceptSubscribe();
    bench.socket.publish("orders", 1);
    bench.socket.publish("orders", 2, "two");
    bench.socket.publish("orders", 3);
    expect(heard.slice(1)).toEqual(["e #1", "unexpected data on orders: TypeError: expected a number", "e #3"]);
    expect(channel.position).toEqual({ epoch: "e1", offset: 3 });
  });

  it("has its state as a signal, and the client has its own", async () => {
    const bench = new Bench();
    const states: string[] = [];
    const channel = bench.client.channel("orders");
    bench.client.status.subscribe((state) => states.push(state));
    channel.status.subscribe((state) => states.push(state));
    channel.subscribe();
    await bench.connected();
    bench.socket.acceptSubscribe();
    bench.client.close();
    expect(states).toEqual([
      "idle",
      "unsubscribed",
      "subscribing",
      "connecting",
      "connected",
      "subscribed",
      "subscribing",
      "closed",
    ]);
    expect([bench.client.status.value, channel.status.value]).toEqual([bench.client.state, channel.state]);
  });

  it("tells whatever else is said of its channel, as it is", async () => {
    const { bench, channel } = await subscribed();
    const heard: unknown[] = [];
    channel.on("message", ({ type, payload }) => heard.push([type, payload]));
    const payload = { watchSessionId: "ws_1", sent: 1, filtered: 2, sampled: 3, skipped: 4 };
    bench.socket.say({ type: "stats", channel: "orders", payload });
    bench.socket.say({ type: "stats", channel: "other", payload });
    expect(heard).toEqual([["stats", payload]]);
  });

  it("says so to the gateway when it ends, and forgets the position", async () => {
    const { bench, heard, channel } = await subscribed();
    bench.socket.publish("orders", 1);
    channel.unsubscribe();
    bench.socket.publish("orders", 2);
    expect(bench.socket.sent("unsubscribe")).toHaveLength(1);
    expect(channel.position).toBeUndefined();
    channel.subscribe();
    await settle();
    expect(bench.socket.sent("subscribe").at(-1)?.["payload"]).toEqual({ channels: [{ channel: "orders" }] });
    expect(heard).toHaveLength(2);
  });
});

describe("refusals", () => {
  const refuse = (bench: Bench, code: string): void =>
    bench.socket.acceptSubscribe((channel) => (channel === "orders" ? { error: { code, message: "no" } } : {}));

  it.each(["FORBIDDEN", "BAD_CHANNEL", "BAD_FILTER"])("%s ends this subscription, not the others", async (code) => {
    const bench = new Bench();
    const heard = record(bench.client.channel("orders").subscribe());
    const other = record(bench.client.channel("other").subscribe());
    await bench.connected();
    refuse(bench, code);
    expect(heard).toEqual([`${code}: no`]);
    expect(bench.client.channel("orders").state).toBe("failed");
    expect(other).toEqual(["subscribed recovered=false wasRecovering=false"]);
    await reconnect(bench);
    expect(bench.socket.sent("subscribe")[0]?.["payload"]).toMatchObject({ channels: [{ channel: "other" }] });
  });

  it.each(["RATE_LIMITED", "UNAVAILABLE", "INTERNAL"])("%s is asked again later", async (code) => {
    const bench = new Bench();
    const heard = record(bench.client.channel("orders").subscribe());
    await bench.connected();
    refuse(bench, code);
    await advance(350);
    bench.socket.acceptSubscribe();
    expect(heard).toEqual([`${code}: no`, "subscribed recovered=false wasRecovering=false"]);
  });

  it("asks again if the gateway does not answer, or answers without this channel", async () => {
    const bench = new Bench();
    const heard = record(bench.client.channel("orders").subscribe());
    await bench.connected();
    await advance(10_000);
    expect(heard).toEqual(["no answer to subscribe in 10000 ms"]);
    await advance(350);
    const again = bench.socket.sent("subscribe");
    expect(again).toHaveLength(2);
    bench.socket.say({ type: "subscribed", requestId: again[1]?.["requestId"], payload: { channels: [] } });
    expect(heard.at(-1)).toBe("INTERNAL: no answer");
    await advance(600);
    expect(bench.socket.sent("subscribe")).toHaveLength(3);
  });

  it("an error for the whole message goes to each of its channels", async () => {
    const bench = new Bench();
    const a = record(bench.client.channel("a").subscribe());
    const b = record(bench.client.channel("b").subscribe());
    await bench.connected();
    bench.socket.say({
      type: "error",
      requestId: bench.socket.sent("subscribe")[0]?.["requestId"],
      payload: { code: "FORBIDDEN", message: "no" },
    });
    expect([a, b]).toEqual([["FORBIDDEN: no"], ["FORBIDDEN: no"]]);
    expect(bench.errors).toEqual([]);
  });

  it("a close with 1009 on an unanswered subscribe is not provoked a second time", async () => {
    const bench = new Bench();
    const heard = record(bench.client.channel("orders").subscribe());
    await bench.connected();
    await reconnect(bench, 1009);
    expect(heard).toEqual(["BAD_MESSAGE: the gateway closed the connection on subscribe"]);
    expect(bench.socket.sent("subscribe")).toHaveLength(0);
  });

  it("a token that no longer permits a channel ends it", async () => {
    const { bench, heard } = await subscribed();
    bench.socket.authenticate({ lost: ["orders"] });
    expect(heard.at(-1)).toBe("FORBIDDEN: the new token does not permit it");
    bench.socket.publish("orders", 1);
    expect(heard).toHaveLength(2);
  });
});

describe("recovery", () => {
  it("asks behind the last position, tells recovered first, then what was missed, none twice", async () => {
    const { bench, heard } = await subscribed();
    bench.socket.publish("orders", 1);
    bench.socket.publish("orders", 2);
    await reconnect(bench);
    expect(bench.socket.sent("subscribe")[0]?.["payload"]).toEqual({
      channels: [{ channel: "orders", recover: { epoch: "e1", offset: 2 } }],
    });
    bench.socket.acceptSubscribe(() => ({ position: { epoch: "e1", offset: 4 } }));
    for (const offset of [2, 3, 4, 4, 3, 5]) {
      bench.socket.publish("orders", offset);
    }
    expect(heard.slice(3)).toEqual(["subscribed recovered=true wasRecovering=true", "e 3", "e 4", "e 5"]);
    expect(bench.client.channel("orders").duplicates).toBe(3);
  });

  it("goes on from the gateway's position if what was missed is gone, and says so", async () => {
    const { bench, heard } = await subscribed();
    bench.socket.publish("orders", 7);
    await reconnect(bench);
    bench.socket.acceptSubscribe(() => ({ recovered: false, position: { epoch: "e2", offset: 3 } }));
    bench.socket.publish("orders", 4, "new", "e2");
    bench.socket.publish("orders", 4, "again", "e2");
    expect(heard.slice(2)).toEqual(["subscribed recovered=false wasRecovering=true", "e new"]);
  });

  it.each(["the state", "the newest"])("passes on %s that come first though the position is behind them", async () => {
    const { bench, heard, channel } = await subscribed();
    bench.socket.publish("orders", 7);
    await reconnect(bench);
    bench.socket.acceptSubscribe(() => ({ recovered: false, position: { epoch: "e1", offset: 9 } }));
    for (const offset of [8, 8, 9, 10]) {
      bench.socket.publish("orders", offset);
    }
    expect(heard.slice(2)).toEqual(["subscribed recovered=false wasRecovering=true", "e 8", "e 9", "e 10"]);
    expect(channel.position).toEqual({ epoch: "e1", offset: 10 });
  });

  it("continues an earlier session from a kept position", async () => {
    const bench = new Bench();
    bench.client.channel("orders", { recover: { epoch: "e1", offset: 41 } }).subscribe();
    await bench.connected();
    expect(bench.socket.sent("subscribe")[0]?.["payload"]).toEqual({
      channels: [{ channel: "orders", recover: { epoch: "e1", offset: 41 } }],
    });
  });

  it("passes on every publication of a channel without positions", async () => {
    const { bench, heard } = await subscribed();
    for (let i = 0; i < 3; i++) {
      bench.socket.say({ type: "event", channel: "orders", payload: { name: "n", data: i } });
    }
    expect(heard.slice(1)).toEqual(["n 0", "n 1", "n 2"]);
  });

  it("keeps the order and loses nothing over any number of reconnects", async () => {
    const { bench, heard } = await subscribed();
    let next = 1;
    let seen = 0;
    for (let round = 0; round < 20; round++) {
      const until = next + (round % 4);
      for (; next <= until; next++) {
        bench.socket.publish("orders", next);
        seen = next;
      }
      next += round % 3;
      await reconnect(bench);
      bench.socket.acceptSubscribe();
      for (let missed = Math.max(1, seen - 1); missed < next; missed++) {
        bench.socket.publish("orders", missed);
        seen = missed;
      }
    }
    const offsets = heard.filter((line) => line.startsWith("e ")).map((line) => Number(line.slice(2)));
    expect(offsets).toEqual(Array.from({ length: next - 1 }, (_, i) => i + 1));
  });
});

describe("notices", () => {
  it("tells what was lost and what was merged, and does not ask for the lost again", async () => {
    const { bench, heard, channel } = await subscribed();
    const at = (offset: number): object => ({ epoch: "e1", offset });
    bench.socket.say({
      type: "lost",
      channel: "orders",
      payload: { count: 3, from: at(1), to: at(3), reason: "slow_consumer" },
    });
    bench.socket.say({ type: "skipped", channel: "orders", payload: { count: 2, from: at(4), to: at(5) } });
    bench.socket.publish("orders", 6);
    expect(heard.slice(1)).toEqual(["lost 3 slow_consumer", "skipped 2", "e 6"]);
    expect(channel.position).toEqual(at(6));
  });

  it("hears of its own channel's and of the whole connection's degradation", async () => {
    const { bench, heard } = await subscribed();
    bench.socket.say({ type: "degraded", channel: "orders", payload: { reason: "slow" } });
    bench.socket.say({ type: "degraded", payload: { reason: "cluster" } });
    bench.socket.say({ type: "degraded", channel: "other", payload: { reason: "no" } });
    bench.socket.say({ type: "restored", payload: {} });
    expect(heard.slice(1)).toEqual(["degraded slow", "degraded cluster", "restored"]);
  });

  it("gives entity events with their meta", async () => {
    const { bench, channel } = await subscribed();
    const heard: unknown[] = [];
    channel.on("publication", (publication) => heard.push(publication));
    bench.socket.say({
      type: "entity:updated",
      channel: "orders",
      payload: { id: "1", title: "x" },
      meta: { entity: "Task", version: 2 },
      timestamp: 5,
    });
    expect(heard).toEqual([
      {
        type: "entity:updated",
        name: "entity:updated",
        key: undefined,
        data: { id: "1", title: "x" },
        position: undefined,
        timestamp: 5,
        meta: { entity: "Task", version: 2 },
      },
    ]);
  });
});
