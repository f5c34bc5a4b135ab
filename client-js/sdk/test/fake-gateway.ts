import type { ClientOptions } from "../src/client.ts";
import { HeliographClient } from "../src/client.ts";
import type { Lifecycle, LifecycleEvent } from "../src/lifecycle.ts";
import type { Transport, TransportListener } from "../src/transport.ts";

export type Frame = Record<string, unknown> & { type: string };

/** One socket as the gateway's end sees it. */
export class FakeSocket implements Transport {
  readonly frames: Frame[] = [];
  readonly texts: string[] = [];
  bufferedAmount = 0;
  closedWith: number | undefined;
  readonly #listener: TransportListener;

  constructor(listener: TransportListener) {
    this.#listener = listener;
  }

  send(text: string): void {
    this.texts.push(text);
    this.frames.push(JSON.parse(text) as Frame);
  }

  close(code: number): void {
    this.closedWith = code;
  }

  /** What the gateway does. */
  accept(connected: object = {}): void {
    this.#listener.onOpen();
    this.say({
      type: "connected",
      payload: {
        connectionId: "c1",
        userId: null,
        node: "n1",
        pingInterval: 25_000,
        maxMessageBytes: 65_536,
        ...connected,
      },
    });
  }

  authenticate(payload: object = {}): void {
    this.say({
      type: "authenticated",
      requestId: "auth",
      timestamp: Date.now(),
      payload: { userId: "u_1", lost: [], ...payload },
    });
  }

  say(frame: object): void {
    this.#listener.onMessage(JSON.stringify({ version: 1, ...frame }));
  }

  sayText(text: string): void {
    this.#listener.onMessage(text);
  }

  hangUp(code: number, reason = ""): void {
    this.#listener.onClose(code, reason);
  }

  sent(type: string): Frame[] {
    return this.frames.filter((frame) => frame.type === type);
  }

  /** Answers the last `subscribe` for all its channels. */
  acceptSubscribe(result: (channel: string) => object = () => ({})): void {
    const request = this.sent("subscribe").at(-1);
    const asked =
      (request?.["payload"] as { channels: { channel: string; recover?: unknown }[] } | undefined)?.channels ?? [];
    this.say({
      type: "subscribed",
      requestId: request?.["requestId"],
      payload: {
        channels: asked.map(({ channel, recover }) => ({
          channel,
          position: { epoch: "e1", offset: 0 },
          recovered: recover !== undefined,
          wasRecovering: recover !== undefined,
          ...result(channel),
        })),
      },
    });
  }

  publish(channel: string, offset: number, data: unknown = offset, epoch = "e1"): void {
    this.say({ type: "event", channel, position: { epoch, offset }, payload: { name: "e", data }, timestamp: 1 });
  }
}

/** A client on fake sockets, with everything it reports. */
export class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly urls: string[] = [];
  readonly states: {
    from: string;
    to: string;
    code?: number | undefined;
    attempt: number;
    nextDelayMs?: number | undefined;
  }[] = [];
  readonly errors: string[] = [];
  readonly client: HeliographClient;
  #page: (event: LifecycleEvent) => void = () => {};

  constructor(options: Partial<ClientOptions> = {}, who: "user" | "anonymous" = "user") {
    const lifecycle: Lifecycle = {
      listen: (listener) => {
        this.#page = listener;
        return () => {
          this.#page = () => {};
        };
      },
    };
    this.client = new HeliographClient({
      url: "ws://gateway/ws",
      ...(who === "user" ? { token: "t1" } : {}),
      random: () => 0.5,
      lifecycle,
      transport: (url, listener) => {
        const socket = new FakeSocket(listener);
        this.urls.push(url);
        this.sockets.push(socket);
        return socket;
      },
      ...options,
    });
    this.client.on("state", (change) => this.states.push(change));
    this.client.on("error", (error) => this.errors.push(`${error.name}: ${error.message}`));
  }

  page(event: LifecycleEvent): void {
    this.#page(event);
  }

  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (socket === undefined) {
      throw new Error("the client has not dialled");
    }
    return socket;
  }

  get state(): string {
    return this.client.state;
  }

  async connected(authenticated: object = {}): Promise<this> {
    this.client.connect();
    await settle();
    this.socket.accept();
    this.socket.authenticate(authenticated);
    return this;
  }
}

/** Lets promises run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 20; i++) {
    await Promise.resolve();
  }
}
