import { afterEach, expect, it, vi } from "vitest";
import { pageLifecycle } from "../src/lifecycle.ts";

afterEach(() => void vi.unstubAllGlobals());

it("hears what happens to a page, until it is told to stop", () => {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { visibilityState: "hidden" });
  vi.stubGlobal("window", window);
  vi.stubGlobal("document", document);
  const heard: string[] = [];
  const off = pageLifecycle.listen((event) => heard.push(event));
  const everything = (): void => {
    for (const name of ["online", "pageshow", "pagehide", "offline"]) {
      window.dispatchEvent(new Event(name));
    }
    document.dispatchEvent(new Event("visibilitychange"));
  };
  everything();
  document.visibilityState = "visible";
  everything();
  off();
  everything();
  expect(heard).toEqual(["online", "show", "hide", "online", "show", "hide", "visible"]);
});

it("is silent where there is no page", () => {
  expect(() => pageLifecycle.listen(() => {})()).not.toThrow();
});
