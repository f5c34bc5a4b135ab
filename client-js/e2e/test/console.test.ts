import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { Crowd } from "../src/crowd.ts";
import { Gateway } from "../src/gateway.ts";

const SCREENSHOTS = fileURLToPath(new URL("../target/", import.meta.url));
const TRAFFIC = ["--rate", "60"];
const CLIENTS = { websocket: 12, pusher: 5, eventStream: 3 };
const TILES = ["connections", "deliveries", "ingest", "latency", "backlog", "lost", "lag", "memory"];

describe("the operator's console in Chromium", () => {
  let gateway: Gateway;
  let crowd: Crowd;
  let context: BrowserContext;
  let closeBrowser: () => Promise<void>;
  let page: Page;
  /** Open from the first test to the last. */
  let leftOpen: Page;
  let complaints: string[];

  beforeAll(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    gateway = await Gateway.start(TRAFFIC);
    crowd = new Crowd(gateway);
    await stand();
    ({ context, close: closeBrowser } = await launchBrowser());
    leftOpen = await context.newPage();
    await leftOpen.setViewportSize({ width: 1440, height: 900 });
    await leftOpen.emulateMedia({ colorScheme: "dark" });
    await leftOpen.goto(linkWith(gateway.demo.admin.token));
  });

  afterAll(async () => {
    crowd?.leave();
    await closeBrowser?.();
    expect(await gateway?.stop()).toBe(0);
  });

  beforeEach(async () => {
    page = await context.newPage();
    await page.setViewportSize({ width: 1440, height: 900 });
    complaints = [];
    page.on("console", (message) => {
      if (message.type() === "error") complaints.push(message.text());
    });
    page.on("pageerror", (error) => complaints.push(error.message));
  });

  afterEach(() => page.close());

  /** Clients of every kind, one of them slow, and channels of which one is hot. */
  async function stand(): Promise<void> {
    for (let i = 0; i < CLIENTS.websocket - 2; i++) {
      await crowd.webSocket(i < 8 ? "prices" : gateway.demo.channel, `user-${i}`);
    }
    await crowd.webSocket("bulk", "quick-quentin");
    await crowd.slowWebSocket("bulk", "slow-sally");
    for (let i = 0; i < CLIENTS.pusher; i++) {
      await crowd.pusher("prices");
    }
    for (let i = 0; i < CLIENTS.eventStream; i++) {
      await crowd.eventStream(gateway.demo.channel);
    }
    crowd.keepPublishing("prices", 10, 100, 50);
    crowd.keepPublishing("bulk", 20, 9_000, 100);
  }

  const linkWith = (token: string) => `${gateway.demo.admin.url}/console#token=${token}`;
  const open = (token: string) => page.goto(linkWith(token));
  const status = () => page.locator(".header .status");
  const live = () => page.locator(".header .status", { hasText: "LIVE" }).waitFor();
  const figure = (tile: string) => page.locator(`[data-tile="${tile}"] .figure strong`);

  /** Waits until a tile's number is one, and more than zero if it has to be. */
  async function counted(tile: string, { aboveZero = false } = {}): Promise<void> {
    await page.waitForFunction(
      ([selector, above]) => {
        const number = Number(document.querySelector(String(selector))?.textContent?.replace(/[,<]/g, "") ?? "–");
        return above === true ? number > 0 : number >= 0;
      },
      [`[data-tile="${tile}"] .figure strong`, aboveZero] as const,
    );
  }

  /** How many colours a picture has. */
  const colours = (selector: string): Promise<number> =>
    page.locator(selector).evaluate((element) => {
      const canvas = element as HTMLCanvasElement;
      const { data } = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      const seen = new Set<string>();
      for (let i = 0; i < data.length; i += 4) {
        if ((data[i + 3] ?? 0) === 255) {
          seen.add(`${data[i]} ${data[i + 1]} ${data[i + 2]}`);
        }
      }
      return seen.size;
    });

  it("opens by its link, takes the token out of the address, and asks this listener alone", async () => {
    const requested: string[] = [];
    page.on("request", (request) => requested.push(request.url()));

    const response = await open(gateway.demo.admin.token);
    await live();

    expect(page.url()).toBe(`${gateway.demo.admin.url}/console/`);
    expect(requested.filter((url) => url.includes(gateway.demo.admin.token))).toEqual([]);
    expect(requested.filter((url) => !url.startsWith(gateway.demo.admin.url))).toEqual([]);
    expect(response?.headers()["content-security-policy"]).toContain("default-src 'none'");
    expect(await page.evaluate(() => [localStorage.length, document.cookie])).toEqual([0, ""]);
    await page.reload();
    await live();
    expect(complaints).toEqual([]);
  });

  it("every tile shows a number, and what should move is above zero", async () => {
    await open(gateway.demo.admin.token);
    await live();
    for (const tile of TILES) {
      await counted(tile);
    }
    for (const tile of ["connections", "deliveries", "ingest", "latency", "backlog", "lost", "memory"]) {
      await counted(tile, { aboveZero: true });
    }
    expect(await figure("connections").textContent()).toBe(
      String(CLIENTS.websocket + CLIENTS.pusher + CLIENTS.eventStream),
    );
    expect(await page.locator(".panel.connections .legend").innerText()).toMatch(
      new RegExp(
        `WebSocket\\s+${CLIENTS.websocket}\\s+Pusher\\s+${CLIENTS.pusher}\\s+Dazzle\\s+0\\s+event stream\\s+${CLIENTS.eventStream}`,
      ),
    );
    for (const stage of ["sequenced", "handed_over", "written", "total"]) {
      expect(await page.locator(`[data-stage="${stage}"] dd`).allTextContents()).toEqual(
        Array.from({ length: 4 }, () => expect.stringMatching(/^[\d.]+ (ns|µs|ms|s)$/)),
      );
    }
    await page.locator(".panel.usage").getByRole("rowheader", { name: /^demo/ }).waitFor();
    await page.locator(".panel.usage td.strong").filter({ hasText: /[1-9]/ }).waitFor();
    expect(complaints).toEqual([]);
  });

  it("the heat map and the charts are drawn, in light and in dark", async () => {
    await page.emulateMedia({ colorScheme: "light" });
    await open(gateway.demo.admin.token);
    await live();
    await page.waitForFunction(() => document.querySelectorAll(".panel").length > 12);
    // ten columns are enough to see how it varies
    await page.waitForFunction(() => {
      const label = document.querySelector(".heat-map canvas")?.getAttribute("aria-label") ?? "";
      return Number(/of ([\d,]+)/.exec(label)?.[1]?.replaceAll(",", "")) > 2_500;
    });
    const light = await colours(".heat-map canvas");
    await page.emulateMedia({ colorScheme: "dark" });
    expect(light).toBeGreaterThan(20);
    expect(await colours(".heat-map canvas")).toBeGreaterThan(20);
    for (const panel of ["out", "in", "connections", "memory"]) {
      expect(await colours(`.panel.${panel} canvas`), panel).toBeGreaterThan(2);
    }
  });

  it("of the stages the chosen one is drawn, and of the past as much as chosen", async () => {
    await open(gateway.demo.admin.token);
    await live();
    const picture = page.getByRole("img", { name: /heat map/ });
    await counted("latency", { aboveZero: true });
    expect(await picture.getAttribute("aria-label")).toMatch(/^Latency, total: .*99 % within [\d.]+ /);
    await page.getByRole("radio", { name: "handed over" }).check();
    expect(await picture.getAttribute("aria-label")).toMatch(/^Latency, handed over: /);
    await page.getByRole("radio", { name: "15 min" }).check();
    await page.locator(".panel.stages").getByText("last 15 min").waitFor();
    await picture.hover({ position: { x: 700, y: 150 } });
    await page
      .locator(".heat-map .caption")
      .getByText(/^\d\d:\d\d:\d\d/)
      .waitFor();
  });

  it("names the slow client, the hot channels, and what was dropped and why", async () => {
    await open(gateway.demo.admin.token);
    await page.locator(".panel.slow").getByRole("button", { name: "slow-sally" }).waitFor();
    const hot = page.locator(".panel.hot tbody tr");
    await hot.first().waitFor();
    expect(await hot.first().innerText()).toMatch(/prices[\s\S]*13$/);
    expect(await hot.allInnerTexts()).toContainEqual(expect.stringContaining("bulk"));
    const dropped = page.locator(".panel.drops").getByRole("row", { name: /delivery dropped: slow client/ });
    await dropped.waitFor();
    await page.locator('[data-tile="lost"].warn').waitFor();
  });

  it("explains the client that is chosen, a message, and what it cannot find", async () => {
    await open(gateway.demo.admin.token);
    await page.locator(".panel.slow").getByRole("button", { name: "slow-sally" }).click();
    const reply = page.locator(".panel.explain .reply");
    await reply.getByText("slow-sally", { exact: true }).waitFor();
    await reply.getByRole("cell", { name: "bulk" }).waitFor();
    await page.screenshot({ path: `${SCREENSHOTS}console-explain.png` });

    const sent = await fetch(`${gateway.demo.url}/v1/track`, {
      method: "POST",
      headers: { authorization: `Basic ${btoa(`${gateway.demo.writeKey}:`)}`, "content-type": "application/json" },
      body: JSON.stringify({ event: "Explained", anonymousId: "me", messageId: "explain-me" }),
    });
    expect(sent.status).toBe(200);
    await page.getByRole("radio", { name: "message" }).check();
    await page.getByRole("textbox", { name: "message", exact: true }).fill("explain-me");
    await page.getByRole("button", { name: "Explain" }).click();
    await reply.getByText("It was published.").waitFor();

    await page.getByRole("radio", { name: "connection" }).check();
    await page.getByRole("textbox", { name: "connection" }).fill("nobody");
    await page.keyboard.press("Enter");
    await reply
      .getByRole("alert")
      .getByText(/no connection has this id/)
      .waitFor();
  });

  it("tells who holds another token that it is refused, and takes the right one", async () => {
    await open(gateway.demo.token); // a client's, not the operator's
    await page
      .getByRole("alert")
      .getByText(/does not take this token/)
      .waitFor();
    expect(page.url()).not.toContain("token");
    await axe("console-refused");
    await page.getByLabel("Operator's token").fill(gateway.demo.admin.token);
    await page.getByRole("button", { name: "Open the console" }).click();
    await live();

    await page.getByRole("button", { name: "Forget token" }).click();
    await page.getByRole("heading", { name: "Heliograph console" }).waitFor();
    await page.reload();
    await page.getByLabel("Operator's token").waitFor();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  it.each(["light", "dark"] as const)("has nothing that axe complains of, in %s", async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    await open(gateway.demo.admin.token);
    await page.locator(".panel.slow").getByRole("button", { name: "slow-sally" }).click();
    await page.locator(".panel.explain .reply dl").first().waitFor();
    await counted("latency", { aboveZero: true });
    await axe(`console-${colorScheme}`);
  });

  it("is readable on a narrow screen", async () => {
    await page.setViewportSize({ width: 390, height: 844 });
    await open(gateway.demo.admin.token);
    await counted("deliveries", { aboveZero: true });
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    await page.screenshot({ path: `${SCREENSHOTS}console-narrow.png` });
  });

  it("left open, it has drawn all the while, and sees who comes and goes", async () => {
    const latencies = () =>
      leftOpen
        .getByRole("img", { name: /heat map/ })
        .getAttribute("aria-label")
        .then((label) => Number(/of ([\d,]+)/.exec(label ?? "")?.[1]?.replaceAll(",", "")));
    const before = await latencies();
    for (let i = 0; i < 60; i++) {
      (await crowd.webSocket("orders", `visitor-${i}`)).close();
    }
    await leftOpen
      .locator(".panel.closed")
      .getByRole("row", { name: /^client 60 60$/ })
      .waitFor();
    expect(before).toBeGreaterThan(2_500);
    expect(await latencies()).toBeGreaterThan(before);
    await leftOpen.screenshot({ path: `${SCREENSHOTS}console.png` });
    await leftOpen.close();
  });

  it("says that the gateway does not answer, and goes on with the one that comes after", async () => {
    await open(gateway.demo.admin.token);
    await live();
    await counted("deliveries", { aboveZero: true });
    expect(await gateway.end()).toBe(0);
    await page
      .getByRole("alert")
      .getByText(/The gateway does not answer/)
      .waitFor();
    expect(await status().textContent()).toBe("No answer");
    await page.screenshot({ path: `${SCREENSHOTS}console-unreachable.png` });

    await gateway.again(TRAFFIC);
    await live();
    const banner = page.getByText(/The gateway began anew, seen at/);
    await banner.waitFor();
    expect(await page.getByText(/The gateway does not answer/).count()).toBe(0);
    await counted("ingest", { aboveZero: true });
    expect(await figure("connections").textContent()).toBe("0");
    await page.getByRole("button", { name: "Dismiss" }).click();
    await banner.waitFor({ state: "detached" });
  });

  async function axe(name: string): Promise<void> {
    await page.screenshot({ path: `${SCREENSHOTS}${name}.png`, fullPage: true });
    const { violations } = await new AxeBuilder({ page: page }).analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
});
