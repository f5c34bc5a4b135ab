import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GatewayError } from "../src/errors.ts";
import { Bench, settle } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

/** What became of a promise, as text. */
function outcome(promise: Promise<unknown>): { text: string } {
  const result = { text: "pending" };
  promise.then(
    (value) => {
      result.text = JSON.stringify(value) ?? "undefined";
    },
    (error: Error) => {
      result.text = `${error.name}: ${error.message}`;
    },
  );
  return result;
}

describe("requests", () => {
  it("publishes with name, key and id, and resolves with the position", async () => {
    const bench = await new Bench().connected();
    const result = outcome(bench.client.channel("a").publish({ x: 1 }, { name: "n", key: "k", id: "i" }));
    const [frame] = bench.socket.sent("publish");
    expect(frame).toMatchObject({ channel: "a", payload: { data: { x: 1 }, name: "n", key: "k", id: "i" } });
    bench.socket.say({
      type: "published",
      channel: "a",
      requestId: frame?.["requestId"],
      payload: { position: { epoch: "e", offset: 9 } },
    });
    await settle();
    expect(result.text).toBe('{"epoch":"e","offset":9}');
  });

  it("reads history", async () => {
    const bench = await new Bench().connected();
    const result = bench.client.channel("a").history({ after: { epoch: "e", offset: 3 }, limit: 5 });
    const [frame] = bench.socket.sent("history");
    expect(frame?.["payload"]).toEqual({ after: { epoch: "e", offset: 3 }, limit: 5 });
    bench.socket.say({
      type: "history",
      channel: "a",
      requestId: frame?.["requestId"],
      payload: {
        publications: [{ name: "n", data: 1, position: { epoch: "e", offset: 4 }, timestamp: 7 }],
        position: { epoch: "e", offset: 4 },
        complete: true,
      },
    });
    const { publications, complete } = await result;
    expect(complete).toBe(true);
    expect(publications).toMatchObject([{ name: "n", data: 1, position: { epoch: "e", offset: 4 }, timestamp: 7 }]);
  });

  it("gives each answer to who asked, in whatever order they come", async () => {
    const bench = await new Bench().connected();
    const results = [1, 2, 3].map((data) => outcome(bench.client.channel("a").publish(data)));
    const ids = bench.socket.sent("publish").map((frame) => frame["requestId"]);
    expect(new Set(ids).size).toBe(3);
    for (const i of [2, 0, 1]) {
      bench.socket.say({ type: "published", requestId: ids[i], payload: { position: { epoch: "e", offset: i } } });
    }
    await settle();
    expect(results.map(({ text }) => JSON.parse(text).offset)).toEqual([0, 1, 2]);
  });

  it("rejects with the gateway's error, and reports it nowhere else", async () => {
    const bench = await new Bench().connected();
    const promise = bench.client.channel("a").publish(1);
    bench.socket.say({ type: "error", requestId: "r1", payload: { code: "FORBIDDEN", message: "not yours" } });
    await expect(promise).rejects.toEqual(new GatewayError("FORBIDDEN", "not yours", "a"));
    await expect(promise).rejects.toMatchObject({ code: "FORBIDDEN", channel: "a" });
    expect(bench.errors).toEqual([]);
  });

  it("reports an error that answers nothing", async () => {
    const bench = await new Bench().connected();
    bench.socket.say({ type: "error", payload: { code: "RATE_LIMITED", message: "slower" } });
    expect(bench.errors).toEqual(["GatewayError: RATE_LIMITED: slower"]);
  });

  it("gives up after its time", async () => {
    const bench = await new Bench().connected();
    const result = outcome(bench.client.channel("a").publish(1));
    await advance(9_999);
    expect(result.text).toBe("pending");
    await advance(1);
    expect(result.text).toBe("RequestTimeoutError: no answer to publish in 10000 ms");
    bench.socket.say({ type: "published", requestId: "r1", payload: {} });
    expect(bench.errors).toEqual([]);
  });

  it("waits for the connection, with its time running", async () => {
    const bench = new Bench();
    bench.client.connect();
    const result = outcome(bench.client.channel("a").publish("early"));
    await bench.connected();
    expect(bench.socket.sent("publish")).toHaveLength(1);
    await advance(10_000);
    expect(result.text).toContain("RequestTimeoutError");
  });

  it("leaves behind what was subscribed before it, and also what was only subscribed after it while there was no connection", async () => {
    const bench = new Bench();
    bench.client.connect();
    outcome(bench.client.channel("a").publish("early"));
    bench.client.channel("a").subscribe();
    await bench.connected();
    bench.client.channel("b").subscribe();
    bench.client.channel("c").subscribe();
    outcome(bench.client.channel("b").publish("joined"));
    const order = bench.socket.frames.map(({ type }) => type);
    expect(order).toEqual(["authenticate", "subscribe", "publish", "subscribe", "publish"]);
    await settle();
    expect(bench.socket.sent("subscribe")).toHaveLength(2);
  });

  it("refuses at once if nobody called connect(), or the client stopped", async () => {
    const bench = new Bench();
    const channel = bench.client.channel("a");
    await expect(channel.publish(1)).rejects.toThrow("the client is idle: call connect() first");
    await bench.connected();
    const result = outcome(channel.publish(2));
    bench.client.close();
    await settle();
    expect(result.text).toContain("DisconnectedError");
    await expect(channel.history()).rejects.toThrow("the client is closed");
  });

  it("bounds what waits", async () => {
    const bench = new Bench({ requestsMax: 2 });
    bench.client.connect();
    const results = [1, 2, 3].map((data) => outcome(bench.client.channel("a").publish(data)));
    await settle();
    expect(results.map(({ text }) => text)).toEqual(["pending", "pending", "NotSentError: 2 requests wait already"]);
    await advance(10_000);
    expect(outcome(bench.client.channel("a").publish(4)).text).toBe("pending");
  });

  it("does not fill a socket that does not drain", async () => {
    const bench = await new Bench({ bufferedMax: 1_000 }).connected();
    bench.socket.bufferedAmount = 1_001;
    await expect(bench.client.channel("a").publish(1)).rejects.toThrow("the connection's buffer is full");
    bench.socket.bufferedAmount = 1_000;
    void bench.client.channel("a").publish(2);
    expect(bench.socket.sent("publish")).toHaveLength(1);
  });

  it("refuses what is larger than the gateway takes, counted in bytes", async () => {
    const bench = new Bench();
    bench.client.connect();
    await settle();
    bench.socket.accept({ maxMessageBytes: 1_000 });
    bench.socket.authenticate();
    const channel = bench.client.channel("a");
    await expect(channel.publish("ö".repeat(500))).rejects.toMatchObject({ code: "TOO_LARGE" });
    void channel.publish("o".repeat(500));
    expect(bench.socket.sent("publish")).toHaveLength(1);
    expect(bench.state).toBe("connected");
  });
});

