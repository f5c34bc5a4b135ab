// @vitest-environment jsdom
import { computed, effect } from "@preact/signals-core";
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { toPreact } from "../src/preact.ts";
import { useSignal } from "../src/react.ts";
import { type ReadonlySignal, signal } from "../src/signal.ts";

/** A signal that counts who listens. */
function counted<T>(initial: T): { source: ReadonlySignal<T>; set: (value: T) => void; listening: () => number } {
  const inner = signal(initial);
  let listening = 0;
  const source: ReadonlySignal<T> = {
    get value() {
      return inner.value;
    },
    peek: () => inner.peek(),
    subscribe: (listener) => {
      listening++;
      const off = inner.subscribe(listener);
      return () => {
        listening--;
        off();
      };
    },
  };
  return {
    source,
    set: (value) => {
      inner.value = value;
    },
    listening: () => listening,
  };
}

describe("toPreact", () => {
  it("follows while somebody looks, and lets go after the last one", () => {
    const { source, set, listening } = counted(1);
    const adapted = toPreact(source);
    const seen: number[] = [];
    const doubled = computed(() => adapted.value * 2);
    expect(listening()).toBe(0);
    const off = effect(() => {
      seen.push(doubled.value);
    });
    set(2);
    expect([seen, listening()]).toEqual([[2, 4], 1]);
    off();
    set(3);
    expect([seen, listening()]).toEqual([[2, 4], 0]);
    const offAgain = adapted.subscribe((value) => seen.push(value));
    expect(seen.at(-1)).toBe(3);
    offAgain();
    expect(listening()).toBe(0);
  });
});

describe("useSignal", () => {
  beforeEach(() => {
    (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  });
  afterEach(() => document.body.replaceChildren());

  function Shown({ of }: { readonly of: ReadonlySignal<string> }): string {
    return `it is ${useSignal(of)}`;
  }

  it("renders the value, and anew when it changes, until the component goes", async () => {
    const { source, set, listening } = counted("one");
    const root = createRoot(document.body.appendChild(document.createElement("main")));
    await act(async () => root.render(createElement(Shown, { of: source })));
    expect(document.body.textContent).toBe("it is one");
    await act(async () => set("two"));
    expect([document.body.textContent, listening()]).toEqual(["it is two", 1]);
    const other = counted("other");
    await act(async () => root.render(createElement(Shown, { of: other.source })));
    expect([document.body.textContent, listening(), other.listening()]).toEqual(["it is other", 0, 1]);
    await act(async () => root.unmount());
    expect(other.listening()).toBe(0);
  });

  it("renders on a server", () => {
    expect(renderToString(createElement(Shown, { of: signal("there") }))).toBe("it is there");
  });
});
