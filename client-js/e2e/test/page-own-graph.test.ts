import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { Analytics } from "@segment/analytics-node";
import type { BrowserContext } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { Gateway } from "../src/gateway.ts";
import { LivePage } from "../src/live-page.ts";

const DOCS = readFileSync(new URL("../../../docs/PAGE.md", import.meta.url), "utf8");
const SECTION = DOCS.slice(DOCS.indexOf("## Your own graph, lit"), DOCS.indexOf("### On a gateway of your own"));

/** What stands in the documentation as that kind of code. */
function blocks(kind: string): string[] {
  return [...SECTION.matchAll(new RegExp(`\`\`\`${kind}\n(.*?)\`\`\``, "gs"))].map(([, code = ""]) => code);
}

describe("a graph of one's own, by the letter of the documentation", () => {
  let gateway: Gateway;
  let analytics: Analytics;
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let live: LivePage;

  beforeAll(async () => {
    const [start = "", curl = ""] = blocks("sh");
    expect(curl).toContain("curl");
    const [, demo, ...options] = start.trim().split(" ");
    expect(demo).toBe("demo");
    gateway = await Gateway.start(options);
    const { writeKey, url } = gateway.demo;
    expect(blocks("js")[0]).toContain('host: "http://127.0.0.1:8080", path: "/v1/batch" });');
    // each event by itself, so that their order is not that of one request
    analytics = new Analytics({ writeKey, host: url, path: "/v1/batch", flushAt: 1 });
    ({ context, close: closeBrowser } = await launchBrowser());
    live = await (await LivePage.in(context, gateway.demo)).open();
  });
  afterAll(async () => {
    await analytics?.closeAndFlush();
    await closeBrowser?.();
    await gateway?.stop();
  });

  it("is lit by a Segment library, is walked along by a trace, and says which condition did not hold", async () => {
    const files = [
      { name: "funnel.json", mimeType: "application/json", buffer: Buffer.from(blocks("json")[0] ?? "") },
      { name: "events.yaml", mimeType: "application/yaml", buffer: Buffer.from(blocks("yaml")[0] ?? "") },
    ];
    await live.page.keyboard.press("g");
    await live.page.getByLabel("Graph and event definition files").setInputFiles(files);
    await live.page.locator('[data-node="invoice"]').waitFor({ state: "attached" });

    expect(blocks("js")[0]).toContain('analytics.track({ userId: "me", event: "Cart Viewed" });');
    analytics.track({ userId: "me", event: "Cart Viewed" });
    analytics.track({ userId: "me", event: "Payment Chosen", properties: { payment_method: "invoice" } });
    await live.counts({ received: 2, unmapped: 0 });
    expect((await live.counters()).lit).toEqual({ basket: 1, invoice: 1 });
    await live.tab("Traces");
    await live.button(/^Follow p_/).click();
    await live.page.getByText("from Basket opened through Terms accepted, which has no event").waitFor();
    await live.shot("own-graph");

    analytics.track({ userId: "me", event: "Payment Chosen", properties: { payment_method: "cash" } });
    await live.counts({ received: 3, unmapped: 1 });
    await live.tab("Unmapped");
    await live.page.getByText("2 nodes wait for this name, on a condition that does not hold:").waitFor();
    expect(await live.page.locator(".unmet li").allTextContents()).toEqual([
      "Pays by card: payment_method is any of card, wallet",
      "Pays by invoice: payment_method is invoice",
    ]);
    expect(await live.accessibility()).toEqual([]);
    await live.shot("unmet", "faded");
  });

  it("is lit by curl", async () => {
    const { url, writeKey } = gateway.demo;
    const command = (blocks("sh")[1] ?? "").replace("http://127.0.0.1:8080", url).replace("WRITE_KEY", writeKey);
    const before = (await live.counters()).received;
    const { stdout } = await promisify(execFile)("sh", ["-c", command]);
    expect(stdout).toBe('{"success":true}');
    await live.counts({ received: before + 1 });
    expect((await live.counters()).lit).toMatchObject({ invoice: 2 });
  });

  it("is gone after a reload, and the page says where it is", async () => {
    await live.page.reload();
    await live.says("LIVE");
    await live.page.getByText(/funnel: it came from files, which do not outlive a reload: choose them again/).waitFor();
    expect(live.complaints).toEqual([]);
  });
});
