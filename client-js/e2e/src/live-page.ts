import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import AxeBuilder from "@axe-core/playwright";
import type { BrowserContext, Locator, Page } from "playwright-core";
import type { Demo } from "./gateway.ts";

/** What the page tells of itself. */
export interface Counters {
  readonly state: string;
  readonly subscribed: boolean;
  readonly paused: boolean;
  readonly received: number;
  readonly shown: number;
  readonly filtered: number;
  readonly waiting: number;
  readonly evicted: number;
  readonly duplicates: number;
  readonly unreadable: number;
  readonly unmapped: number;
  readonly sampled: number;
  readonly merged: number;
  readonly dropped: number;
  readonly lagMs: number | undefined;
  readonly traces: number;
  readonly kept: number;
  readonly viewers: number;
  readonly lit: Readonly<Record<string, number>>;
}

/** What a Segment source sends of an event, beside its name. */
export interface Sent {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly anonymousId?: string;
  readonly messageId?: string;
  readonly timestamp?: string;
}

const IMAGES = fileURLToPath(new URL("../../../docs/img/", import.meta.url));
const WANTED = process.env["SCREENSHOTS"] === "1";

/** The live page in one tab, as the person at it sees and does it. */
export class LivePage {
  readonly page: Page;
  /** Of the browser's console and of scripts. */
  readonly complaints: string[] = [];
  readonly #demo: Demo;

  private constructor(page: Page, demo: Demo) {
    this.page = page;
    this.#demo = demo;
    page.on("console", (message) => {
      if (message.type() === "error") this.complaints.push(message.text());
    });
    page.on("pageerror", (error) => this.complaints.push(error.message));
  }

  /** In a new tab, not yet at the page. */
  static async in(context: BrowserContext, demo: Demo): Promise<LivePage> {
    return new LivePage(await context.newPage(), demo);
  }

  /** Goes live with that token. */
  async open(token = this.#demo.token, url = this.#demo.url): Promise<this> {
    await this.page.goto(`${url}/#token=${token}`);
    await this.says("LIVE");
    await this.counts({ subscribed: true });
    return this;
  }

  close(): Promise<void> {
    return this.page.close();
  }

  /** Waits until the header's state is that. */
  async says(state: string | RegExp): Promise<void> {
    await this.page.locator(".status").getByText(state).waitFor();
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole("button", { name, exact: typeof name === "string" });
  }

  async tab(name: string): Promise<void> {
    await this.page.getByRole("tab", { name, exact: true }).click();
  }

  /** Names of the events that are listed, newest first. */
  names(): Promise<string[]> {
    return this.page.locator(".event-name").allTextContents();
  }

  counters(): Promise<Counters> {
    return this.page.evaluate(() => ({ ...window.__heliograph }) as unknown as Counters);
  }

  /** Waits until the page tells this of itself. */
  async counts(expected: Partial<Counters>): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const now = window.__heliograph as unknown as Record<string, unknown>;
      return Object.entries(wanted).every(([name, value]) => now[name] === value);
    }, expected);
  }

  /** An event from the demo's Segment source, which the gateway has taken when this returns. */
  async track(event: string, sent: Sent = {}): Promise<void> {
    await this.send([{ event, ...sent }]);
  }

  async send(events: readonly ({ readonly event: string } & Sent)[]): Promise<void> {
    const batch = events.map((event) => ({ type: "track", anonymousId: "somebody", ...event }));
    const response = await fetch(`${this.#demo.url}/v1/batch`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ writeKey: this.#demo.writeKey, batch }),
    });
    if (!response.ok) {
      throw new Error(`/v1/batch answered ${response.status}`);
    }
  }

  /** Picks a node of the picture; without waiting until its light has faded and it stands still, as Playwright's click would. */
  async pick(node: string): Promise<void> {
    const card = await this.page.locator(`[data-node="${node}"]`).boundingBox();
    if (card === null) {
      throw new Error(`the picture shows no node ${node}`);
    }
    await this.page.mouse.click(card.x + card.width / 2, card.y + card.height / 2);
  }

  /** What axe complains of, at the level that the page promises. */
  async accessibility(): Promise<string[]> {
    const axe = new AxeBuilder({ page: this.page });
    const asked = axe.withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]);
    const { violations } = await asked.analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(", ")}`);
  }

  /** Waits until no node is lit any more. */
  async dark(): Promise<void> {
    await this.page.waitForFunction(() =>
      [...document.querySelectorAll("[data-lit]")].every((lit) => Number(lit.getAttribute("opacity")) === 0),
    );
  }

  /** Where pictures are wanted, waits until no node is lit, so that the next light is alone in them. */
  async settle(): Promise<void> {
    await (WANTED ? this.dark() : undefined);
  }

  /**
   * Keeps what is seen for the documentation, where that is asked for by `SCREENSHOTS=1`.
   *
   * @param light `faded`: once no node is lit, for large glows make large pictures
   */
  async shot(name: string, light: "lit" | "faded" = "lit"): Promise<void> {
    if (WANTED) {
      await (light === "faded" ? this.dark() : undefined);
      // comets and rings are over; light is still there
      await this.page.waitForTimeout(500);
      await this.page.screenshot({ path: join(IMAGES, `page-${name}.png`) });
    }
  }
}

/** A token of the demo's workspace, signed with the gateway's own key: the given claims in place of those of the demo's token. */
export function signedToken(demo: Demo, home: string, changed: Readonly<Record<string, unknown>>): string {
  const [header = "", claims = ""] = demo.token.split(".");
  const all = { ...JSON.parse(Buffer.from(claims, "base64url").toString()), ...changed };
  const signed = `${header}.${Buffer.from(JSON.stringify(all)).toString("base64url")}`;
  const secret = readFileSync(join(home, "token-secret"), "utf8").trim();
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
