import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { Gateway } from "../src/gateway.ts";
import { LivePage, signedToken } from "../src/live-page.ts";
import { Relay } from "../src/relay.ts";

describe("the live page over a network that fails", () => {
  let gateway: Gateway;
  let relay: Relay;
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let live: LivePage;

  beforeAll(async () => {
    gateway = await Gateway.start();
    relay = await Relay.to(Number(new URL(gateway.demo.url).port));
    ({ context, close: closeBrowser } = await launchBrowser());
  });
  afterAll(async () => {
    await closeBrowser?.();
    await relay?.close();
    await gateway?.stop();
  });
  beforeEach(async () => {
    relay.mend();
    await context.setOffline(false);
    live = await LivePage.in(context, gateway.demo);
  });
  afterEach(() => live.close());

  it("goes on where it was after the connection broke, with what was missed, and says how long that takes", async () => {
    await open();
    await live.track("Landing");
    await live.counts({ shown: 1 });
    relay.cut();
    await live.says(/Reconnecting in \d+ s/);
    await live.track("Product Viewed");
    await live.page.getByText("The gateway does not answer.").waitFor();
    await live.shot("reconnecting");
    expect(await live.accessibility()).toEqual([]);
    relay.mend();
    await live.button("Try now").first().click();
    await live.says("LIVE");
    await live.counts({ received: 2, shown: 2 });
    expect(await live.page.locator(".banner").count()).toBe(0);
    expect((await live.counters()).lit).toEqual({ landing: 1, product: 1 });
  });

  it("says that the browser is offline, and comes back by itself", async () => {
    await open();
    relay.cut();
    await live.says(/Reconnecting in \d+ s/);
    await context.setOffline(true);
    await live.says(/Offline, retry in \d+ s/);
    relay.mend();
    await context.setOffline(false);
    await live.says("LIVE");
    await live.track("Landing");
    await live.counts({ shown: 1 });
  });

  it("outlives the gateway: killed and started again, it is found again, and what could be missed is said", async () => {
    await open();
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await gateway.end();
    await live.says(/Reconnecting|Connecting/);
    await gateway.again();
    await live.says("LIVE");
    await live.page.getByText("Some events were missed while disconnected.").waitFor();
    await live.button("Dismiss").click();
    await live.counts({ subscribed: true });
    await live.track("Product Viewed");
    await live.counts({ shown: 2 });
  });

  it("asks for another token when this one ends, and goes on in the same session with it", async () => {
    const exp = Math.ceil(Date.now() / 1_000) + 3;
    await open(signedToken(gateway.demo, gateway.home, { exp }));
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await live.page.getByText(/does not take this token/).waitFor();
    await live.shot("token");
    expect(await live.accessibility()).toEqual([]);
    await live.page.getByLabel(/^Token/).fill(gateway.demo.token);
    await live.button("Go live").click();
    await live.says("LIVE");
    await live.counts({ subscribed: true });
    await live.track("Product Viewed");
    await live.counts({ received: 2, shown: 2 });
  });

  it("works over a slow network, late and without loss", async () => {
    const network = await context.newCDPSession(live.page);
    await network.send("Network.enable");
    const slow = { offline: false, latency: 300, downloadThroughput: 40_000, uploadThroughput: 20_000 };
    await network.send("Network.emulateNetworkConditions", slow);
    await open();
    await live.send(Array.from({ length: 200 }, (_, i) => ({ event: "Landing", properties: { trace_id: `t-${i}` } })));
    await live.counts({ received: 200, shown: 200, dropped: 0 });
  });

  it("sleeps when nobody has looked for ten minutes, and wakes when told to", async () => {
    await live.page.clock.install();
    await open();
    await live.track("Landing");
    await live.counts({ shown: 1 });
    await live.page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { value: "hidden", configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await live.page.clock.fastForward(601_000);
    await live.says("Asleep");
    await live.shot("asleep");
    await live.track("Product Viewed");
    await live.button("Resume").click();
    await live.says("LIVE");
    await live.counts({ received: 2 });
  });

  function open(token = gateway.demo.token): Promise<LivePage> {
    return live.open(token, `http://127.0.0.1:${relay.port}`);
  }
});