describe("requests over a reconnect", () => {
  async function reconnect(bench: Bench, code: number): Promise<void> {
    bench.socket.hangUp(code);
    await advance(350);
    bench.socket.accept();
    bench.socket.authenticate();
  }

  it("repeats what is idempotent and tells that the fate of the rest is unknown", async () => {
    const bench = await new Bench().connected();
    const channel = bench.client.channel("a");
    const results = [channel.publish(1), channel.publish(2, { id: "once" }), channel.history()].map(outcome);
    await reconnect(bench, 1006);
    expect(bench.socket.frames.map(({ type }) => type)).toEqual(["authenticate", "publish", "history"]);
    expect(bench.socket.sent("publish")[0]).toMatchObject({ payload: { data: 2, id: "once" } });
    expect(results.map(({ text }) => text)).toEqual([
      "DisconnectedError: connection lost before the answer to publish",
      "pending",
      "pending",
    ]);
  });

  it.each([1002, 1003, 1007, 1009])("repeats nothing that may have caused a close with %d", async (code) => {
    const bench = await new Bench().connected();
    const result = outcome(bench.client.channel("a").publish(2, { id: "once" }));
    await reconnect(bench, code);
    expect(bench.socket.sent("publish")).toHaveLength(0);
    expect(result.text).toBe("GatewayError: BAD_MESSAGE: the gateway closed the connection on publish");
  });
});
