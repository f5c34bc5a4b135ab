import { randomUUID } from "node:crypto";
import PusherServer from "pusher";
import Pusher, { type Channel, type Options } from "pusher-js";
import { Inbox } from "./inbox.ts";
import { StartedGateway } from "./started.ts";

export const APP = { id: "1", key: "main-key", secret: "main-secret" } as const;
const WORKSPACE = "main";
const TOKEN_SECRET = "a-secret-for-tokens-of-the-end-to-end-tests";
const ENCRYPTION_KEY = Buffer.alloc(32, 7).toString("base64");

/** Another app's key, whose connections are told so. */
export const KEYS = { disabled: "disabled-key", full: "full-key", hosted: "hosted-key" } as const;

/** What a member or a user is said to be; an id may be a number, as PHP and Ruby servers send it. */
export interface Member {
  readonly user_id: string | number;
  readonly user_info?: Readonly<Record<string, unknown>>;
}

export interface User {
  readonly id: string;
  readonly user_info?: Readonly<Record<string, unknown>>;
  readonly watchlist?: readonly string[];
}

/** Options of a client, and what the app's server says of it. */
export interface Connecting extends Partial<Options> {
  readonly key?: string;
  readonly member?: Member;
  readonly user?: User;
}

export interface Joined {
  readonly channel: Channel;
  readonly inbox: Inbox;
}

/** A gateway with a few apps, the server SDK of the first, and clients that end with it. */
export class PusherWorld {
  readonly gateway: StartedGateway;
  readonly server: PusherServer;
  readonly #clients = new Set<Pusher>();
  readonly #tokens = new Map<string, string>();

  private constructor(gateway: StartedGateway) {
    this.gateway = gateway;
    this.server = this.serverOf(APP.id, APP.key, APP.secret);
  }

  /** @param pusher more of the first app's settings */
  static async start(pusher: Readonly<Record<string, unknown>> = {}): Promise<PusherWorld> {
    const gateway = await StartedGateway.start({
      [WORKSPACE]: {
        keys: [{ kid: "k1", algorithm: "HS256", secret: TOKEN_SECRET }],
        pusher: {
          appId: APP.id,
          keys: [{ key: APP.key, secret: APP.secret }],
          clientEvents: true,
          subscriptionCount: true,
          encryptionKey: ENCRYPTION_KEY,
          ...pusher,
        },
      },
      disabled: { pusher: { appId: "2", keys: [{ key: KEYS.disabled, secret: "secret-of-2" }], enabled: false } },
      full: { pusher: { appId: "3", keys: [{ key: KEYS.full, secret: "secret-of-3" }], connectionsMax: 1 } },
      hosted: {
        pusher: { appId: "4", keys: [{ key: KEYS.hosted, secret: "secret-of-4" }], subscriptionErrors: "connection" },
      },
    });
    return new PusherWorld(gateway);
  }

  serverOf(appId: string, key: string, secret: string): PusherServer {
    return new PusherServer({
      appId,
      key,
      secret,
      host: "127.0.0.1",
      port: String(this.gateway.port),
      useTLS: false,
      encryptionMasterKeyBase64: ENCRYPTION_KEY,
    });
  }

  /** What a client needs to know to come here instead of to Pusher. */
  options(): Required<Pick<Options, "cluster" | "wsHost" | "wsPort" | "forceTLS" | "enabledTransports">> {
    return {
      cluster: "",
      wsHost: "127.0.0.1",
      wsPort: this.gateway.port,
      forceTLS: false,
      enabledTransports: ["ws", "wss"],
    };
  }

  /** A client that connects, and whose subscriptions the app's server signs. */
  client({ key = APP.key, member, user, ...options }: Connecting = {}): Pusher {
    const client = new Pusher(key, {
      ...this.options(),
      channelAuthorization: {
        customHandler: ({ socketId, channelName }, answer) =>
          answer(null, this.server.authorizeChannel(socketId, channelName, memberOf(channelName, member))),
      },
      userAuthentication: {
        customHandler: ({ socketId }, answer) =>
          answer(null, this.server.authenticateUser(socketId, user as PusherServer.UserChannelData)),
      },
      ...options,
    });
    this.#clients.add(client);
    return client;
  }

  /** A token of the first app's workspace, made by the command that operators use; once for each user and grant, for that takes a second. */
  token(user: string, grant: string): string {
    const made = `${user} ${grant}`;
    const known = this.#tokens.get(made);
    if (known) {
      return known;
    }
    const token = this.gateway.token(
      ...["--workspace", WORKSPACE, "--user", user, "--name", user.toUpperCase(), "--grant", grant],
    );
    this.#tokens.set(made, token);
    return token;
  }

  /** Ends what the tests have connected. */
  disconnectAll(): void {
    for (const client of this.#clients) client.disconnect();
    this.#clients.clear();
  }

  async stop(): Promise<void> {
    this.disconnectAll();
    await this.gateway.stop();
  }
}

function memberOf(channel: string, member: Member | undefined): PusherServer.PresenceChannelData | undefined {
  return channel.startsWith("presence-") ? (member as PusherServer.PresenceChannelData | undefined) : undefined;
}

/** A channel that no other test uses. */
export function channelName(prefix = ""): string {
  return `${prefix}${randomUUID()}`;
}

/** Subscribes, and resolves when it has succeeded. */
export async function joined(client: Pusher, name: string): Promise<Joined> {
  const channel = client.subscribe(name);
  const inbox = Inbox.of(channel);
  await inbox.next("pusher:subscription_succeeded");
  return { channel, inbox };
}

/** Resolves when the client is in that state. */
export async function state(client: Pusher, wanted: string): Promise<void> {
  const inbox = Inbox.of(client.connection);
  if (client.connection.state !== wanted) {
    await inbox.next(wanted);
  }
}
