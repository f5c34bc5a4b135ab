/** `@heliograph/client/preact`: signals of this client as those of `@preact/signals-core`, and so of all that is built on it. */
import { type ReadonlySignal as PreactSignal, signal } from "@preact/signals-core";
import type { ReadonlySignal } from "./signal.ts";

/** Follows the signal while somebody looks; read without being watched, it is as it was when last watched or made. */
export function toPreact<T>(source: ReadonlySignal<T>): PreactSignal<T> {
  let off = (): void => {};
  return signal(source.peek(), {
    watched() {
      off = source.subscribe((value) => {
        this.value = value;
      });
    },
    unwatched: () => off(),
  });
}
