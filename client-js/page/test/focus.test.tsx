// @vitest-environment jsdom
import { type ComponentChild, createRef, render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Banners } from "../src/ui/banners.tsx";
import { CopyButton } from "../src/ui/copy.tsx";
import { Header } from "../src/ui/header.tsx";
import { SidePanel } from "../src/ui/panel/side-panel.tsx";
import { Toolbar } from "../src/ui/toolbar.tsx";
import { Bench } from "./bench.ts";

beforeEach(() => void vi.useFakeTimers({ now: 1_800_000_000_000 }));
afterEach(async () => {
  await draw(null);
  vi.useRealTimers();
});

function draw(child: ComponentChild): Promise<void> {
  return act(() => render(child, document.body));
}

function button(name: string): HTMLButtonElement {
  const named = ({ textContent, ariaLabel }: Element): boolean => (ariaLabel ?? textContent?.trim()) === name;
  const found = [...document.querySelectorAll("button")].find(named);
  if (found === undefined) {
    throw new Error(`no button ${name}`);
  }
  return found;
}

/** As by the keyboard. */
async function press(name: string): Promise<void> {
  await act(async () => {
    button(name).focus();
    button(name).click();
    await vi.advanceTimersByTimeAsync(200);
  });
}
function focused(): string | null | undefined {
  const { activeElement: by, body } = document;
  return by === body ? undefined : (by?.ariaLabel ?? by?.textContent?.trim());
}

describe("the focus, after a button that goes away was pressed,", () => {
  it("stays with the one that ends a pause", async () => {
    const { desk } = await new Bench().live();
    await draw(<Toolbar desk={desk} filter={createRef()} />);
    await press("Pause");
    expect([desk.paused, focused()]).toEqual([true, "Catch up"]);
    await press("Catch up");
    expect([desk.paused, focused()]).toEqual([false, "Pause"]);
    await press("Pause");
    await press("Jump to live");
    expect([desk.paused, focused()]).toEqual([false, "Pause"]);
  });

  it("goes from chip to chip, and on", async () => {
    const { desk } = await new Bench().live();
    desk.filterBy({ event: "Landing", user: "ann" });
    await draw(<Toolbar desk={desk} filter={createRef()} />);
    await press("No longer: event Landing");
    expect(focused()).toBe("No longer: user ann");
    await press("No longer: user ann");
    expect(focused()).toBe("Pause");
  });

  it("goes on from a notice that was dismissed, and from an attempt that succeeded", async () => {
    const { desk } = await new Bench().live();
    desk.refuse("not JSON");
    await draw([<Header key="header" desk={desk} />, <Banners key="banners" desk={desk} />]);
    await press("Dismiss");
    expect(focused()).toBe("Realtime on");
    const { connection } = desk.feed.link;
    const live = connection.value;
    await act(() => {
      connection.value = { state: "reconnecting", attempt: 1, retryAt: Date.now() + 9_000, why: "gone" };
    });
    await press("Try now");
    await act(() => {
      connection.value = { state: "connecting", attempt: 1 };
    });
    expect(focused()).toBe("Try now");
    await act(() => {
      connection.value = live;
    });
    expect(focused()).toBe("Realtime on");
  });

  it("stays in the log while a session is opened, closed and discarded", async () => {
    const bench = await new Bench().live();
    const { desk } = bench;
    bench.track("Landing");
    await bench.paint();
    desk.restart();
    desk.tab.value = "Log";
    await draw(<SidePanel desk={desk} />);
    const inLog = (): boolean => document.activeElement?.id === "tab-panel";
    await press("Open");
    expect([desk.sessionInView !== undefined, inLog()]).toEqual([true, true]);
    await press("All sessions");
    expect([desk.sessionInView, inLog()]).toEqual([undefined, true]);
    await press("Discard");
    expect([desk.kept.sessions.value, inLog()]).toEqual([[], true]);
  });

  it("comes back from the field by which is copied without TLS", async () => {
    Object.assign(document, { execCommand: () => true });
    // as browsers do, and jsdom does not
    vi.spyOn(HTMLTextAreaElement.prototype, "select").mockImplementation(function (this: HTMLTextAreaElement) {
      this.focus();
    });
    await draw(<CopyButton text={() => "x"}>Copy</CopyButton>);
    await press("Copy");
    expect(focused()).toBe("Copied");
  });
});

describe("what is announced of a broken connection", () => {
  it("are no seconds, which are beside it", async () => {
    const { desk } = await new Bench().live();
    await draw(<Header desk={desk} />);
    const said = document.querySelector("[role=status]");
    await act(() => {
      desk.feed.link.connection.value = { state: "reconnecting", attempt: 1, retryAt: Date.now() + 9_000, why: "gone" };
    });
    expect([said?.textContent, said?.parentElement?.textContent]).toEqual(["Reconnecting", "Reconnecting in 9 s"]);
    await act(() => void vi.advanceTimersByTime(4_000));
    expect(said?.parentElement?.textContent).toBe("Reconnecting in 5 s");
  });

  it("is one alert from the second attempt on, until it succeeds", async () => {
    const { desk } = await new Bench().live();
    const { connection } = desk.feed.link;
    await draw(<Banners desk={desk} />);
    const alerts: (Element | null)[] = [];
    for (const attempt of [1, 2, 3]) {
      for (const state of ["reconnecting", "connecting"] as const) {
        await act(() => {
          connection.value =
            state === "connecting" ? { state, attempt } : { state, attempt, retryAt: Date.now(), why: "gone" };
        });
        alerts.push(document.querySelector("[role=alert]"));
      }
    }
    const [, , alert] = alerts;
    expect(alert?.textContent).toContain("The gateway does not answer.");
    expect(alerts).toEqual([null, null, alert, alert, alert, alert]);
    await act(() => {
      connection.value = { state: "live", since: 0, userId: undefined };
    });
    expect(document.querySelector("[role=alert]")).toBeNull();
  });
});
