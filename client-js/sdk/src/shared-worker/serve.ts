import { Hub, type HubOptions } from "./hub.ts";
import type { Port } from "./port.ts";

export type { HubOptions };

/** The part of the worker's global scope that is used. */
interface WorkerScope {
  onconnect: ((event: { readonly ports: readonly [Port, ...Port[]] }) => void) | null;
}

/** To be called once, at once, by the worker's script: holds the browser's connection for the tabs that come. */
export function serveTabs(options?: HubOptions): void {
  const hub = new Hub(options);
  (globalThis as unknown as WorkerScope).onconnect = ({ ports: [port] }) => hub.connect(port);
}
