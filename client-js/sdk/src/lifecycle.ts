/**
 * `online`: the network came back. `visible`: the tab is looked at again. `show`: the page left the back-forward cache.
 * `hide`: the page is being left, perhaps into that cache, which takes no page with an open socket.
 */
export type LifecycleEvent = "online" | "visible" | "show" | "hide";

/** What happens to the page around the client; `listen` returns its own off. */
export interface Lifecycle {
  listen(listener: (event: LifecycleEvent) => void): () => void;
}

/** The browser's page; silent where there is none. */
export const pageLifecycle: Lifecycle = {
  listen(listener) {
    if (typeof document === "undefined") {
      return () => {};
    }
    const stop = new AbortController();
    const on = (target: EventTarget, name: string, event: LifecycleEvent): void =>
      target.addEventListener(
        name,
        () => (event !== "visible" || document.visibilityState === event) && listener(event),
        { signal: stop.signal },
      );
    on(window, "online", "online");
    on(window, "pageshow", "show");
    on(window, "pagehide", "hide");
    on(document, "visibilitychange", "visible");
    return () => stop.abort();
  },
};
