import { createHmac } from "node:crypto";
import { vi } from "vitest";
import WebSocket from "ws";
import {
  type ClientOptions,
  HeliographClient,
  type Subscription,
  type SubscriptionEvents,
  type SubscriptionOptions,
  type WebSocketConstructor,
  webSocketTransport,
} from "../../sdk/src/index.ts";
import { Inbox } from "./inbox.ts";
import { Relay } from "./relay.ts";
import { StartedGateway } from "./started.ts";

const SECRET = "a-secret-for-tokens-of-the-end-to-end-tests";
const GRANTS = { subscribe: ["*"], publish: ["*"], history: ["*"], presence: ["presence:*"] };

/** Node's own is not there before its version 22. */
export const nodeWebSocket = webSocketTransport(WebSocket as unknown as WebSocketConstructor);

/** A token of the workspace, as an application's server signs them. */
export function tokenOf(user: string, ttlSeconds = 3_600, grants: object = GRANTS): string {
  const now = Date.now() / 1_000;
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: user,
    name: user.toUpperCase(),
    iat: Math.floor(now),
    exp: Math.floor(now + ttlSeconds),
    grants,
  };
  const signed = `${part({ alg: "HS256", typ: "JWT", kid: "k1" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", SECRET).update(signed).digest("base64url")}`;
}

/** A gateway, the network in front of it, and clients that end with it. */
export class SdkWorld {
  readonly gateway: StartedGateway;
  readonly relay: Relay;
  readonly #clients = new Set<HeliographClient>();

  private constructor(gateway: StartedGateway, relay: Relay) {
    this.gateway = gateway;
    this.relay = relay;
  }

  /** @param origins whose pages may connect */
  static async start(origins: readonly string[] = []): Promise<SdkWorld> {
    const keys = [{ kid: "k1", algorithm: "HS256", secret: SECRET }];
    const gateway = await StartedGateway.start({ main: { keys, origins } });
    return new SdkWorld(gateway, await Relay.to(gateway.port));
  }

  /** A client that comes back quickly, and everything that happens to it. */
  connect(user: string, options: Partial<ClientOptions> = {}): Connected {
    const client = new HeliographClient({
      url: this.relay.ws,
      token: tokenOf(user),
      transport: nodeWebSocket,
      backoff: { baseMs: 50, capMs: 500, floorMs: 10 },
      ...options,
    });
    this.#clients.add(client);
    const inbox = new Inbox();
    client.on("state", (change) => inbox.put(change.to, change));
    client.on("error", (error) => inbox.put("error", error.message));
    client.connect();
    return { client, inbox };
  }

  closeClients(): void {
    for (const client of this.#clients) {
      client.close();
    }
    this.#clients.clear();
  }

  async stop(): Promise<void> {
    this.closeClients();
    await this.relay.close();
    await this.gateway.stop();
  }
}

export interface Connected {
  readonly client: HeliographClient;
  /** By the state's name. */
  readonly inbox: Inbox;
}

/** Waits until the check passes; what is waited for has its time. */
export function until(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 20_000, interval: 20 });
}

const TOLD: readonly (keyof SubscriptionEvents)[] = [
  "subscribed",
  "publication",
  "lost",
  "skipped",
  "error",
  "message",
];

/** A subscription, and everything it tells: publications by their data, all else by its name. */
export function listen(
  client: HeliographClient,
  channel: string,
  options: SubscriptionOptions = {},
): { readonly channel: Subscription; readonly inbox: Inbox } {
  const subscription = client.channel(channel, options);
  const inbox = new Inbox();
  for (const name of TOLD) {
    subscription.on(name, (event) => inbox.put(name, "data" in event ? event.data : event));
  }
  subscription.subscribe();
  return { channel: subscription, inbox };
}
