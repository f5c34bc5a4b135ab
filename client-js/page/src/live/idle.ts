/** The part of a page that tells whether somebody looks. */
export interface Looked {
  readonly visibilityState: DocumentVisibilityState;
  addEventListener(name: "visibilitychange", listener: () => void): void;
  removeEventListener(name: "visibilitychange", listener: () => void): void;
}

/** Calls back once the page was hidden for so long, and again after each further such time; returns its own off. */
export function watchIdle(page: Looked, hiddenMs: number, onIdle: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const onChange = (): void => {
    clearTimeout(timer);
    timer = page.visibilityState === "hidden" ? setTimeout(onIdle, hiddenMs) : undefined;
  };
  page.addEventListener("visibilitychange", onChange);
  onChange();
  return () => {
    clearTimeout(timer);
    page.removeEventListener("visibilitychange", onChange);
  };
}
