import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { build } from "vite";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { App } from "../../sdk-app/main.ts";
import { launchBrowser } from "../../src/browser.ts";
import { SdkWorld, tokenOf, until } from "../../src/sdk.ts";
import { serveFolder } from "../../src/static.ts";

declare global {
  interface Window {
    readonly app: App;
  }
}

const SOURCE = fileURLToPath(new URL("../../sdk-app", import.meta.url));
const BUILT = fileURLToPath(new URL("../../target/sdk-app", import.meta.url));

let site: Awaited<ReturnType<typeof serveFolder>>;
let world: SdkWorld;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
const pages = new Set<Page>();
const complaints: string[] = [];

beforeAll(async () => {
  await build({
    root: SOURCE,
    logLevel: "warn",
    build: {
      outDir: BUILT,
      emptyOutDir: true,
      rolldownOptions: { input: [`${SOURCE}/index.html`, `${SOURCE}/other.html`] },
    },
    worker: { format: "es" },
  });
  site = await serveFolder(BUILT);
  world = await SdkWorld.start([site.origin]);
  browser = await launchBrowser(["--disable-back-forward-cache"]);
});

afterEach(async () => {
  await browser.context.setOffline(false);
  world.relay.mend();
  for (const page of pages) {
    await page.close();
  }
  pages.clear();
  complaints.length = 0;
});

afterAll(async () => {
  await browser?.close();
  await world?.stop();
  await site?.close();
});

async function open(transport: Parameters<App["open"]>[2], prepare?: () => void, baseMs?: number): Promise<Page> {
  const page = await browser.context.newPage();
  pages.add(page);
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  if (prepare !== undefined) {
    await page.addInitScript(prepare);
  }
  await page.goto(site.origin);
  await page.evaluate(([url, token, ...rest]) => window.app.open(url, token, ...rest), [
    world.relay.ws,
    tokenOf("alice"),
    transport,
    baseMs,
  ] as const);
  await logged(page, "connected: authenticated");
  return page;
}

const log = (page: Page): Promise<string[]> => page.evaluate(() => window.app.log);

async function logged(page: Page, line: string, times = 1): Promise<void> {
  await until(async () => {
    expect((await log(page)).filter((each) => each === line)).toHaveLength(times);
  });
}

const publish = (page: Page, channel: string, data: unknown): Promise<unknown> =>
  page.evaluate(([name, what]) => window.app.publish(name, what), [channel, data] as const);

async function subscribe(page: Page, channel: string): Promise<void> {
  await page.evaluate((name) => window.app.subscribe(name), channel);
  await logged(page, "subscribed false");
}

describe("two tabs with a shared worker", () => {
  it("have one connection, both get everything, and one outlives the other", async () => {
    const before = world.relay.webSockets;
    const first = await open("shared");
    const second = await open("shared");
    expect(world.relay.webSockets).toBe(before + 1);
    await subscribe(first, "shared-1");
    await subscribe(second, "shared-1");
    await publish(first, "shared-1", 1);
    await logged(first, "publication 1");
    await logged(second, "publication 1");

    await first.close();
    pages.delete(first);
    await publish(second, "shared-1", 2);
    await logged(second, "publication 2");
    expect((await log(second)).filter((line) => line.startsWith("re"))).toEqual([]);
    expect(world.relay.webSockets).toBe(before + 1);
    expect(complaints).toEqual([]);
  });

  it("come back over one connection when the network breaks, without gap and repeat", async () => {
    const tabs = [await open("shared"), await open("shared")] as const;
    for (const tab of tabs) {
      await subscribe(tab, "shared-2");
    }
    await publish(tabs[0], "shared-2", 1);
    for (const tab of tabs) {
      await logged(tab, "publication 1");
    }
    const before = world.relay.webSockets;
    world.relay.breakAll();
    for (const tab of tabs) {
      await logged(tab, "subscribed true");
    }
    await publish(tabs[1], "shared-2", 2);
    for (const tab of tabs) {
      await logged(tab, "publication 2");
      const heard = (await log(tab)).filter((line) => /^(subscribed|publication)/.test(line));
      expect(heard).toEqual(["subscribed false", "publication 1", "subscribed true", "publication 2"]);
    }
    expect(world.relay.webSockets).toBe(before + 1);
  });

  it("have each its own where the browser has no shared workers, or the worker's script is missing", async () => {
    const before = world.relay.webSockets;
    await open("shared", () => Reflect.deleteProperty(window, "SharedWorker"));
    await open("missing");
    expect(world.relay.webSockets).toBe(before + 2);
  });
});

describe("a page of another origin", () => {
  it("gets everything over event streams, too", async () => {
    const page = await open("stream");
    await subscribe(page, "streamed");
    await publish(page, "streamed", 1);
    await logged(page, "publication 1");
    expect(complaints).toEqual([]);
    world.relay.breakAll();
    await logged(page, "subscribed true");
    await publish(page, "streamed", 2);
    await logged(page, "publication 2");
  });

  it("comes back at once when the browser is online again, however long the delay was", async () => {
    const page = await open("socket", undefined, 600_000);
    await browser.context.setOffline(true);
    world.relay.cut();
    await logged(page, "reconnecting: closed with 1006");
    world.relay.mend();
    await browser.context.setOffline(false);
    await logged(page, "connected: authenticated", 2);
    expect(await log(page)).toContain("reconnecting: the page is back: online");
  });

  it("is let into the back-forward cache, and is connected again when it leaves it", async () => {
    const page = await open("socket", undefined, 600_000);
    await page.evaluate(() =>
      addEventListener("pageshow", ({ persisted }) => window.app.log.push(`persisted ${persisted}`)),
    );
    await page.goto(`${site.origin}/other.html`);
    await page.goBack({ waitUntil: "commit" });
    await logged(page, "persisted true");
    await logged(page, "connected: authenticated", 2);
    expect(await log(page)).toEqual(
      expect.arrayContaining(["reconnecting: the page is hidden", "reconnecting: the page is back: show"]),
    );
  });
});
