import type { Page } from "playwright-core";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from "vitest";
import { launchBrowser } from "../src/browser.ts";
import { StartedGateway } from "../src/started.ts";
import { TaskServer } from "../src/tasks.ts";

const WORKSPACE = "main";

describe("optimistic updates in two browsers, through a REST server and the gateway", () => {
  let server: TaskServer;
  let gateway: StartedGateway;
  let browsers: Awaited<ReturnType<typeof launchBrowser>>[];
  let alice: Page;
  let bob: Page;
  const complaints: string[] = [];

  beforeAll(async () => {
    server = await TaskServer.start(inject("app"));
    gateway = await StartedGateway.start({
      [WORKSPACE]: {
        keys: [{ kid: "k1", algorithm: "HS256", secret: "a-secret-for-tokens-of-the-end-to-end-tests" }],
        origins: [server.origin],
      },
    });
    const token = (user: string, grant: string) =>
      gateway.token("--workspace", WORKSPACE, "--user", user, "--grant", grant);
    server.publishTo({
      url: gateway.url,
      ws: `ws://127.0.0.1:${gateway.port}/ws`,
      token: token("backend", "publish:entity:Task*"),
      tokenOf: (user) => token(user, "subscribe:entity:Task*"),
    });
    browsers = await Promise.all([launchBrowser(), launchBrowser()]);
    [alice, bob] = (await Promise.all(browsers.map(({ context }) => context.newPage()))) as [Page, Page];
    for (const page of [alice, bob]) {
      page.on("pageerror", (error) => complaints.push(error.message));
    }
  });

  afterAll(async () => {
    await Promise.all((browsers ?? []).map(({ close }) => close()));
    await gateway?.stop();
    await server?.stop();
  });

  beforeEach(async () => {
    server.clear();
    await open("");
  });

  /** Both at the page, live, and nothing there. */
  async function open(how: string): Promise<void> {
    for (const [user, page] of [["alice", alice] as const, ["bob", bob] as const]) {
      await page.goto(`${server.origin}/tasks/?user=${user}${how}`);
      await shows(page, "#state", "connected");
    }
  }

  async function shows(page: Page, selector: string, text: string): Promise<void> {
    await page.waitForFunction(([where, what]) => document.querySelector(where)?.textContent === what, [
      selector,
      text,
    ] as const);
  }

  async function add(page: Page, title: string): Promise<void> {
    await page.getByLabel("New task").fill(title);
    await page.getByRole("button", { name: "Add" }).click();
  }

  async function type(page: Page, field: "title" | "note", text: string): Promise<void> {
    const input = page.getByLabel(field, { exact: true }).first();
    await input.fill(text);
    await input.press("Tab");
  }

  /** Waits until a page shows these tasks: title, note, and a mark while it waits for the server. */
  async function lists(page: Page, ...rows: readonly string[]): Promise<void> {
    await page.waitForFunction((wanted) => {
      const shown = [...document.querySelectorAll("li")].map((li) => {
        const [title, note] = [...li.querySelectorAll("input")].map(({ value }) => value);
        return `${title}/${note}${li.hasAttribute("data-pending") ? "*" : ""}`;
      });
      return JSON.stringify(shown) === wanted;
    }, JSON.stringify(rows));
  }

  async function held(count: number): Promise<void> {
    await expect.poll(() => server.holding, { timeout: 10_000 }).toBe(count);
  }

  it("shows a new task at once to who made it, to others when it is there, and to nobody twice", async () => {
    server.hold();
    await add(alice, "Write the report");
    await lists(alice, "Write the report/*");
    await held(1);
    await lists(bob);

    server.release();

    await lists(alice, "Write the report/");
    await lists(bob, "Write the report/");
    expect(server.applied).toHaveLength(1);
  });

  it("sends what was done to a task before the server had named it, to its name", async () => {
    server.hold();
    await add(alice, "Draft");
    await type(alice, "title", "Final");
    await type(alice, "note", "soon");
    await lists(alice, "Final/soon*");
    server.release();

    await lists(alice, "Final/soon");
    await lists(bob, "Final/soon");
    expect(server.tasks).toEqual([{ id: expect.any(String), title: "Final", note: "soon", version: 2 }]);
  });

  it("takes back the one change that is refused, and says so", async () => {
    await add(alice, "One");
    await lists(bob, "One/");
    server.refuse(422);
    server.hold();
    await type(alice, "title", "Two");
    await type(alice, "note", "kept");
    await lists(alice, "Two/kept*");
    server.release();

    await lists(alice, "One/kept");
    await lists(bob, "One/kept");
    await shows(alice, "#notice", "not saved: refused");
  });

  it("lets the server decide who of two was first, and tells the other what it is now", async () => {
    await add(alice, "Title");
    await lists(bob, "Title/");
    server.hold();
    await type(alice, "title", "Alice's");
    await held(1);
    await type(bob, "title", "Bob's");
    await held(2);
    server.release();

    await lists(alice, "Alice's/");
    await lists(bob, "Alice's/");
    await shows(bob, "#notice", "not saved: conflict, it is “Alice's” now");
    expect(server.tasks[0]?.version).toBe(2);
  });

  it("merges what two change in different fields, if it is told to", async () => {
    await open("&merge");
    await add(alice, "Title");
    await lists(bob, "Title/");
    server.hold();
    await type(alice, "title", "Alice's");
    await held(1);
    await type(bob, "note", "Bob's");
    await held(2);
    server.release();

    await lists(alice, "Alice's/Bob's");
    await lists(bob, "Alice's/Bob's");
    expect(server.tasks[0]?.version).toBe(3);
  });

  it("makes a change once whose answer was lost", async () => {
    server.loseAnswer();
    await add(alice, "Once");
    await lists(alice, "Once/");
    await lists(bob, "Once/");
    expect(server.tasks).toHaveLength(1);
    expect(server.applied).toHaveLength(1);
  });

  it("deletes for both", async () => {
    await add(alice, "Old");
    await lists(bob, "Old/");
    await bob.getByRole("button", { name: "Delete Old" }).click();
    await lists(bob);
    await lists(alice);
    expect(server.tasks).toEqual([]);
  });

  it("ends with what the server has after the gateway was away and has forgotten everything", async () => {
    await add(alice, "Before");
    await lists(bob, "Before/");
    const back = gateway.restart("SIGKILL");
    await bob.waitForFunction(() => document.querySelector("#state")?.textContent !== "connected");
    await add(alice, "Meanwhile");
    await lists(alice, "Before/", "Meanwhile/");
    await back;

    await lists(bob, "Before/", "Meanwhile/");
    await add(bob, "After");
    await lists(alice, "Before/", "Meanwhile/", "After/");
    expect(complaints).toEqual([]);
  });
});
