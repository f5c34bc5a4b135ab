import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientOptions } from "../src/client.ts";
import { UnauthorizedError } from "../src/errors.ts";
import { Bench, settle } from "./fake-gateway.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(() => void vi.useRealTimers());

/** The gateway's pings, so that time can pass without silence. */
function keepAlive(bench: Bench): void {
  setInterval(() => bench.socket.say({ type: "ping" }), 20_000);
}

const advance = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

describe("connecting", () => {
  it("goes from idle over connecting to connected, and says why", async () => {
    const bench = await new Bench().connected();
    expect(bench.states.map(({ from, to }) => `${from}>${to}`)).toEqual(["idle>connecting", "connecting>connected"]);
  });

  it("sends the token as the first message and never in the address", async () => {
    const bench = await new Bench({ token: "secret" }).connected();
    expect(bench.socket.frames[0]).toMatchObject({ type: "authenticate", version: 1, payload: { token: "secret" } });
    expect(bench.urls).toEqual(["ws://gateway/ws"]);
  });

  it("is connected after the first frame if it has no token", async () => {
    const bench = new Bench({}, "anonymous");
    bench.client.connect();
    await settle();
    bench.socket.accept();
    expect(bench.state).toBe("connected");
    expect(bench.socket.frames).toEqual([]);
  });

  it("tells who the gateway takes it for", async () => {
    const bench = new Bench();
    const users: unknown[] = [];
    bench.client.on("identity", ({ userId }) => users.push(userId));
    await bench.connected();
    expect(users).toEqual([undefined, "u_1"]);
  });

  it("gives up on a socket that does not get through in time, and tries again", async () => {
    const bench = new Bench();
    bench.client.connect();
    await settle();
    await advance(10_000);
    expect(bench.state).toBe("reconnecting");
    expect(bench.socket.closedWith).toBe(1000);
    await advance(600);
    expect(bench.sockets).toHaveLength(2);
  });

  it("ignores what an abandoned socket still says", async () => {
    const bench = await new Bench().connected();
    const old = bench.socket;
    bench.client.close();
    old.say({ type: "ping" });
    old.hangUp(4403);
    expect(bench.state).toBe("closed");
    expect(old.sent("pong")).toHaveLength(0);
  });

  it("fails with a reason if the address is not one", async () => {
    const bench = new Bench({
      transport: () => {
        throw new SyntaxError("not an address");
      },
    });
    bench.client.connect();
    await settle();
    expect(bench.state).toBe("failed");
    expect(bench.states.at(-1)).toMatchObject({ reason: expect.stringContaining("not an address") });
  });

  it("starts anew after close() and connect()", async () => {
    const bench = await new Bench().connected();
    bench.client.close();
    await bench.connected();
    expect(bench.states.map(({ to }) => to)).toEqual(["connecting", "connected", "closed", "connecting", "connected"]);
    expect(vi.getTimerCount()).toBeGreaterThan(0);
    bench.client.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("takes an option that is undefined for one that is not given", async () => {
    const bench = await new Bench({
      connectTimeoutMs: undefined,
      backoff: { baseMs: undefined, floorMs: 400 },
      clock: undefined,
    } as unknown as Partial<ClientOptions>).connected();
    bench.socket.hangUp(1006);
    expect(bench.states.at(-1)).toMatchObject({ to: "reconnecting", nextDelayMs: 650 });
    await advance(650 + 9_999);
    expect([bench.state, bench.sockets.length]).toEqual(["connecting", 2]);
  });

  it.each([
    ["broke", (bench: Bench) => bench.socket.hangUp(1006)],
    ["was refused", (bench: Bench) => bench.socket.hangUp(4403)],
    ["is left with the page", (bench: Bench) => bench.page("hide")],
    ["is silent", () => advance(50_000)],
  ])("stays closed when it is closed by who hears that it %s", async (_, lose) => {
    const bench = await new Bench().connected();
    const channel = bench.client.channel("a").subscribe();
    await settle();
    bench.socket.acceptSubscribe();
    channel.on("state", () => bench.client.close());
    await lose(bench);
    await advance(120_000);
    expect([bench.state, bench.sockets.length, vi.getTimerCount()]).toEqual(["closed", 1, 0]);
    expect(bench.states.filter(({ to }) => to === "closed")).toHaveLength(1);
  });
});

describe("reconnecting", () => {
  it("doubles the range of its full jitter with every attempt up to the cap", async () => {
    const bench = new Bench();
    bench.client.connect();
    const delays: (number | undefined)[] = [];
    for (let i = 0; i < 9; i++) {
      await settle();
      bench.socket.hangUp(1006);
      const { nextDelayMs } = bench.states.at(-1) ?? {};
      delays.push(nextDelayMs);
      await advance(nextDelayMs ?? 0);
    }
    expect(delays).toEqual([350, 600, 1100, 2100, 4100, 8100, 10100, 10100, 10100]);
    expect(bench.states.at(-1)).toMatchObject({ to: "connecting", attempt: 9 });
  });

  it("counts anew only after five seconds of a stable connection", async () => {
    const bench = await new Bench().connected();
    await advance(4_999);
    bench.socket.hangUp(1006);
    await advance(350);
    bench.socket.accept();
    bench.socket.authenticate();
    await advance(4_999);
    bench.socket.hangUp(1006);
    expect(bench.states.at(-1)).toMatchObject({ nextDelayMs: 600, attempt: 2 });
    await advance(600);
    bench.socket.accept();
    bench.socket.authenticate();
    await advance(5_000);
    bench.socket.hangUp(1006);
    expect(bench.states.at(-1)).toMatchObject({ nextDelayMs: 350, attempt: 1 });
  });

  it.each([1000, 1001, 1006, 1011, 1012, 1013, 4408, 1002, 1003, 1007, 1009])("comes back after %d", async (code) => {
    const bench = await new Bench().connected();
    bench.socket.hangUp(code, "why");
    expect(bench.states.at(-1)).toMatchObject({ to: "reconnecting", code, reason: `why (${code})` });
    await advance(350);
    expect(bench.sockets).toHaveLength(2);
  });

  it("stops at 4403", async () => {
    const bench = await new Bench({ token: () => "t" }).connected();
    bench.socket.hangUp(4403, "revoked");
    expect(bench.states.at(-1)).toMatchObject({ from: "connected", to: "failed", code: 4403 });
    await advance(3_600_000);
    expect(bench.sockets).toHaveLength(1);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("waits minutes at 4429, also if the page comes back", async () => {
    const bench = await new Bench().connected();
    bench.socket.hangUp(4429);
    bench.page("online");
    await advance(119_999);
    expect(bench.sockets).toHaveLength(1);
    await advance(1);
    expect(bench.sockets).toHaveLength(2);
  });

  it("has waited after 4429 when it tries again: who leaves the page then comes back with it", async () => {
    const bench = await new Bench().connected();
    bench.socket.hangUp(4429);
    await advance(120_000);
    bench.page("hide");
    bench.page("show");
    await advance(250);
    expect(bench.sockets).toHaveLength(3);
  });

  it("does not repeat a refused first message: a close with 1009 while authenticating is final", async () => {
    const bench = new Bench({ token: "x".repeat(10) });
    bench.client.connect();
    await settle();
    bench.socket.hangUp(1009);
    expect(bench.state).toBe("failed");
  });

  it("leaves a draining gateway after the delay it was given", async () => {
    const bench = await new Bench().connected();
    bench.socket.say({ type: "drain", payload: { reconnectInMs: 4_000 } });
    await advance(3_999);
    expect(bench.state).toBe("connected");
    await advance(1);
    expect(bench.socket.closedWith).toBe(1000);
    expect(bench.states.at(-1)).toMatchObject({ to: "reconnecting", nextDelayMs: 350 });
  });

  it("comes back to a drained gateway not before the delay it was given", async () => {
    const bench = await new Bench().connected();
    bench.socket.say({ type: "drain", payload: { reconnectInMs: 4_000 } });
    await advance(1_000);
    bench.socket.hangUp(1012);
    expect(bench.states.at(-1)).toMatchObject({ nextDelayMs: 3_000 });
  });

  it("tries at once when connect() is called meanwhile", async () => {
    const bench = await new Bench().connected();
    bench.socket.hangUp(1006);
    bench.client.connect();
    await settle();
    expect(bench.sockets).toHaveLength(2);
  });
});

describe("the page around it", () => {
  it.each(["online", "visible", "show"] as const)("tries soon, but not all clients at once, on %s", async (event) => {
    const bench = await new Bench({ backoff: { baseMs: 20_000 } }).connected();
    bench.socket.hangUp(1006);
    expect(bench.states.at(-1)).toMatchObject({ nextDelayMs: 10_100 });
    bench.page(event);
    expect(bench.states.at(-1)).toMatchObject({ from: "reconnecting", to: "reconnecting", nextDelayMs: 250 });
    await advance(250);
    expect(bench.sockets).toHaveLength(2);
  });

  it("asks a connection that may have died meanwhile, and leaves it if nothing answers", async () => {
    const bench = await new Bench().connected();
    bench.page("visible");
    expect(bench.socket.sent("ping")).toHaveLength(1);
    await advance(5_000);
    expect(bench.state).toBe("reconnecting");
  });

  it("stays with a connection that answers", async () => {
    const bench = await new Bench().connected();
    await advance(1_000);
    bench.page("visible");
    await advance(100);
    bench.socket.say({ type: "pong" });
    await advance(10_000);
    expect(bench.state).toBe("connected");
  });

  it("closes when the page is hidden away, plans nothing, and returns with it", async () => {
    const bench = await new Bench().connected();
    bench.page("hide");
    expect(bench.socket.closedWith).toBe(1000);
    expect(bench.states.at(-1)).toMatchObject({ to: "reconnecting", nextDelayMs: undefined });
    expect(vi.getTimerCount()).toBe(0);
    bench.page("show");
    await advance(250);
    expect(bench.sockets).toHaveLength(2);
  });
});

describe("liveness", () => {
  it("answers pings", async () => {
    const bench = await new Bench().connected();
    bench.socket.say({ type: "ping" });
    expect(bench.socket.sent("pong")).toHaveLength(1);
  });

  it("reconnects when it hears nothing for two of the gateway's ping intervals", async () => {
    const bench = new Bench();
    bench.client.connect();
    await settle();
    bench.socket.accept({ pingInterval: 1_000 });
    bench.socket.authenticate();
    await advance(1_500);
    bench.socket.say({ type: "ping" });
    await advance(1_999);
    expect(bench.state).toBe("connected");
    await advance(1);
    expect(bench.state).toBe("reconnecting");
  });

  it("asks first if it was asleep itself", async () => {
    const bench = await new Bench().connected();
    vi.setSystemTime(Date.now() + 3_600_000);
    await advance(50_000);
    expect(bench.state).toBe("connected");
    expect(bench.socket.sent("ping")).toHaveLength(1);
    await advance(5_000);
    expect(bench.state).toBe("reconnecting");
  });

  it("reports a frame that is not JSON and lives on", async () => {
    const bench = await new Bench().connected();
    bench.socket.sayText("{");
    bench.socket.say({ type: "from:the:future", payload: 3 });
    bench.socket.sayText("null");
    expect(bench.errors).toEqual(["ProtocolError: the gateway sent a frame that is not JSON"]);
    expect(bench.state).toBe("connected");
  });
});

describe("the token", () => {
  it("is asked for once, however many want it", async () => {
    let give: (token: string) => void = () => {};
    const provider = vi.fn(() => new Promise<string>((resolve) => (give = resolve)));
    const bench = new Bench({ token: provider });
    bench.client.connect();
    bench.client.close();
    bench.client.connect();
    bench.client.close();
    bench.client.connect();
    expect(provider).toHaveBeenCalledTimes(1);
    give("t");
    await settle();
    expect(bench.sockets).toHaveLength(1);
    expect(bench.socket.closedWith).toBeUndefined();
  });

  it("is renewed in band before it ends, earlier by a tenth of its life and a little chance", async () => {
    const tokens = ["t1", "t2", "t3"];
    const provider = vi.fn((_: { reason: string }) => tokens.shift() ?? "none");
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() + 600_000 });
    keepAlive(bench);
    await advance(600_000 - 75_000 - 1);
    expect(provider).toHaveBeenCalledTimes(1);
    await advance(1);
    expect(provider.mock.calls.map(([request]) => request.reason)).toEqual(["initial", "renewal"]);
    expect(bench.socket.sent("authenticate").at(-1)).toMatchObject({ payload: { token: "t2" } });
    bench.socket.authenticate({ expiresAt: Date.now() + 600_000 });
    expect(bench.states).toHaveLength(2);
    expect(bench.sockets).toHaveLength(1);
  });

  it("is renewed in time although this clock is an hour slow", async () => {
    const provider = vi.fn(() => "t");
    const bench = new Bench({ token: provider });
    bench.client.connect();
    await settle();
    bench.socket.accept();
    const gatewayNow = Date.now() + 3_600_000;
    bench.socket.say({
      type: "authenticated",
      timestamp: gatewayNow,
      payload: { userId: "u", expiresAt: gatewayNow + 600_000, lost: [] },
    });
    keepAlive(bench);
    await advance(525_000);
    expect(provider).toHaveBeenCalledTimes(2);
  });

  it("does not fire a timer at once for a token that lives for months", async () => {
    const provider = vi.fn(() => "t");
    const days = 86_400_000;
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() + 100 * days });
    keepAlive(bench);
    await advance(60_000);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it("is asked for again with jitter while its provider fails, and the connection lives on", async () => {
    const answers: (() => string)[] = [() => "t1", () => Promise.reject(new Error("503")) as never, () => "t2"];
    const bench = await new Bench({ token: () => (answers.shift() as () => string)() }).connected({
      expiresAt: Date.now() + 60_000,
    });
    await advance(30_000);
    expect(bench.errors).toEqual(["TokenError: the token provider failed: Error: 503"]);
    await advance(350);
    expect(bench.socket.sent("authenticate").at(-1)).toMatchObject({ payload: { token: "t2" } });
    expect(bench.state).toBe("connected");
  });

  it("is shown again, or another, until the gateway has taken it", async () => {
    const tokens = ["t1", "t2", "t3"];
    const bench = await new Bench({ token: () => tokens.shift() ?? "none" }).connected({
      expiresAt: Date.now() + 60_000,
    });
    await advance(30_000);
    bench.socket.say({ type: "error", requestId: "auth", payload: { code: "UNAVAILABLE", message: "no keys now" } });
    await advance(10_000);
    expect(bench.socket.sent("authenticate").map(({ payload }) => payload)).toEqual([
      { token: "t1" },
      { token: "t2" },
      { token: "t3" },
    ]);
    bench.socket.authenticate();
    await advance(9_000);
    expect(bench.socket.sent("authenticate")).toHaveLength(3);
  });

  it("that the gateway never looked at is not taken for refused when the one before ends", async () => {
    const tokens = ["t1", "t2"];
    const provider = vi.fn((_: { reason: string }) => tokens.shift() ?? "t2");
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() + 60_000 });
    await advance(30_000);
    bench.socket.hangUp(4401, "the token has expired");
    await advance(350);
    bench.socket.accept();
    expect(bench.socket.sent("authenticate")[0]).toMatchObject({ payload: { token: "t2" } });
    bench.socket.hangUp(4401, "the token is revoked");
    await advance(1_000);
    expect(bench.state).toBe("failed");
    expect(provider.mock.calls.map(([{ reason }]) => reason)).toEqual(["initial", "renewal", "rejected", "rejected"]);
  });

  it("is not asked for in a loop where it has ended by the gateway's clock", async () => {
    const provider = vi.fn(() => "t");
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() - 60_000 });
    await advance(999);
    expect(provider).toHaveBeenCalledTimes(1);
    await advance(1);
    expect(bench.socket.sent("authenticate")).toHaveLength(2);
  });

  it("is used again for the next connection while it lives long enough", async () => {
    const provider = vi.fn(() => "t");
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() + 3_600_000 });
    bench.socket.hangUp(1006);
    await advance(350);
    expect(bench.sockets).toHaveLength(2);
    expect(provider).toHaveBeenCalledTimes(1);
  });

  it("is asked for anew after 4401, before the next socket is opened", async () => {
    const tokens = ["old", "new"];
    const provider = vi.fn((_: { reason: string }) => tokens.shift() ?? "none");
    const bench = await new Bench({ token: provider }).connected({ expiresAt: Date.now() + 3_600_000 });
    bench.socket.hangUp(4401, "token expired");
    await advance(350);
    expect(provider.mock.calls.at(-1)?.[0].reason).toBe("rejected");
    bench.socket.accept();
    expect(bench.socket.sent("authenticate")[0]).toMatchObject({ payload: { token: "new" } });
  });

  it("is not shown again once refused", async () => {
    const bench = await new Bench({ token: () => "the same" }).connected();
    bench.socket.hangUp(4401);
    await advance(350);
    expect(bench.state).toBe("failed");
    expect(bench.sockets).toHaveLength(1);
    expect(bench.errors).toEqual(["UnauthorizedError: the gateway refused this token and there is no other"]);
  });

  it("that is only a string cannot be renewed: 4401 is final", async () => {
    const bench = await new Bench({ token: "t" }).connected({ expiresAt: Date.now() + 1_000 });
    bench.socket.hangUp(4401);
    expect(bench.states.at(-1)).toMatchObject({ to: "failed", code: 4401 });
  });

  it("is given up when its provider says so", async () => {
    const bench = new Bench({ token: () => Promise.reject(new UnauthorizedError("signed out")) });
    bench.client.connect();
    await settle();
    expect(bench.states.at(-1)).toMatchObject({ to: "failed", reason: "signed out" });
    await advance(600_000);
    expect(bench.sockets).toHaveLength(0);
  });

  it("is not waited for longer than its limit", async () => {
    const bench = new Bench({ token: () => new Promise<string>(() => {}) });
    bench.client.connect();
    await advance(15_000);
    expect(bench.states.at(-1)).toMatchObject({
      to: "reconnecting",
      reason: "the token provider did not answer in 15000 ms",
    });
  });

  it("must be a non-empty string", async () => {
    const bench = new Bench({ token: () => "" });
    bench.client.connect();
    await settle();
    expect(bench.errors[0]).toContain("expected a string");
    expect(bench.state).toBe("reconnecting");
  });
});
