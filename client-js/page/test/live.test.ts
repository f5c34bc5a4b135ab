import { UnauthorizedError } from "@heliograph/client";
import { afterEach, describe, expect, it, vi } from "vitest";
import { fetchConfig, readConfig, socketUrl } from "../src/live/config.ts";
import { readToken, takeToken, tokenProvider } from "../src/live/token.ts";
import { compact, duration, rate } from "../src/ui/format.ts";

afterEach(() => void vi.unstubAllGlobals());

function tab(hash: string) {
  const store = new Map<string, string>();
  const place = {
    location: { hash, pathname: "/live/", search: "?a=1" },
    history: {
      replaceState: (_: unknown, __: string, url?: string | URL | null) => {
        place.address = String(url);
        place.location.hash = new URL(String(url), "http://x").hash;
      },
    },
    sessionStorage: {
      getItem: (key: string) => store.get(key) ?? null,
      setItem: (key: string, value: string) => void store.set(key, value),
      removeItem: (key: string) => void store.delete(key),
    },
    address: "",
  };
  return place;
}

describe("the token of a link", () => {
  it("is taken out of the address and kept for this tab", () => {
    const place = tab("#token=a.b-c_d");
    expect(takeToken(place)).toBe("a.b-c_d");
    expect(place.address).toBe("/live/?a=1");
    expect(takeToken(place)).toBe("a.b-c_d");
  });

  it("leaves the rest of the fragment, and wins over a kept one", () => {
    const place = tab("#token=one");
    takeToken(place);
    place.location.hash = "#view=nodes&token=two";
    expect(takeToken(place)).toBe("two");
    expect(place.address).toBe("/live/?a=1#view=nodes");
  });

  it("is none where there is none", () => expect(takeToken(tab(""))).toBeUndefined());
});

describe("the token's address", () => {
  const answers = (status: number, body: string): void =>
    void vi.stubGlobal("fetch", async () => new Response(body, { status }));
  const ask = (given?: string): Promise<string> => {
    const provider = tokenProvider(given, "https://app.example/token");
    return Promise.resolve(typeof provider === "function" ? provider({ reason: "initial" }) : String(provider));
  };

  it("answers text or JSON", async () => {
    answers(200, " a.b.c\n");
    await expect(ask()).resolves.toBe("a.b.c");
    expect(readToken('{"token":"d.e.f"}')).toBe("d.e.f");
  });

  it("is asked only after a given token was used up", async () => {
    answers(200, "second");
    const provider = tokenProvider("first", "https://app.example/token") as () => Promise<string>;
    expect([await provider(), await provider()]).toEqual(["first", "second"]);
  });

  it("that refuses ends it, that fails is asked again", async () => {
    answers(401, "");
    await expect(ask()).rejects.toBeInstanceOf(UnauthorizedError);
    answers(503, "");
    await expect(ask()).rejects.toThrow("answered 503");
  });

  it("is not needed", () => {
    expect(tokenProvider("t", undefined)).toBe("t");
    expect(tokenProvider(undefined, undefined)).toBeUndefined();
  });
});

describe("page.json", () => {
  it("has defaults for all but the channel", () => {
    expect(readConfig({ channel: "c", tokenUrl: null })).toEqual({
      workspace: "default",
      channel: "c",
      tokenUrl: undefined,
      ws: "/ws",
      graph: undefined,
      events: undefined,
      graphOrigins: [],
    });
    const own = {
      channel: "c",
      graph: "./page/graph",
      events: "./page/events",
      graphOrigins: ["https://a.example", 7],
    };
    expect(readConfig(own)).toMatchObject({ ...own, graphOrigins: ["https://a.example"] });
    expect(() => readConfig({})).toThrow("page.json names no channel");
  });

  it("is not waited for longer than ten seconds", async () => {
    const ending = new AbortController();
    const timeout = vi.spyOn(AbortSignal, "timeout").mockReturnValue(ending.signal);
    const never = (_: string, { signal }: RequestInit = {}): Promise<Response> =>
      new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(signal.reason)));
    vi.stubGlobal("fetch", never);
    const config = fetchConfig();
    ending.abort(new DOMException("timed out", "TimeoutError"));
    await expect(config).rejects.toThrow("timed out");
    expect(timeout).toHaveBeenCalledWith(10_000);
    timeout.mockRestore();
  });

  it("says with what the gateway refuses it", async () => {
    vi.stubGlobal("fetch", async () => new Response("", { status: 503 }));
    await expect(fetchConfig()).rejects.toThrow("page.json: the gateway answered 503");
  });

  it("leads to the socket, over TLS if the page came that way, and without the fragment", () => {
    expect(socketUrl("/ws", "https://rt.example/#token=x")).toBe("wss://rt.example/ws");
    expect(socketUrl("/ws", "http://localhost:8080/live/?a")).toBe("ws://localhost:8080/ws");
    expect(socketUrl("wss://other.example/ws", "http://x/")).toBe("wss://other.example/ws");
  });
});

describe("numbers for people", () => {
  it("has the one unit that fits", () => {
    const lengths = [0, 215, 4_200, 42_000, 180_000, 7_200_000, 432_000_000, -1_500];
    expect(lengths.map(duration)).toEqual(["0 ms", "215 ms", "4.2 s", "42 s", "3 min", "2 h", "5 d", "1.5 s"]);
    expect([compact(999), compact(12_345), rate(0.24), rate(123.4)]).toEqual(["999", "12.3K", "0.2/s", "123/s"]);
  });
});
