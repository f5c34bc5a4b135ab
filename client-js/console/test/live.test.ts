import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Observer } from "../src/live/observer.ts";
import { AnswerError, Operator, RefusedError } from "../src/live/operator.ts";
import { forgetToken, keepToken, takeToken } from "../src/live/token.ts";
import { said } from "./states.ts";

function place(hash: string) {
  const kept = new Map<string, string>();
  return {
    location: { hash, pathname: "/console/", search: "" },
    history: { replaceState: vi.fn() },
    sessionStorage: {
      getItem: (key: string) => kept.get(key) ?? null,
      setItem: (key: string, value: string) => void kept.set(key, value),
      removeItem: (key: string) => void kept.delete(key),
    },
  };
}

describe("the token", () => {
  it("is taken out of the address and kept for the tab", () => {
    const here = place("#token=secret");
    expect(takeToken(here)).toBe("secret");
    expect(here.history.replaceState).toHaveBeenCalledWith(null, "", "/console/");
    expect(takeToken({ ...here, location: { ...here.location, hash: "" } })).toBe("secret");
  });

  it("is not there until somebody gives it, and gone when it is forgotten", () => {
    const here = place("");
    expect(takeToken(here)).toBeUndefined();
    keepToken(here, "typed");
    expect(takeToken(here)).toBe("typed");
    forgetToken(here);
    expect(takeToken(here)).toBeUndefined();
    expect(here.history.replaceState).not.toHaveBeenCalled();
  });
});

/** A gateway that answers what it is told to, and notes what it was asked. */
class FakeGateway {
  readonly asked: string[] = [];
  readonly authorizations = new Set<string | null>();
  answer: () => Promise<Response> = async () => Response.json(said());
  busiest: () => Promise<Response> = async () => Response.json({});

  readonly fetch = async (url: RequestInfo | URL, init?: RequestInit): Promise<Response> => {
    this.asked.push(String(url));
    this.authorizations.add(new Headers(init?.headers).get("authorization"));
    if (String(url).startsWith("../admin/explain")) {
      return this.busiest();
    }
    return String(url).includes("usage") ? Response.json({}) : this.answer();
  };

  states(): number {
    return this.asked.filter((url) => url.includes("counters")).length;
  }
}

describe("Operator", () => {
  it("shows its token, and tells refusals from answers", async () => {
    const gateway = new FakeGateway();
    const operator = new Operator("secret", gateway.fetch);
    await operator.state(["gateway", "loops"]);
    expect(gateway.asked).toEqual(["../statez?sections=gateway%2Cloops"]);
    expect([...gateway.authorizations]).toEqual(["Bearer secret"]);

    gateway.answer = async () => new Response("{}", { status: 401 });
    await expect(operator.state([])).rejects.toBeInstanceOf(RefusedError);
    gateway.answer = async () => Response.json({ code: "bad_request", message: "no such section" }, { status: 400 });
    await expect(operator.state([])).rejects.toEqual(new AnswerError(400, "no such section"));
    gateway.answer = async () => new Response("<html>", { status: 502 });
    await expect(operator.state([])).rejects.toThrow("it answered 502");
  });
});

describe("Observer", () => {
  let gateway: FakeGateway;
  let observer: Observer;
  let visible: "visible" | "hidden";
  let onSeen: () => void;

  beforeEach(() => {
    vi.useFakeTimers();
    gateway = new FakeGateway();
    visible = "visible";
    const listeners: (() => void)[] = [];
    onSeen = () => {
      for (const listener of listeners) {
        listener();
      }
    };
    observer = new Observer(new Operator("secret", gateway.fetch), {
      now: () => Date.now(),
      document: {
        get visibilityState() {
          return visible;
        },
        addEventListener: (_type: string, listener: unknown) => void listeners.push(listener as () => void),
        removeEventListener: (_type: string, listener: unknown) =>
          void listeners.splice(listeners.indexOf(listener as () => void), 1),
      },
    });
  });

  afterEach(() => {
    observer.stop();
    vi.useRealTimers();
  });

  it("asks once a second, and for what costs more every five", async () => {
    observer.start();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(gateway.states()).toBe(11);
    expect(gateway.asked.filter((url) => url.startsWith("../admin/explain"))).toHaveLength(3);
    expect(observer.history.samples).toHaveLength(11);
    expect(observer.link.value).toEqual({ state: "live" });
  });

  it("asks one question at a time, however long the answer takes", async () => {
    gateway.answer = () => new Promise((resolve) => setTimeout(() => resolve(Response.json(said())), 3_500));
    observer.start();
    await vi.advanceTimersByTimeAsync(3_400);
    expect(gateway.states()).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(gateway.states()).toBe(2);
  });

  it("asks nothing while nobody sees it, and at once when somebody does", async () => {
    observer.start();
    await vi.advanceTimersByTimeAsync(0);
    visible = "hidden";
    await vi.advanceTimersByTimeAsync(60_000);
    const asked = gateway.asked.length;
    expect(gateway.states()).toBe(1);
    visible = "visible";
    onSeen();
    onSeen();
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.states()).toBe(2);
    expect(gateway.asked.length).toBe(asked + 3);
  });

  it("goes on while there is no answer, says since when, and recovers", async () => {
    observer.start();
    await vi.advanceTimersByTimeAsync(0);
    gateway.answer = async () => {
      throw new TypeError("Failed to fetch");
    };
    await vi.advanceTimersByTimeAsync(1_000);
    const lost = Date.now();
    await vi.advanceTimersByTimeAsync(3_000);
    expect(observer.link.value).toEqual({ state: "unreachable", since: lost, why: "Failed to fetch" });
    gateway.answer = async () => Response.json(said({ startedAt: 9_999 }));
    await vi.advanceTimersByTimeAsync(1_000);
    expect(observer.link.value).toEqual({ state: "live" });
    expect(observer.history.restarts).toHaveLength(1);
  });

  it("says since when it is not told of the busiest, and why, and keeps what it was told", async () => {
    gateway.busiest = async () => new Response("<html>", { status: 502 });
    observer.start();
    await vi.advanceTimersByTimeAsync(0);
    const begun = Date.now();
    await vi.advanceTimersByTimeAsync(5_000);
    const since = (at: number) => ({ since: at, why: "it answered 502" });
    expect(observer.details.value).toEqual({
      usage: { known: [], overdue: undefined },
      busiest: { known: undefined, overdue: since(begun) },
    });
    gateway.busiest = async () => Response.json({});
    await vi.advanceTimersByTimeAsync(5_000);
    const told = { slow: [], hot: [] };
    expect(observer.details.value.busiest).toEqual({ known: told, overdue: undefined });
    gateway.busiest = async () => new Response("<html>", { status: 502 });
    await vi.advanceTimersByTimeAsync(10_000);
    expect(observer.details.value.busiest).toEqual({ known: told, overdue: since(begun + 15_000) });
  });

  it("stops for good when the token is refused", async () => {
    gateway.answer = async () => new Response("{}", { status: 401 });
    observer.start();
    await vi.advanceTimersByTimeAsync(0);
    expect(observer.link.value).toEqual({ state: "refused" });
    const asked = gateway.asked.length;
    await vi.advanceTimersByTimeAsync(60_000);
    onSeen();
    await vi.advanceTimersByTimeAsync(0);
    expect(gateway.asked.length).toBe(asked);
  });
});
