import { type ClientOptions, HeliographClient } from "../client.ts";
import { hold } from "../holders.ts";
import type { Publication } from "../protocol.ts";
import { type ReadonlySignal, signal } from "../signal.ts";

/** What a channel's callback is given. */
export interface RealtimeMessage<Payload = unknown> {
  /** `entity:created`, `entity:updated`, `entity:deleted`, or `event`. */
  readonly type: string;
  readonly channel: string;
  /** Of an entity event the record itself, of a deletion its `id`; of an `event` its data. */
  readonly payload: Payload;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly name: string;
  readonly meta: Publication["meta"];
}

export interface RealtimeOptions extends Omit<ClientOptions, "url"> {
  /** What the delays between attempts grow from, in milliseconds. Default 1,000. */
  readonly reconnectInterval?: number | undefined;
  /** Attempts in a row that fail until the client gives up; `connect()` starts anew. Default 10. */
  readonly maxReconnectAttempts?: number | undefined;
  /** For code that says it; the pulse is the gateway's, which says how often, and this client answers. */
  readonly heartbeatInterval?: number | undefined;
}

const CAP_MS = 30_000;

/** A client with channels and callbacks. The rest of what there is has `client`. */
export class RealtimeClient {
  readonly url: string;
  readonly options: { readonly reconnectInterval: number; readonly maxReconnectAttempts: number };
  readonly client: HeliographClient;
  readonly #connected = signal(false);

  /** @param url a `token` among its parameters is taken out, and said in the first message */
  constructor(url: string, options: RealtimeOptions = {}) {
    const { reconnectInterval = 1_000, maxReconnectAttempts = 10, heartbeatInterval: _, ...rest } = options;
    const address = new URL(url, globalThis.location?.href);
    const token = address.searchParams.get("token") ?? undefined;
    address.searchParams.delete("token");
    this.url = url;
    this.options = { reconnectInterval, maxReconnectAttempts };
    this.client = new HeliographClient({
      url: address.href.replace(/^http/, "ws"),
      backoff: { baseMs: reconnectInterval, capMs: Math.max(CAP_MS, reconnectInterval) },
      token,
      ...rest,
    });
    this.client.on("state", ({ to, attempt }) => {
      this.#connected.value = to === "connected";
      if (to === "reconnecting" && attempt > maxReconnectAttempts) {
        this.client.close();
      }
    });
  }

  get connected(): ReadonlySignal<boolean> {
    return this.#connected;
  }

  connect(): void {
    this.client.connect();
  }

  disconnect(): void {
    this.client.close();
  }

  /** Calls back for each message of the channel, now or with the next connection, and after each reconnect. Returns its own off. */
  subscribe<Payload = unknown>(channel: string, callback: (message: RealtimeMessage<Payload>) => void): () => void {
    const subscription = this.client.channel(channel);
    const off = subscription.on("publication", ({ type, name, data, timestamp = 0, meta }) =>
      callback({ type, channel, payload: data as Payload, timestamp, name, meta }),
    );
    const release = hold(subscription);
    return () => {
      off();
      release();
    };
  }
}
