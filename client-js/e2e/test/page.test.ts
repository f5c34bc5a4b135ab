import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Analytics } from "@segment/analytics-node";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";

declare global {
  interface Window {
    readonly __heliograph?: {
      readonly state: string;
      readonly received: number;
      readonly shown: number;
      readonly unmapped: number;
      readonly lit: Readonly<Record<string, number>>;
    };
    /** The brightest that each node has been since it was watched, 0 to 1. */
    brightest?: Record<string, number>;
  }
}

const demo = inject("demo");
const SCREENSHOTS = fileURLToPath(new URL("../target/", import.meta.url));

describe("the live page in Chromium", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let page: Page;
  let complaints: string[];
  let analytics: Analytics;

  beforeAll(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    ({ context, close: closeBrowser } = await launchBrowser());
    analytics = new Analytics({ writeKey: demo.writeKey, host: demo.url, path: "/v1/batch", flushAt: 1 });
  });

  afterAll(async () => {
    await analytics?.closeAndFlush();
    await closeBrowser?.();
  });

  beforeEach(async () => {
    page = await context.newPage();
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  afterEach(() => page.close());

  it("opens by its link, takes the token out of the address and goes live", async () => {
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));

    const response = await open(demo.token);
    await live();

    expect(page.url()).toBe(`${demo.url}/`);
    expect(requested.filter((url) => url.includes(demo.token))).toEqual([]);
    expect(response?.headers()["content-security-policy"]).toMatch(/default-src|script-src/);
    expect(complaints).toEqual([]);
  });

  it("an event lights the node whose filter it passes, and not the one of the same name", async () => {
    await open(demo.token);
    await live();
    await watchBrightness();

    track("Checkout Step Completed", { step: "payment" });
    await page.waitForFunction(() => (window.brightest?.["payment"] ?? 0) > 0.3);
    await page.screenshot({ path: `${SCREENSHOTS}page-lit.png` });

    expect(await page.evaluate(() => window.__heliograph?.lit)).toEqual({ payment: 1 });
    expect(await page.locator('[data-node="payment"] .node-count').textContent()).toBe("1");
    expect(await page.locator('[data-node="shipping"] .node-count').count()).toBe(0);
    await counted("1");
    expect(await page.evaluate(() => Object.keys(window.brightest ?? {}))).toEqual(["payment"]);
    expect(complaints).toEqual([]);
  });

  it("an event of no node is listed as unmapped and lights nothing", async () => {
    await open(demo.token);
    await live();
    await watchBrightness();

    track("Nothing On This Page");
    await page.waitForFunction(() => window.__heliograph?.unmapped === 1);

    expect(await page.evaluate(() => window.__heliograph?.lit)).toEqual({});
    expect(await page.evaluate(() => window.brightest)).toEqual({});
    expect(await page.locator(".event.unmapped .event-name").textContent()).toBe("Nothing On This Page");
  });

  it("switched off, it shows nothing of what happens; on again, it counts anew", async () => {
    await open(demo.token);
    await live();
    track("Product Viewed");
    await page.waitForFunction(() => window.__heliograph?.lit["product"] === 1);

    await toggle().click();
    await page.waitForFunction(() => window.__heliograph?.state === "off");
    await analytics.flush();
    await postedWhileOff();
    await toggle().click();
    await live();
    track("Product Added");
    await page.waitForFunction(() => window.__heliograph?.lit["cart"] === 1);

    expect(await page.evaluate(() => window.__heliograph?.lit)).toEqual({ cart: 1 });
    await counted("1");
  });

  it.each([
    ["of another signature", () => tampered(demo.token)],
    ["that has expired", () => ending(demo.token, -3_600)],
    ["that is no token at all", () => "nonsense"],
  ])("a token %s: the page says so and asks for another, with which it goes live", async (_what, token) => {
    await open(token());
    await page.getByText(/does not take this token/).waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}page-token.png` });

    await page.getByLabel(/^Token/).fill(demo.token);
    await page.getByRole("button", { name: "Go live" }).click();
    await live();
  });

  it("a token of ours that has not expired is taken: the control of the test above", async () => {
    await open(ending(demo.token, 3_600));
    await live();
  });

  it("without a token it asks for one", async () => {
    await page.goto(demo.url);
    await page.getByRole("heading", { name: "A token, please" }).waitFor();
    expect(await page.evaluate(() => window.__heliograph?.state)).toBe("off");
  });

  it.each(["light", "dark"] as const)("is readable in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open(demo.token);
    await live();
    track("Product Viewed");
    await page.waitForFunction(() => window.__heliograph?.lit["product"] === 1);
    await page.screenshot({ path: `${SCREENSHOTS}page-${colorScheme}.png` });

    const [ink, paper] = await page.evaluate(() => {
      const title = document.querySelector("h1") as HTMLElement;
      return [getComputedStyle(title).color, getComputedStyle(document.body).backgroundColor];
    });
    expect(contrast(luminance(ink ?? ""), luminance(paper ?? ""))).toBeGreaterThan(7);
    expect(luminance(paper ?? "") > 0.5).toBe(colorScheme === "light");
  });

  function open(token: string) {
    return page.goto(`${demo.url}/#token=${token}`);
  }

  function toggle() {
    return page.getByRole("switch", { name: /Realtime/ });
  }

  async function live(): Promise<void> {
    await page.getByRole("status").getByText("LIVE").waitFor();
  }

  /** Waits until the page shows so many events since it was switched on. */
  async function counted(events: string): Promise<void> {
    await page.locator("[data-counter]", { hasText: new RegExp(`^${events}$`) }).waitFor();
  }

  function track(event: string, properties: Record<string, string> = {}): void {
    analytics.track({ userId: "u1", event, properties });
  }

  /** Posts an event and returns once the gateway has taken it. */
  async function postedWhileOff(): Promise<void> {
    const response = await fetch(`${demo.url}/v1/track`, {
      method: "POST",
      body: JSON.stringify({ writeKey: demo.writeKey, userId: "u1", event: "Order Completed" }),
    });
    expect(response.status).toBe(200);
  }

  async function watchBrightness(): Promise<void> {
    await page.evaluate(() => {
      const brightest: Record<string, number> = {};
      window.brightest = brightest;
      for (const node of document.querySelectorAll("[data-node]")) {
        const id = node.getAttribute("data-node") ?? "";
        const lit = node.querySelector("[data-lit]");
        new MutationObserver(() => {
          const brightness = Number(lit?.getAttribute("opacity"));
          if (brightness > (brightest[id] ?? 0)) brightest[id] = brightness;
        }).observe(node, { subtree: true, attributes: true });
      }
    });
  }
});

/** The same token, signed by the same key, but with another end. */
function ending(token: string, inSeconds: number): string {
  const [header = "", claims = ""] = token.split(".");
  const now = Math.floor(Date.now() / 1000);
  const changed = {
    ...JSON.parse(Buffer.from(claims, "base64url").toString()),
    iat: now - 7_200,
    exp: now + inSeconds,
  };
  const signed = `${header}.${Buffer.from(JSON.stringify(changed)).toString("base64url")}`;
  const secret = readFileSync(join(inject("home"), "token-secret"), "utf8").trim();
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

/** The same token with another signature. */
function tampered(token: string): string {
  const [header, claims, signature = ""] = token.split(".");
  const first = signature.startsWith("A") ? "B" : "A";
  return [header, claims, first + signature.slice(1)].join(".");
}

/** Relative luminance of a colour as the browser computes it, `rgb(r, g, b)`. */
function luminance(color: string): number {
  const [r = 0, g = 0, b = 0] = (color.match(/[\d.]+/g) ?? []).slice(0, 3).map((part) => {
    const share = Number(part) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(a: number, b: number): number {
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}
