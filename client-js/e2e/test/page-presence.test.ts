import type { BrowserContext } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { LivePage, signedToken } from "../src/live-page.ts";

const demo = inject("demo");
const token = (changed: Readonly<Record<string, unknown>>): string => signedToken(demo, inject("home"), changed);

describe("two people at the live page", () => {
  const closing: (() => Promise<void>)[] = [];
  let contexts: BrowserContext[];
  const opened: LivePage[] = [];

  beforeAll(async () => {
    contexts = await Promise.all(
      [1, 2].map(async () => {
        const { context, close } = await launchBrowser();
        closing.push(close);
        return context;
      }),
    );
  });
  afterAll(() => Promise.all(closing.map((close) => close())));
  afterEach(async () => {
    for (const live of opened.splice(0)) {
      await live.close();
      expect(live.complaints).toEqual([]);
    }
  });

  it("see each other come, what each follows and filters by, and leave", async () => {
    const ann = await open(0, { sub: "ann", name: "Ann Lee" });
    await ann.counts({ viewers: 1 });
    const bob = await open(1, { sub: "bob", name: "Bob" });
    await ann.counts({ viewers: 2 });
    await bob.counts({ viewers: 2 });
    expect(await ann.page.locator(".avatars .avatar").allTextContents()).toEqual(["AL", "BO"]);
    await ann.button("2 people look at this graph").waitFor();

    await bob.page.getByRole("searchbox").fill("lens");
    await ann.page.locator(".avatars").click();
    const row = ann.page.locator('[data-viewer-row="bob"]');
    await row.getByText("looks at text: lens").waitFor();
    await bob.track("Landing", { properties: { trace_id: "t-shared" } });
    await bob.tab("Traces");
    await bob.button("Follow t-shared").click();
    await row.getByRole("button", { name: "t-shared" }).waitFor();
    await ann.shot("presence");

    await row.getByRole("button", { name: "t-shared" }).click();
    await ann.page.locator('[data-chip="following"]').waitFor();
    await bob.tab("Presence");
    await bob.page.locator('[data-viewer-row="ann"]').getByText("follows t-shared").waitFor();

    await bob.page.getByRole("switch", { name: /Realtime/ }).click();
    await ann.counts({ viewers: 1 });
    await ann.tab("Presence");
    await ann.page.getByText("Nobody else looks at this graph now.").waitFor();
  });

  it("are one where it is the same person in two tabs", async () => {
    const one = await open(0, { sub: "ann", name: "Ann Lee" });
    const two = await open(0, { sub: "ann", name: "Ann Lee" });
    await one.tab("Presence");
    await one.page.getByText("in 2 tabs").waitFor();
    await two.counts({ viewers: 1 });
    expect(await one.page.locator(".viewer").count()).toBe(1);
  });

  it("do not see each other without the grants, which the page names, and see everything else", async () => {
    const grants = { subscribe: ["private-*"] };
    const live = await open(0, { sub: "eve", name: "Eve", grants });
    await live.tab("Presence");
    await live.page.getByText(/does not show who else is here/).waitFor();
    await live.page.getByText(/^presence:graph-[0-9a-f]{14}$/).waitFor();
    expect(await live.page.locator(".banner").count()).toBe(0);
    expect(await live.page.locator(".avatars").count()).toBe(0);
    await live.track("Landing");
    await live.counts({ shown: 1 });
  });

  it("see, or are seen, with either of the grants alone", async () => {
    const ann = await open(0, { sub: "ann", name: "Ann Lee" });
    const sees = await open(1, { sub: "eve", name: "Eve", grants: { subscribe: ["private-*", "presence:graph-*"] } });
    await sees.counts({ viewers: 1 });
    await sees.tab("Presence");
    await sees.page.locator('[data-viewer-row="ann"]').waitFor();
    await sees.page.getByText("You see others here; this token does not show you to them.").waitFor();

    const grants = { subscribe: ["private-*"], presence: ["presence:graph-*"] };
    const seen = await open(1, { sub: "dan", name: "Dan", grants });
    await seen.tab("Presence");
    await seen.page.getByText("Others see you here; this token does not show them to you.").waitFor();
    await sees.counts({ viewers: 2 });
    await ann.tab("Presence");
    await ann.page.locator('[data-viewer-row="dan"]').waitFor();
    expect(await ann.page.locator("[data-viewer-row]").count()).toBe(2);
  });

  async function open(browser: 0 | 1, claims: Readonly<Record<string, unknown>>): Promise<LivePage> {
    const live = await LivePage.in(contexts[browser] as BrowserContext, demo);
    opened.push(live);
    return live.open(token(claims));
  }
});
