import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type WebSocket, WebSocketServer } from "ws";

interface Request {
  readonly type: string;
  readonly requestId?: string;
  readonly channel?: string;
  readonly payload?: { readonly channels?: readonly { readonly channel: string }[] };
}

const EVENTS = [
  "Landing",
  "Products Searched",
  "Product List Viewed",
  "Product Viewed",
  "Product Added",
  "Checkout Started",
];

/**
 * A gateway that serves the real one's page, and publishes as many events a second as a test wants, whatever else the machine does: what is
 * measured is the page.
 */
export class LoudGateway {
  readonly #page: string;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  readonly #sockets = new WebSocketServer({ noServer: true, handleProtocols: (offered) => [...offered][0] ?? false });
  #socket: WebSocket | undefined;
  #offset = 0;
  #timer: ReturnType<typeof setInterval> | undefined;

  private constructor(page: string) {
    this.#page = page;
    this.#server.on("upgrade", (request, socket, head) =>
      this.#sockets.handleUpgrade(request, socket, head, (opened) => this.#greet(opened)),
    );
  }

  /** @param page where the real gateway serves its page */
  static async start(page: string): Promise<LoudGateway> {
    const gateway = new LoudGateway(page);
    gateway.#server.listen(0, "127.0.0.1");
    await once(gateway.#server, "listening");
    return gateway;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Publishes so many, at once. */
  publish(count: number): void {
    for (let i = 0; i < count; i++) {
      this.#socket?.send(this.#event(++this.#offset));
    }
  }

  /** Publishes evenly from now on; 0: nothing. */
  publishEvery(perSecond: number): void {
    clearInterval(this.#timer);
    let due = 0;
    let last = performance.now();
    this.#timer = setInterval(() => {
      const now = performance.now();
      due += (perSecond * (now - last)) / 1_000;
      last = now;
      this.publish(Math.floor(due));
      due -= Math.floor(due);
    }, 10);
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#socket?.terminate();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await fetch(this.#page + (request.url ?? "/"));
    const headers = [...answer.headers].filter(([name]) => /^content-(type|security-policy)$/.test(name));
    response.writeHead(answer.status, Object.fromEntries(headers));
    response.end(Buffer.from(await answer.arrayBuffer()));
  }

  #greet(socket: WebSocket): void {
    this.#socket = socket;
    socket.on("message", (text: Buffer) => this.#answer(socket, JSON.parse(text.toString()) as Request));
    this.#say(socket, { type: "connected", payload: { userId: null, pingInterval: 60_000, maxMessageBytes: 65_536 } });
  }

  #answer(socket: WebSocket, { type, requestId, payload }: Request): void {
    if (type === "authenticate") {
      this.#say(socket, { type: "authenticated", requestId, payload: { userId: "u", lost: [] } });
    } else if (type === "subscribe") {
      const position = { epoch: "e", offset: this.#offset };
      const channels = (payload?.channels ?? []).map(({ channel }) =>
        channel.startsWith("presence:")
          ? { channel, error: { code: "FORBIDDEN", message: "not here" } }
          : { channel, position, recovered: false, wasRecovering: false },
      );
      this.#say(socket, { type: "subscribed", requestId, payload: { channels } });
    } else if (requestId !== undefined) {
      this.#say(socket, { type: "error", requestId, payload: { code: "FORBIDDEN", message: "not here" } });
    }
  }

  #say(socket: WebSocket, message: object): void {
    socket.send(JSON.stringify({ version: 1, ...message }));
  }

  #event(offset: number): string {
    const now = new Date().toISOString();
    const data = {
      event_name: EVENTS[offset % EVENTS.length],
      type: "track",
      message_id: `loud-${offset}`,
      trace_id: `trace-${Math.floor(offset / 40)}-${offset % 7}`,
      occurred_at: now,
      arrived_at: now,
      late: false,
      user: `p_${offset % 500}`,
      properties: { product: `lens-${offset % 90}`, value: offset % 1_000 },
    };
    const channel = "private-prod-segment-events";
    return JSON.stringify({
      version: 1,
      type: "event",
      channel,
      timestamp: Date.now(),
      position: { epoch: "e", offset },
      payload: { name: data.event_name, data },
    });
  }
}
