/** `@heliograph/client/react`: signals of this client in React's components. */
import { useCallback, useSyncExternalStore } from "react";
import type { ReadonlySignal } from "./signal.ts";

/** The signal's value; the component is rendered anew when it changes. */
export function useSignal<T>(source: ReadonlySignal<T>): T {
  const subscribe = useCallback((listener: () => void) => source.subscribe(listener), [source]);
  const peek = (): T => source.peek();
  return useSyncExternalStore(subscribe, peek, peek);
}
