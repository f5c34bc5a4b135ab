import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { LivePage } from "../src/live-page.ts";

const demo = inject("demo");

describe("the live page's traces", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let live: LivePage;

  beforeAll(async () => {
    ({ context, close: closeBrowser } = await launchBrowser());
  });
  afterAll(() => closeBrowser?.());
  beforeEach(async () => {
    live = await (await LivePage.in(context, demo)).open();
  });
  afterEach(async () => {
    await live.close();
    expect(live.complaints).toEqual([]);
  });

  it("are listed, the last one first, with the way that each went: straight, inferred, or a leap", async () => {
    await walk("t-walk", "Landing", "Products Searched", "Product Viewed", "Product Added", "Checkout Started");
    await walk("t-leap", "Landing", "Order Completed");
    await live.tab("Traces");
    await trace("t-leap").waitFor();
    expect(await traces()).toEqual(["t-leap", "t-walk"]);
    expect(await trace("t-walk").textContent()).toContain("5 events");

    await head("t-walk").click();
    expect(await stays("t-walk")).toEqual(["Landing page", "Search", "Product", "Added to cart", "Checkout"]);
    expect(await legs("t-walk")).toEqual(["direct", "direct", "direct", "inferred"]);
    await trace("t-walk").getByText("from Added to cart through Cart review, which has no event").waitFor();
    await live.shot("timeline", "faded");
    await head("t-leap").click();
    expect(await legs("t-leap")).toEqual(["jump"]);
  });

  it("take a late event up where it occurred, and what happens at one node together", async () => {
    await walk("t-late", "Landing", "Product Viewed", "Product Viewed");
    const timestamp = new Date(Date.now() - 600_000).toISOString();
    await live.track("Products Searched", { properties: { trace_id: "t-late" }, timestamp });
    await live.counts({ received: 4 });
    await live.tab("Traces");
    await head("t-late").click();
    expect(await stays("t-late")).toEqual(["Search", "Landing page", "Product"]);
    expect(await trace("t-late").locator(".stay").last().locator(".step").count()).toBe(2);
    expect(await trace("t-late").locator(".stay").first().textContent()).toMatch(/10 min late.*occurred.*arrived/s);
  });

  it("that is followed lights alone, until it is no longer", async () => {
    await walk("t-mine", "Landing");
    await walk("t-other", "Landing");
    await live.tab("Traces");
    await live.button("Follow t-mine").click();
    expect(await live.button("Follow t-mine").getAttribute("aria-pressed")).toBe("true");
    expect(await traces()).toEqual(["t-mine", "t-other"]);
    await live.dark();
    await watch();
    await walk("t-other", "Products Searched");
    await walk("t-mine", "Product List Viewed");
    await live.page.waitForFunction(() => ((window as unknown as Seen).seen["category"] ?? 0) > 0.3);
    expect(await live.page.evaluate(() => Object.keys((window as unknown as Seen).seen))).toEqual(["category"]);
    expect((await live.counters()).lit).toEqual({ landing: 2, search: 1, category: 1 });
    await live.shot("following");

    await live.page.locator('[data-chip="following"] button').click();
    await walk("t-other", "Product Viewed");
    await live.page.waitForFunction(() => ((window as unknown as Seen).seen["product"] ?? 0) > 0.3);
  });

  it("that is pinned stays on top while others come", async () => {
    await walk("t-pinned", "Landing");
    await live.tab("Traces");
    await live.button("Pin t-pinned").click();
    await live.send(Array.from({ length: 210 }, (_, i) => ({ event: "Landing", properties: { trace_id: `t-${i}` } })));
    await live.counts({ received: 211, traces: 200 });
    await live.page.locator("[data-trace='t-209']").waitFor();
    expect((await traces())[0]).toBe("t-pinned");
    await live.button("Pin t-pinned").click();
    await live.page.waitForFunction(() => document.querySelector(".trace")?.getAttribute("data-trace") === "t-209");
  });

  it("are those of people, where the channel shows who did what", async () => {
    await live.track("Landing", { anonymousId: "ann", properties: { trace_id: "a" } });
    await live.track("Products Searched", { anonymousId: "ann", properties: { trace_id: "b" } });
    await live.counts({ received: 2 });
    await live.tab("Traces");
    await live.page.getByLabel("By user").check();
    await live.page.locator('[data-trace^="p_"]').waitFor();
    const [id = "", ...others] = await traces();
    expect(others).toEqual([]);
    await head(id).click();
    expect(await stays(id)).toEqual(["Landing page", "Search"]);
    expect(await legs(id)).toEqual(["direct"]);
    await live.page.getByLabel("By trace").check();
    await live.counts({ traces: 2 });
  });

  interface Seen {
    seen: Record<string, number>;
  }

  async function walk(trace_id: string, ...events: string[]): Promise<void> {
    const { received } = await live.counters();
    const start = Date.now() - 1_000;
    await live.send(
      events.map((event, i) => ({
        event,
        properties: { trace_id },
        timestamp: new Date(start + i).toISOString(),
      })),
    );
    await live.counts({ received: received + events.length });
  }

  function trace(id: string) {
    return live.page.locator(`[data-trace="${id}"]`);
  }

  function head(id: string) {
    return trace(id).locator(".trace-head");
  }

  function traces(): Promise<string[]> {
    return live.page.locator(".trace").evaluateAll((all) => all.map((each) => each.getAttribute("data-trace") ?? ""));
  }

  function stays(id: string): Promise<string[]> {
    return trace(id).locator(".stay-node").allTextContents();
  }

  function legs(id: string): Promise<(string | null)[]> {
    return trace(id)
      .locator("[data-leg]")
      .evaluateAll((all) => all.map((leg) => leg.getAttribute("data-leg")));
  }

  /** Which nodes light from now on, and how brightly at most. */
  async function watch(): Promise<void> {
    await live.page.evaluate(() => {
      const seen: Record<string, number> = {};
      Object.assign(window, { seen });
      for (const lit of document.querySelectorAll("[data-lit]")) {
        const id = lit.closest("[data-node]")?.getAttribute("data-node") ?? "";
        new MutationObserver(() => {
          const brightness = Number(lit.getAttribute("opacity"));
          if (brightness > (seen[id] ?? 0)) seen[id] = brightness;
        }).observe(lit, { attributes: true });
      }
    });
  }
});
