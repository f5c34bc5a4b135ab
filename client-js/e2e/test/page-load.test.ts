import type { BrowserContext, CDPSession } from "playwright-core";
import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { LivePage } from "../src/live-page.ts";
import { LoudGateway } from "../src/loud.ts";
import { slowness } from "../src/pace.ts";

const demo = inject("demo");
const SOAKS = process.env["PAGE_SOAK"] === "1";
const FLAT_MS = SOAKS ? 600_000 : 60_000;
/** Of twelve thousand events that came and went, or with the soak ten times as many, nothing is left. */
const HEAP_BYTES = 1_000_000;
/** The page's budget: 4 ms of the main thread for each of 60 frames a second. */
const FRAME_MS = 4;
const FRAMES = 60;

describe("the live page under load", () => {
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let gateway: LoudGateway;
  let live: LivePage;
  let cdp: CDPSession;

  beforeAll(async () => {
    gateway = await LoudGateway.start(demo.url);
    ({ context, close: closeBrowser } = await launchBrowser());
    live = await (await LivePage.in(context, demo)).open(demo.token, gateway.url);
    cdp = await context.newCDPSession(live.page);
    // the thread's own time, not that in which others had the processor
    await cdp.send("Performance.enable", { timeDomain: "threadTicks" });
  });
  afterAll(async () => {
    await closeBrowser?.();
    await gateway?.close();
  });

  it("holds a bounded number of things, no memory grows while they change, and a screen reader is not talked to death", {
    timeout: FLAT_MS + 60_000,
  }, async () => {
    await live.tab("Events");
    // the ids of twice as many events as are held are remembered
    while ((await live.counters()).evicted < 11_000) {
      gateway.publish(2_000);
      await wait(300);
    }
    gateway.publishEvery(200);
    await wait(5_000);
    const before = await heap();
    gateway.publishEvery(200);
    await listen();
    await wait(FLAT_MS);
    const digests = await heard();
    const after = await heap();
    const { shown, traces } = await live.counters();
    process.stdout.write(`heap: ${(before / 1e6).toFixed(2)} MB, then ${(after / 1e6).toFixed(2)} MB\n`);
    expect([shown, traces]).toEqual([10_000, 200]);
    expect(after - before).toBeLessThan(HEAP_BYTES);
    expect(live.complaints).toEqual([]);

    const gaps = digests.slice(1).map((at, i) => at - (digests[i] ?? 0));
    expect(gaps.length).toBeGreaterThan(5);
    expect(Math.min(...gaps), "what a screen reader is told every five seconds at most").toBeGreaterThan(4_900);
  });

  it.each(["Events", "Nodes", "Traces"])(
    "takes 2,000 events a second with its panel %s within its budget",
    async (panel) => {
      await live.tab(panel);
      const budgetMs = FRAME_MS * (await slowness(live.page));
      gateway.publishEvery(2_000);
      await wait(1_500);
      const [before, came] = [await metric("ScriptDuration"), (await live.counters()).received];
      await wait(3_000);
      const [after, come] = [await metric("ScriptDuration"), (await live.counters()).received];
      gateway.publishEvery(0);
      const script = (1_000 * (after - before)) / 3 / FRAMES;
      process.stdout.write(
        `${panel}: ${((come - came) / 3).toFixed(0)}/s, ${script.toFixed(2)} ms of script a frame, of ${budgetMs.toFixed(2)}\n`,
      );
      expect((come - came) / 3).toBeGreaterThan(1_800);
      expect(script).toBeLessThan(budgetMs);
      expect((await live.counters()).dropped).toBe(0);
    },
  );

  async function metric(name: string): Promise<number> {
    const { metrics } = await cdp.send("Performance.getMetrics");
    return metrics.find((each) => each.name === name)?.value ?? Number.NaN;
  }

  /** What is left after garbage was collected, while nothing comes. */
  async function heap(): Promise<number> {
    gateway.publishEvery(0);
    await wait(500);
    await cdp.send("HeapProfiler.collectGarbage");
    await cdp.send("HeapProfiler.collectGarbage");
    return metric("JSHeapUsedSize");
  }

  /** Notes when the digest changes, from now on. */
  async function listen(): Promise<void> {
    await live.page.evaluate(() => {
      const heard: number[] = [];
      const digest = document.querySelector("[data-digest]") as HTMLElement;
      let said = digest.textContent;
      Object.assign(window, { heard });
      new MutationObserver(() => {
        if (digest.textContent !== said) heard.push(performance.now());
        said = digest.textContent;
      }).observe(digest, { characterData: true, childList: true, subtree: true });
    });
  }

  function heard(): Promise<number[]> {
    return live.page.evaluate(() => (window as unknown as { heard: number[] }).heard);
  }

  function wait(ms: number): Promise<void> {
    return live.page.waitForTimeout(ms);
  }
});
