import { type FallbackOptions, fallback } from "../fallback.ts";
import { type TransportFactory, webSocketTransport } from "../transport.ts";
import type { PortMessage, Worker } from "./port.ts";

export interface SharedWorkerOptions extends FallbackOptions {
  /** Where there are no shared workers, or this one does not answer. Default: a WebSocket of the tab's own. */
  readonly direct?: TransportFactory;
}

/**
 * A transport over the browser's one connection, which a shared worker holds for all tabs.
 *
 * @param worker starts the worker, whose script calls `serveTabs()`: in every tab the same script and name, which make it the same worker
 */
export function sharedWorkerTransport(worker: () => Worker, options: SharedWorkerOptions = {}): TransportFactory {
  const { direct = webSocketTransport() } = options;
  return typeof SharedWorker === "undefined" ? direct : fallback([portTransport(worker), direct], options);
}

function portTransport(start: () => Worker): TransportFactory {
  return (url, listener) => {
    const worker = start();
    const { port } = worker;
    let opened = false;
    let first: string | undefined;
    const post = (message: PortMessage): void => port.postMessage(message);

    port.onmessage = ({ data }) => {
      if (data.kind === "text") {
        listener.onMessage(data.text);
      } else if (data.kind === "close") {
        port.close();
        listener.onClose(data.code, data.reason);
      }
    };
    worker.onerror = () => listener.onClose(1006, "the shared worker could not be started");
    queueMicrotask(() => {
      listener.onOpen();
      opened = true;
      post({ kind: "open", url, first });
    });
    return {
      bufferedAmount: 0,
      send(text) {
        if (opened) {
          post({ kind: "text", text });
        } else {
          first = text;
        }
      },
      close(code, reason) {
        post({ kind: "close", code, reason });
        port.close();
      },
    };
  };
}
