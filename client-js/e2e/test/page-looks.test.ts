import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { LivePage } from "../src/live-page.ts";

const demo = inject("demo");
const PANELS = ["Events", "Nodes", "Traces", "Unmapped", "Presence", "Log"];
const FUNNEL = [
  "Landing",
  "Products Searched",
  "Product List Viewed",
  "Product Viewed",
  "Product Added",
  "Newsletter Opened",
];

describe("the live page's looks", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let live: LivePage;

  beforeAll(async () => {
    ({ context, close: closeBrowser } = await launchBrowser());
  });
  afterAll(() => closeBrowser?.());
  beforeEach(async () => {
    live = await LivePage.in(context, demo);
  });
  afterEach(async () => {
    await live.close();
    expect(live.complaints).toEqual([]);
  });

  it.each([
    ["light", { colorScheme: "light" }],
    ["dark", { colorScheme: "dark" }],
    ["the system's colours", { forcedColors: "active" }],
  ] as const)("have nothing that axe complains of, in %s, panel by panel", async (_, media) => {
    await live.page.emulateMedia(media);
    await busy();
    await live.button("Restart").click();
    await live.counts({ received: 0, kept: 1, subscribed: true });
    await walkers();
    await live.page.locator(".event-head").first().click();
    for (const panel of PANELS) {
      await live.tab(panel);
      expect(await live.accessibility(), panel).toEqual([]);
    }
    await live.tab("Traces");
    await live.page.locator(".trace-head").first().click();
    await live
      .button(/^Follow/)
      .first()
      .click();
    expect(await live.accessibility(), "a timeline").toEqual([]);
    await live.button("Settings").click();
    expect(await live.accessibility(), "settings").toEqual([]);
    await live.page.keyboard.press("Escape");
    await live.button(/^Help/).click();
    expect(await live.accessibility(), "help").toEqual([]);
    await live.page.keyboard.press("Escape");
    await live.page.getByRole("searchbox").fill("nothing like it");
    await live.button("Pause").click();
    await live.tab("Events");
    expect(await live.accessibility(), "paused and filtered").toEqual([]);
    await live.page.getByRole("switch", { name: /Realtime/ }).click();
    await live.counts({ state: "off" });
    expect(await live.accessibility(), "off").toEqual([]);
  });

  it.each(["light", "dark"] as const)("are lit in %s, brighter than what is around them", async (colorScheme) => {
    await live.page.emulateMedia({ colorScheme });
    await live.open();
    const funnel = ["Landing", "Products Searched", "Product Viewed", "Product Added"];
    await live.send(funnel.map((event) => ({ event, properties: { trace_id: "t-1", product: "lens" } })));
    await live.counts({ received: 4 });
    await live.page.waitForFunction(() => {
      const lit = document.querySelector('[data-node="cart"] [data-lit]');
      return Number(lit?.getAttribute("opacity")) > 0;
    });
    await live.settle();
    await live.track("Product Added", { properties: { trace_id: "t-2" } });
    await live.counts({ received: 5 });
    await live.shot(colorScheme);
  });

  it.each([
    [1280, 800],
    [900, 700],
    [390, 844],
  ])("clip nothing at %i × %i", async (width, height) => {
    await live.page.setViewportSize({ width, height });
    await busy();
    await live.page.getByRole("searchbox").fill("a");
    await live.pick("landing");
    for (const panel of PANELS) {
      await live.tab(panel);
      const wide = await live.page.evaluate(() =>
        [...document.querySelectorAll("body *")]
          .filter((each) => each.closest("svg, .hidden, [popover], .chip, .event-line, .trace-head, .where") === null)
          .filter((each) => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
          .map((each) => `${each.tagName} ${each.className}`),
      );
      expect(wide, panel).toEqual([]);
      expect(await live.page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    }
    await live.tab("Events");
    await live.shot(`width-${width}`, "faded");
  });

  it("do not move while numbers grow", async () => {
    await live.open();
    await live.track("Landing");
    await live.counts({ shown: 1 });
    const places = () =>
      live.page.evaluate(() =>
        [...document.querySelectorAll(".header > *, .toolbar *, .footer dd, .tabs > *")].map((each) => {
          const { x, y } = each.getBoundingClientRect();
          return `${each.className} ${each.tagName} ${Math.round(x)} ${Math.round(y)}`;
        }),
      );
    const before = await places();
    await live.send(Array.from({ length: 900 }, (_, i) => ({ event: "Landing", properties: { trace_id: `t-${i}` } })));
    await live.send(Array.from({ length: 900 }, () => ({ event: "Newsletter Opened" })));
    await live.counts({ received: 1_801 });
    expect(await places()).toEqual(before);
  });

  it("are there with the system's colours alone", async () => {
    await live.page.emulateMedia({ forcedColors: "active" });
    await busy();
    await live.shot("forced-colors", "faded");
    const track = live.page.locator(".toggle-track");
    expect(await track.evaluate((each) => getComputedStyle(each).borderTopWidth)).not.toBe("0px");
  });

  /** Live, with a little of everything. */
  async function busy(): Promise<void> {
    await live.open();
    await walkers();
  }

  async function walkers(): Promise<void> {
    await live.send(
      Array.from({ length: 24 }, (_, i) => ({
        event: FUNNEL[i % FUNNEL.length] ?? "Landing",
        anonymousId: `walker-${i % 4}`,
        properties: { trace_id: `t-${i % 4}`, product: "lens" },
      })),
    );
    await live.counts({ received: 24 });
  }
});
