import type { BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { serveFolder } from "../src/static.ts";
import { Subscriber } from "../src/subscriber.ts";

const demo = inject("demo");

interface Answer {
  readonly path: string;
  readonly method: string;
  readonly status: number;
}

describe("@segment/analytics-next in Chromium, from a site of another origin", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let site: Awaited<ReturnType<typeof serveFolder>>;
  let subscriber: Subscriber;
  let page: Page;
  const answers: Answer[] = [];
  const complaints: string[] = [];

  beforeAll(async () => {
    site = await serveFolder(inject("app"));
    subscriber = await Subscriber.of(demo);
    ({ context, close: closeBrowser } = await launchBrowser());
    page = await context.newPage();
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("response", (response) => {
      const { origin, pathname } = new URL(response.url());
      if (origin === demo.url) {
        answers.push({ path: pathname, method: response.request().method(), status: response.status() });
      }
    });
  });

  afterAll(async () => {
    await closeBrowser?.();
    subscriber?.close();
    await site?.close();
  });

  it("loads its settings from the gateway and posts single events", async () => {
    await start({});
    await page.evaluate(() => window.loaded?.track("Browser Tracked", { checkpoint: "payment" }));

    const event = await subscriber.event("Browser Tracked");

    expect(event).toMatchObject({ type: "track", workspace: demo.workspace });
    expect(answers).toContainEqual({ path: `/v1/projects/${demo.writeKey}/settings`, method: "GET", status: 200 });
    expect(answers).toContainEqual({ path: "/v1/t", method: "POST", status: 200 });
    expect(complaints).toEqual([]);
  });

  it("posts batches where it is told to", async () => {
    await start({ deliveryStrategy: { strategy: "batching", config: { size: 2, timeout: 500 } } });
    await page.evaluate(async () => {
      await window.loaded?.track("Browser Batched 1");
      await window.loaded?.page("Browser Batched 2");
    });

    expect(await subscriber.event("Browser Batched 1")).toMatchObject({ type: "track" });
    expect((await subscriber.event("Browser Batched 2")).type).toBe("page");
    expect(answers).toContainEqual({ path: "/v1/b", method: "POST", status: 200 });
    expect(complaints).toEqual([]);
  });

  /** Opens the site afresh and starts the SDK there, as the site's own code would. */
  async function start(delivery: object): Promise<void> {
    await page.goto(site.origin);
    await page.waitForFunction(() => window.AnalyticsBrowser);
    await page.evaluate(
      async ({ url, writeKey, delivery }) => {
        const { host } = new URL(url);
        window.loaded = window.AnalyticsBrowser.load(
          { writeKey, cdnURL: url },
          { integrations: { "Segment.io": { apiHost: `${host}/v1`, protocol: "http", ...delivery } } },
        );
        await window.loaded;
      },
      { url: demo.url, writeKey: demo.writeKey, delivery },
    );
  }
});
