import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { launchBrowser } from "../../src/browser.ts";
import { APP, channelName, PusherWorld } from "../../src/pusher.ts";
import { serveFolder } from "../../src/static.ts";
import { Tap } from "../../src/tap.ts";

const LONG = "long ä ".repeat(400);
const PACKAGES = fileURLToPath(new URL("../../node_modules", import.meta.url));

let world: PusherWorld;
let folder: string;
let site: Awaited<ReturnType<typeof serveFolder>>;
let browser: Awaited<ReturnType<typeof launchBrowser>>;
let page: Page;
const elsewhere: string[] = [];

beforeAll(async () => {
  world = await PusherWorld.start();
  folder = await mkdtemp(join(tmpdir(), "heliograph-site-"));
  await writeFile(join(folder, "index.html"), "<!doctype html><title>A customer's site</title>");
  site = await serveFolder(folder);
  browser = await launchBrowser();
  page = await browser.context.newPage();
  page.on("request", (request) => {
    const { origin } = new URL(request.url());
    if (origin !== site.origin && origin !== world.gateway.url) elsewhere.push(request.url());
  });
  await page.goto(site.origin);
  await page.addScriptTag({ path: join(PACKAGES, "pusher-js/dist/web/pusher-with-encryption.js") });
  await page.addScriptTag({ path: join(PACKAGES, "laravel-echo/dist/echo.iife.js") });
});

afterAll(async () => {
  await browser?.close();
  await site?.close();
  await rm(folder, { recursive: true, force: true });
  await world?.stop();
});

/** What the page's script makes global. */
interface Site {
  Pusher: typeof import("pusher-js").default;
  Echo: typeof import("laravel-echo");
  got: Record<string, unknown>;
}

/** What the page got under that name; waits for it. */
async function got(name: string): Promise<unknown> {
  const handle = await page.waitForFunction((wanted) => (window as unknown as Site).got?.[wanted], name);
  return handle.jsonValue();
}

describe("pusher-js in Chromium, on a page of another origin", () => {
  for (const prefix of ["private-", "private-encrypted-"]) {
    it(`subscribes to ${prefix}*, signed by the gateway, and gets long events, which travel compressed`, async () => {
      const name = channelName(prefix);
      const tap = await Tap.on(world.gateway.url);
      const options = { ...world.options(), wsPort: Number(new URL(tap.url).port) };
      await page.evaluate(
        ({ key, options, endpoint, token, channel }) => {
          const site = window as unknown as Site;
          site.got = {};
          const client = new site.Pusher(key, {
            ...options,
            channelAuthorization: { transport: "ajax", endpoint, headers: { Authorization: `Bearer ${token}` } },
          });
          const subscribed = client.subscribe(channel);
          subscribed.bind("pusher:subscription_succeeded", () => {
            site.got["subscribed"] = true;
          });
          subscribed.bind("event", (data: unknown) => {
            site.got["event"] = data;
            client.disconnect();
          });
        },
        { key: APP.key, options, ...authorization(), channel: name },
      );
      await got("subscribed");

      await world.server.trigger(name, "event", { text: LONG });

      expect(await got("event")).toEqual({ text: LONG });
      expect(tap.said()).toContain("permessage-deflate");
      expect(tap.said()).not.toContain("long ");
      expect(elsewhere).toEqual([]);
      await tap.close();
    });
  }
});

describe("Laravel Echo in Chromium, on a page of another origin", () => {
  it("joins a presence channel, signed by the gateway", async () => {
    await page.evaluate(
      ({ key, options, endpoint, token, channel }) => {
        const site = window as unknown as Site;
        site.got = {};
        const echo = new site.Echo.default<"reverb">({
          broadcaster: "reverb",
          key,
          ...options,
          authEndpoint: endpoint,
          bearerToken: token,
        });
        echo.join(channel).here((members: unknown) => {
          site.got["here"] = members;
          echo.disconnect();
        });
      },
      { key: APP.key, options: world.options(), ...authorization(), channel: channelName() },
    );

    expect(await got("here")).toEqual([{ name: "ALICE" }]);
    expect(elsewhere).toEqual([]);
  });
});

function authorization(): { endpoint: string; token: string } {
  return { endpoint: `${world.gateway.url}/pusher/auth`, token: world.token("alice", "subscribe:*") };
}
