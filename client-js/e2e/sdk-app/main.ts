import { HeliographClient, webSocketTransport } from "../../sdk/src/index.ts";
import { sharedWorkerTransport } from "../../sdk/src/shared-worker.ts";
import { sseTransport } from "../../sdk/src/sse.ts";

const transports = {
  socket: () => webSocketTransport(),
  stream: () => sseTransport(),
  shared: () =>
    sharedWorkerTransport(
      () => new SharedWorker(new URL("./worker.ts", import.meta.url), { type: "module", name: "heliograph" }),
    ),
  missing: () => sharedWorkerTransport(() => new SharedWorker("/missing.js", { type: "module" })),
};

/** What the tests use of the page. */
export interface App {
  /** What happened, in order. */
  readonly log: string[];
  open(url: string, token: string, transport: keyof typeof transports, baseMs?: number): void;
  publish(channel: string, data: unknown): Promise<unknown>;
  subscribe(channel: string): void;
}

let client: HeliographClient | undefined;

const app: App = {
  log: [],
  open(url, token, transport, baseMs = 50) {
    client = new HeliographClient({
      url,
      token,
      transport: transports[transport](),
      backoff: { baseMs, capMs: 10 * baseMs, floorMs: baseMs / 2 },
    });
    client.on("state", ({ to, reason }) => app.log.push(`${to}: ${reason}`));
    client.on("error", ({ message }) => app.log.push(`error: ${message}`));
    client.connect();
  },
  publish: async (channel, data) => client?.channel(channel).publish(data),
  subscribe(name) {
    const channel = client?.channel(name);
    channel?.on("subscribed", ({ recovered }) => app.log.push(`subscribed ${recovered}`));
    channel?.on("publication", ({ data }) => app.log.push(`publication ${data}`));
    channel?.subscribe();
  },
};

Object.assign(window, { app });
