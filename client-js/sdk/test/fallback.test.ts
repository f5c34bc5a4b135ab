import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { fallback } from "../src/sse.ts";
import type { TransportFactory, TransportListener } from "../src/transport.ts";
import { Bench, FakeSocket } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Time, and everything that is under way in it. */
const advance = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe("fallback", () => {
  /** A transport that the test lets come to something or not. */
  class Way {
    readonly sockets: FakeSocket[] = [];
    readonly factory: TransportFactory = (_, listener: TransportListener) => {
      const socket = new FakeSocket(listener);
      this.sockets.push(socket);
      return socket;
    };
  }

  async function ways(): Promise<{ first: Way; second: Way; bench: Bench }> {
    const first = new Way();
    const second = new Way();
    const bench = new Bench({ transport: fallback([first.factory, second.factory], { timeoutMs: 3_000 }) });
    bench.client.connect();
    await advance();
    return { first, second, bench };
  }

  it("takes the second at once where the first comes to nothing, and stays with it", async () => {
    const { first, second, bench } = await ways();
    first.sockets[0]?.hangUp(1006);
    expect(second.sockets).toHaveLength(1);
    second.sockets[0]?.accept();
    second.sockets[0]?.authenticate();
    expect(bench.state).toBe("connected");
    second.sockets[0]?.hangUp(1006);
    await advance(350);
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 2]);
    second.sockets[1]?.hangUp(1006);
    await advance(600);
    expect([first.sockets.length, second.sockets.length]).toEqual([1, 3]);
  });

  it("leaves the first where it takes too long, also if it opens and nothing comes", async () => {
    const { first, second, bench } = await ways();
    await advance(3_000);
    expect(first.sockets[0]?.closedWith).toBe(1000);
    second.sockets[0]?.accept();
    second.sockets[0]?.authenticate();
    first.sockets[0]?.accept();
    first.sockets[0]?.hangUp(4403);
    expect(bench.state).toBe("connected");
  });

  it("stays with the first where the gateway is heard over it, whatever it says", async () => {
    const { first, second, bench } = await ways();
    first.sockets[0]?.accept();
    first.sockets[0]?.hangUp(4403, "no");
    expect(second.sockets).toHaveLength(0);
    expect(bench.state).toBe("failed");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("begins with the first again where none works", async () => {
    const { first, second, bench } = await ways();
    first.sockets[0]?.hangUp(1006);
    second.sockets[0]?.hangUp(1006);
    expect(bench.state).toBe("reconnecting");
    await advance(350);
    expect([first.sockets.length, second.sockets.length]).toEqual([2, 1]);
  });

  describe("where a transport cannot be had", () => {
    const none: TransportFactory = () => {
      throw new ReferenceError("WebSocket is not defined");
    };
    function over(...transports: [TransportFactory, ...TransportFactory[]]): Bench {
      const bench = new Bench({ transport: fallback(transports, { timeoutMs: 3_000 }) });
      bench.client.connect();
      return bench;
    }

    it("takes the next at once, and plans nothing for it", async () => {
      const way = new Way();
      const bench = over(none, none, way.factory);
      await advance();
      way.sockets[0]?.accept();
      way.sockets[0]?.authenticate();
      expect(bench.state).toBe("connected");
      bench.client.close();
      expect(vi.getTimerCount()).toBe(0);
    });

    it("gives up where there is no other", async () => {
      const bench = over(none, none);
      await advance();
      expect(bench.states.at(-1)).toMatchObject({
        to: "failed",
        reason: "cannot connect to ws://gateway/ws: ReferenceError: WebSocket is not defined",
      });
    });

    it("tries the one before again later", async () => {
      const way = new Way();
      const bench = over(way.factory, none);
      await advance();
      way.sockets[0]?.hangUp(1006);
      expect(bench.state).toBe("reconnecting");
      await advance(350);
      expect(way.sockets).toHaveLength(2);
    });
  });

  it("plans nothing more when it is closed", async () => {
    const { bench, second } = await ways();
    bench.client.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(second.sockets).toHaveLength(0);
  });
});
