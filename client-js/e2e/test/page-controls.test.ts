import { readFile } from "node:fs/promises";
import type { BrowserContext, Download } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { LivePage } from "../src/live-page.ts";

const demo = inject("demo");

describe("the live page's controls", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let live: LivePage;

  beforeAll(async () => {
    ({ context, close: closeBrowser } = await launchBrowser());
    await context.grantPermissions(["clipboard-read", "clipboard-write"], { origin: demo.url });
  });
  afterAll(() => closeBrowser?.());
  beforeEach(async () => {
    live = await (await LivePage.in(context, demo)).open();
  });
  afterEach(async () => {
    await live.close();
    expect(live.complaints).toEqual([]);
  });

  it("Pause stands still and goes on holding; Catch up shows it, Jump to live passes it over", async () => {
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await live.button("Pause").click();
    await live.says("PAUSED");
    await live.send(["Products Searched", "Product Viewed", "Product Added"].map((event) => ({ event })));
    await live.page.getByText("+3 while paused").waitFor();
    expect(await live.names()).toEqual(["Landing"]);
    expect((await live.counters()).lit).toEqual({ landing: 1 });
    await live.shot("paused");

    await live.button("Catch up").click();
    await live.counts({ shown: 4, waiting: 0 });
    expect((await live.names()).sort()).toEqual(["Landing", "Product Added", "Product Viewed", "Products Searched"]);

    await live.button("Pause").click();
    await live.says("PAUSED");
    await live.track("Order Completed");
    await live.page.getByText("+1 while paused").waitFor();
    await live.button("Jump to live").click();
    await live.says("LIVE");
    await live.track("Checkout Started");
    await live.counts({ received: 6, shown: 5, waiting: 1 });
    expect(await live.names()).not.toContain("Order Completed");
    expect((await live.counters()).lit["order"]).toBeUndefined();
  });

  it("Clear counts anew, and still knows a copy of what it has shown", async () => {
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await live.button("Clear").click();
    await live.counts({ received: 0, shown: 0 });
    expect(await live.names()).toEqual([]);
    expect((await live.counters()).lit).toEqual({});
    await live.track("Product Viewed");
    await live.counts({ received: 1 });
  });

  it("Restart begins another session, and the one before can be opened, exported and discarded", async () => {
    await live.send(["Landing", "Product Viewed"].map((event) => ({ event })));
    await live.counts({ shown: 2 });
    await live.button("Restart").click();
    await live.counts({ received: 0, kept: 1 });
    await live.says("LIVE");

    await live.tab("Log");
    await live.button("Open").click();
    await live.page.getByText(/, read-only/).waitFor();
    expect((await live.names()).sort()).toEqual(["Landing", "Product Viewed"]);
    await live.shot("log");
    const lines = await saved(() => live.button("Export").last().click());
    expect(lines.map(({ event }) => event.event_name).sort()).toEqual(["Landing", "Product Viewed"]);
    await live.button("All sessions").click();
    await live.button("Discard").click();
    await live.page.getByText(/is kept here until this tab is closed/).waitFor();
  });

  it("switched off, it says what is kept, and keeps nothing where that is not wanted", async () => {
    await live.track("Landing");
    await live.counts({ shown: 1 });
    const realtime = live.page.getByRole("switch", { name: /Realtime/ });
    await realtime.click();
    await live.page.getByText("1 event kept in the log").waitFor();
    await live.shot("off");
    await live.button("Discard log").click();
    await live.page.getByText("Nothing is kept of this.").waitFor();
    await realtime.click();
    await live.says("LIVE");
    await live.counts({ received: 0, kept: 0 });

    await live.button("Settings").click();
    await live.page.getByLabel("Keep a log of a session that ends").uncheck();
    await live.page.keyboard.press("Escape");
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await realtime.click();
    await live.counts({ state: "off" });
    expect((await live.counters()).kept).toBe(0);
  });

  it("the filter holds at once for what is there, by text and by what is clicked, and says that it hides", async () => {
    await live.send([
      { event: "Product Added", properties: { product: "lens", trace_id: "t-1" }, anonymousId: "ann" },
      { event: "Product Added", properties: { product: "mirror", trace_id: "t-2" }, anonymousId: "bob" },
      { event: "Landing", properties: { trace_id: "t-2" }, anonymousId: "bob" },
    ]);
    await live.counts({ shown: 3 });
    const filter = live.page.getByRole("searchbox");

    await filter.fill("MIRR");
    await live.counts({ shown: 1, filtered: 2 });
    expect((await live.counters()).lit).toEqual({ cart: 1 });
    await filter.fill("brass");
    await live.page.getByText("Waiting for events that match").waitFor();
    await live.page.getByText("3 are here and hidden by the filter").waitFor();
    await live.shot("filter-waits");
    await live.button("Clear the filter").click();
    await live.counts({ shown: 3 });
    expect(await filter.inputValue()).toBe("");

    await filter.fill("trace: t-2");
    await filter.press("Enter");
    await live.counts({ shown: 2 });
    await live.pick("cart");
    await live.counts({ shown: 1 });
    expect(await live.page.locator("[data-chip]").allTextContents()).toEqual(["nodeAdded to cart×", "tracet-2×"]);

    await live.page.locator(".event-head").click();
    await live.button("mirror").click();
    expect(await filter.inputValue()).toBe("mirror");
    await live.page.locator(".details").getByRole("button", { name: /^p_/ }).click();
    await live.page.locator('[data-chip="user"]').waitFor();
    await live.counts({ shown: 1 });
    await live.shot("filtered");
    for (const kind of ["user", "trace", "node"]) {
      await live.page.locator(`[data-chip="${kind}"] button`).click();
    }
    await filter.fill("event: Landing");
    await filter.press("Enter");
    await live.page.locator(".event-name", { hasText: "Landing" }).waitFor();
    await live.counts({ shown: 1, filtered: 2 });
    expect(await live.names()).toEqual(["Landing"]);
  });

  it("a row opens its details, with all that is known and a copy of it", async () => {
    const timestamp = new Date(Date.now() - 7_200_000).toISOString();
    await live.track("Product Added", { properties: { product: "lens", trace_id: "t-1" }, timestamp });
    await live.counts({ shown: 1 });
    await live.page.getByText("2 h late").waitFor();
    await live.page.locator(".event-head").click();
    const details = live.page.locator(".details");
    expect(await details.textContent()).toMatch(/productlens/);
    expect(await details.textContent()).toContain(`occurred${timestamp}`);
    await live.shot("details");
    await live.button("Copy JSON").click();
    await live.button("Copied").waitFor();
    const copied = JSON.parse(await live.page.evaluate(() => navigator.clipboard.readText()));
    expect(copied).toMatchObject({ event_name: "Product Added", properties: { product: "lens" }, late: true });
  });

  it("Export saves everything that is held, whatever the filter hides", async () => {
    await live.send(["Landing", "Product Viewed", "Newsletter Opened"].map((event) => ({ event })));
    await live.counts({ shown: 3 });
    await live.page.getByRole("searchbox").fill("landing");
    await live.counts({ shown: 1 });
    const lines = await saved(() => live.button("Export").click());
    expect(lines.map(({ event, nodes }) => [event.event_name, nodes]).sort()).toEqual([
      ["Landing", ["landing"]],
      ["Newsletter Opened", []],
      ["Product Viewed", ["product"]],
    ]);
  });

  it("Settings ask the gateway for less, which it counts, and let light last longer", async () => {
    await live.button("Settings").click();
    await live.page.getByLabel("Light halves in").fill("1500");
    await live.page.getByText("1.5 s").waitFor();
    await live.shot("settings");
    await live.page.getByLabel("Traces sent").selectOption("0.01");
    await live.page.keyboard.press("Escape");
    await granted();
    await live.send(Array.from({ length: 50 }, (_, i) => ({ event: "Landing", properties: { trace_id: `s-${i}` } })));
    await live.page.waitForFunction(() => (window.__heliograph as unknown as { sampled: number }).sampled > 30);
    const { received, sampled } = await live.counters();
    expect(received + sampled).toBe(50);

    await live.button("Settings").click();
    await live.page.getByLabel("Traces sent").selectOption("1");
    await live.page.getByLabel("At most a second").selectOption("1");
    await live.page.keyboard.press("Escape");
    await granted();
    await live.send(Array.from({ length: 20 }, () => ({ event: "Product Viewed" })));
    await live.page.waitForFunction(() => (window.__heliograph as unknown as { merged: number }).merged > 0);
  });

  it("every key does what the help says, and nothing while a field or a dialog has the focus", async () => {
    const { keyboard } = live.page;
    await live.send(
      ["Landing", "Product Viewed", "Product Added"].map((event) => ({ event, properties: { trace_id: "k" } })),
    );
    await live.counts({ shown: 3 });
    await keyboard.press("p");
    await live.says("PAUSED");
    await keyboard.press("p");
    await live.says("LIVE");

    await keyboard.press("j");
    await keyboard.press("j");
    await keyboard.press("k");
    expect(await live.page.locator(".chosen").getAttribute("data-number")).toBe("3");
    await keyboard.press("Enter");
    await live.page.locator(".details").waitFor();
    await keyboard.press("t");
    await live.page.locator('[data-chip="following"]').waitFor();
    await keyboard.press("t");
    await live.page.locator('[data-chip="following"]').waitFor({ state: "detached" });

    await keyboard.press("/");
    await keyboard.type("pcr");
    expect(await live.page.getByRole("searchbox").inputValue()).toBe("pcr");
    await keyboard.press("Escape");
    await keyboard.press("f");
    expect(await live.page.getByRole("searchbox").evaluate((field) => field === document.activeElement)).toBe(true);
    await keyboard.press("Escape");

    await keyboard.press("?");
    const help = live.page.getByRole("dialog", { name: "Keys" });
    await help.waitFor();
    await live.shot("help");
    await keyboard.press("c");
    await live.counts({ shown: 3 });
    await keyboard.press("Escape");
    await help.waitFor({ state: "detached" });
    await keyboard.press("g");
    await live.page.getByRole("dialog").waitFor();
    await keyboard.press("Escape");
    await live.page.getByRole("dialog").waitFor({ state: "detached" });

    expect(await saved(() => keyboard.press("e"))).toHaveLength(3);
    await keyboard.press("c");
    await live.counts({ received: 0 });
    await keyboard.press("r");
    await live.counts({ state: "off" });
    await keyboard.press("r");
    await live.says("LIVE");
  });

  it("a dialog that is gone closes no other, however fast they follow each other", async () => {
    const { page } = live;
    for (let i = 0; i < 5; i++) {
      await page.evaluate(() => {
        const press = (key: string): boolean => dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
        press("?");
      });
      await page.getByRole("dialog", { name: "Keys" }).waitFor();
      await page.evaluate(() => {
        document.querySelector("dialog")?.close();
        dispatchEvent(new KeyboardEvent("keydown", { key: "g", bubbles: true }));
      });
      await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 50)));
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });
    }
  });

  it("the table of nodes is the picture: the same numbers, sorted as is wanted, and the node that is picked", async () => {
    await live.send(["Product Viewed", "Product Viewed", "Landing"].map((event) => ({ event })));
    await live.counts({ shown: 3 });
    await live.tab("Nodes");
    const rows = () =>
      live.page.locator("[data-row]").evaluateAll((all) => all.map((row) => row.getAttribute("data-row")));
    expect(await rows()).toHaveLength(11);
    await live.button(/^Events/).click();
    expect((await rows()).slice(0, 2)).toEqual(["product", "landing"]);
    await live.button(/^Node/).click();
    expect((await rows())[0]).toBe("cart");
    await live.page.getByLabel("Active now").check();
    expect((await rows()).sort()).toEqual(["landing", "product"]);
    await live.shot("nodes");
    await live.button("Product").click();
    await live.counts({ shown: 2, filtered: 1 });
    expect(await live.button("Product").getAttribute("aria-pressed")).toBe("true");
    await live.page.locator('[data-node="product"].picked').waitFor();
  });

  it("what no node waits for is listed by name, with a definition to copy", async () => {
    await live.send([
      { event: "Newsletter Opened", properties: { category: "mail" } },
      { event: "Newsletter Opened" },
      { event: 'Odd: "one"' },
    ]);
    await live.counts({ unmapped: 3 });
    await live.tab("Unmapped");
    const name = live.page.locator('[data-name="Newsletter Opened"]');
    expect(await name.textContent()).toMatch(/Newsletter Opened2.*category/s);
    await live.shot("unmapped");
    await name.getByRole("button", { name: "Copy definition" }).click();
    await name.getByText("Copied").waitFor();
    expect(await live.page.evaluate(() => navigator.clipboard.readText())).toContain('segment: "Newsletter Opened"');
    await name.getByRole("button", { name: "Newsletter Opened" }).click();
    await live.counts({ shown: 2, filtered: 1 });
    expect(await live.names()).toEqual(["Newsletter Opened", "Newsletter Opened"]);
  });

  it("panels are reached by arrows, and one is in the tab order", async () => {
    await live.page.getByRole("tab", { name: "Events" }).focus();
    const { keyboard } = live.page;
    const chosen = () => live.page.locator('[role="tab"][aria-selected="true"]').textContent();
    await keyboard.press("ArrowLeft");
    expect(await chosen()).toBe("Log");
    await keyboard.press("ArrowRight");
    await keyboard.press("ArrowRight");
    expect(await chosen()).toBe("Nodes");
    await keyboard.press("End");
    expect(await chosen()).toBe("Log");
    expect(await live.page.locator('[role="tab"][tabindex="0"]').count()).toBe(1);
  });

  it("the checklist ticks by itself", async () => {
    const open = live.page.locator(".checklist li:not(.done)");
    await live.page.getByText("Nothing to see yet?").waitFor();
    expect((await open.allTextContents()).map((text) => text.slice(0, 45))).toEqual([
      "Not yet: A source sends to this gateway. Try ",
      "Not yet: Its events' names match nodes of thi",
    ]);
    await live.shot("quiet");
    await live.button("Pause").click();
    await live.track("Landing");
    await live.page.locator(".checklist li.done", { hasText: "A source sends" }).waitFor();
    expect(await open.allTextContents()).toContain("Not yet: Not paused: resume to see them");
  });

  /** Until the gateway has heard of what was chosen. */
  async function granted(): Promise<void> {
    await live.page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  }

  async function saved(action: () => Promise<unknown>): Promise<{ event: { event_name: string }; nodes: string[] }[]> {
    const download = live.page.waitForEvent("download");
    await action();
    const file: Download = await download;
    expect(file.suggestedFilename()).toMatch(/^heliograph-.*\.ndjson$/);
    const text = await readFile(await file.path(), "utf8");
    return text
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
  }
});
