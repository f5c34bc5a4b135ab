// @vitest-environment jsdom

import type { GraphNode } from "@heliograph/client/graph";
import { type ComponentChild, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { settle } from "../../sdk/test/fake-gateway.ts";
import { useRealtime } from "../src/ui/app.tsx";
import type { Desk } from "../src/ui/desk.ts";
import { Digest } from "../src/ui/digest.tsx";
import { EventsPanel } from "../src/ui/panel/events-panel.tsx";
import { UnmappedPanel } from "../src/ui/panel/unmapped-panel.tsx";
import { TokenForm } from "../src/ui/token-form.tsx";
import { Bench, SOURCE } from "./bench.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(async () => {
  await draw(null);
  vi.useRealTimers();
});

function draw(child: ComponentChild): Promise<void> {
  return act(() => render(child, document.body));
}
const all = (selector: string): HTMLElement[] => [...document.querySelectorAll<HTMLElement>(selector)];

describe("an event that lights no node though some wait for its name", () => {
  const node = (id: string, eventId = id): GraphNode => ({ uuid: id, id, label: `Node ${id}`, eventId, x: 0, y: 0 });
  const filter = {
    property: "payment_method",
    from: "event",
    operator: "is any of",
    values: ["card", "wallet"],
  } as const;
  const providerNames = new Map([["segment", "Payment Chosen"]]);
  const definitions = [
    { id: "card", providerNames, filters: [filter] },
    { id: "invoice", providerNames, filters: [{ ...filter, operator: "is", values: ["invoice"] } as const] },
  ];
  const graph = { nodes: [node("card"), node("invoice"), node("other")], edges: [] };

  it.each([
    [{ payment_method: "cash" }, undefined],
    [{}, "It came without payment_method."],
  ])("says so wherever it is listed, with what they ask for, when it came with %o", async (properties, missing) => {
    const bench = await new Bench().live();
    bench.desk.show({ ...SOURCE, graph, definitions });
    bench.track("Payment Chosen", { properties });
    bench.track("Newsletter Opened");
    await bench.paint();
    bench.desk.opened.value = 1;
    await draw([<UnmappedPanel key="unmapped" desk={bench.desk} />, <EventsPanel key="events" desk={bench.desk} />]);
    for (const place of ['[data-name="Payment Chosen"]', ".details"]) {
      const [said] = all(`${place} .unmet`);
      expect(said?.textContent).toContain("2 nodes wait for this name, on a condition that does not hold:");
      expect([...(said?.querySelectorAll("li") ?? [])].map(({ textContent }) => textContent)).toEqual([
        "Node card: payment_method is any of card, wallet",
        "Node invoice: payment_method is invoice",
      ]);
      expect(said?.textContent?.includes("privacy.properties")).toBe(missing !== undefined);
      expect(said?.textContent).toContain(missing ?? "");
    }
    expect(all('[data-name="Payment Chosen"] button')).toHaveLength(1);
    expect(all('[data-name="Newsletter Opened"] button')).toHaveLength(2);
  });
});

describe("the list of events", () => {
  it("names at most five nodes of an event, as the digest does, however many wait for it", async () => {
    const bench = await new Bench().live();
    const nodes = Array.from({ length: 1_007 }, (_, i) => ({
      uuid: `n${i}`,
      id: `n${i}`,
      label: `Node ${i}`,
      eventId: "Landing",
      x: i,
      y: 0,
    }));
    bench.desk.show({ ...SOURCE, graph: { ...SOURCE.graph, nodes, edges: [] }, definitions: [] });
    bench.track("Landing");
    await bench.paint();
    const named = "Node 0, Node 1, Node 2, Node 3, Node 4 and 1,002 more";
    await draw([<EventsPanel key="panel" desk={bench.desk} />, <Digest key="digest" desk={bench.desk} />]);
    expect(all(".event-nodes")[0]?.textContent).toBe(`→ ${named}`);
    await act(() => {
      bench.desk.opened.value = 1;
    });
    expect(all(".details dt").filter((term) => term.textContent === "node")).toHaveLength(5);
    expect(all(".details")[0]?.textContent).toContain("nodesand 1,002 more");
    await act(() => void vi.advanceTimersByTime(5_000));
    expect(all("[data-digest]")[0]?.textContent).toBe(`1 event in view. Last: Landing, ${named}.`);
  });

  it("filters by what is one value, and only shows what is none or many", async () => {
    const bench = await new Bench().live();
    const properties = { plan: "pro", seats: 3, paid: false, list: ["a"], object: { b: 1 }, nothing: null, blank: "" };
    bench.track("Landing", { properties });
    await bench.paint();
    bench.desk.opened.value = 1;
    await draw(<EventsPanel desk={bench.desk} />);
    const shown = all(".details dl:last-of-type > div");
    expect(shown.map((row) => row.textContent)).toEqual([
      "planpro",
      "seats3",
      "paidfalse",
      'list["a"]',
      'object{"b":1}',
      "nothingnull",
      "blank",
    ]);
    expect(shown.filter((row) => row.querySelector("button") !== null)).toHaveLength(3);
  });

  it("is a screenful while more come than anybody reads, until it is scrolled, or a second after they ceased", async () => {
    const bench = await new Bench().live();
    const come = async (count: number): Promise<void> => {
      for (let i = 0; i < count; i++) {
        bench.track("Landing");
      }
      await act(async () => void (await bench.paint()));
    };
    await draw(<EventsPanel desk={bench.desk} />);
    await come(1);
    await come(40);
    expect(all(".event")).toHaveLength(20);
    await act(() => {
      bench.desk.scrolled.value = true;
    });
    expect(all(".event")).toHaveLength(41);
    await act(() => {
      bench.desk.scrolled.value = false;
    });
    await come(40);
    expect(all(".event")).toHaveLength(20);
    await act(() => void vi.advanceTimersByTime(1_000));
    expect(all(".event")).toHaveLength(81);
  });
});

describe("the form for a token", () => {
  it("tells how to make one that sees, and is seen", async () => {
    await draw(<TokenForm why={undefined} onToken={() => {}} />);
    expect(all("code")[0]?.textContent).toMatch(/'subscribe:presence:graph-\*'.*'presence:presence:graph-\*'/);
  });

  describe("when what was given is refused", () => {
    function Asking({ desk }: { readonly desk: Desk }) {
      const { asking, why, onToken } = useRealtime(desk);
      return asking ? <TokenForm why={why} onToken={onToken} /> : null;
    }
    async function give(token: string): Promise<void> {
      const [field] = all("textarea") as HTMLTextAreaElement[];
      if (field === undefined) {
        throw new Error("nobody asks for a token");
      }
      field.value = token;
      await act(() => field.form?.requestSubmit());
      await act(settle);
    }
    async function follow(hash: string): Promise<void> {
      location.hash = hash;
      await act(() => void dispatchEvent(new HashChangeEvent("hashchange")));
      await act(settle);
    }
    const refuse = (bench: Bench): Promise<void> =>
      act(() => {
        bench.socket.accept();
        bench.socket.hangUp(4401, "the token is not valid yet");
      });

    it("tries again with the same, by the form and by a link", async () => {
      const bench = new Bench();
      await draw(<Asking desk={bench.desk} />);
      await give("t");
      await refuse(bench);
      expect(all(".token-form")[0]?.textContent).toContain("The gateway does not take this token");
      await give("t");
      expect([bench.sockets.length, all(".token-form").length]).toEqual([2, 0]);
      await refuse(bench);
      await follow("token=t");
      expect([bench.sockets.length, all(".token-form").length, location.hash]).toEqual([3, 0, ""]);
      await follow("elsewhere");
      expect(bench.sockets).toHaveLength(3);
    });
  });
});
