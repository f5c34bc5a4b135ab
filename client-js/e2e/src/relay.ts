import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** The network between a client and the gateway, which a test can cut, and which may not let WebSockets through. */
export class Relay {
  readonly port: number;
  /** WebSockets that were asked for, whether they got through or not. */
  webSockets = 0;
  /** As some proxies do. */
  refusesWebSockets = false;
  #cut = false;
  readonly #sockets: Set<Socket>;
  readonly #close: () => Promise<void>;

  private constructor(port: number, sockets: Set<Socket>, close: () => Promise<void>) {
    this.port = port;
    this.#sockets = sockets;
    this.#close = close;
  }

  static async to(port: number): Promise<Relay> {
    const sockets = new Set<Socket>();
    const server = createServer((client) => relay.#onClient(client, port));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const relay = new Relay((server.address() as AddressInfo).port, sockets, async () => {
      const closed = once(server, "close");
      server.close();
      relay.cut();
      await closed;
    });
    return relay;
  }

  get ws(): string {
    return `ws://127.0.0.1:${this.port}/ws`;
  }

  /** Breaks every connection, and lets none be made until it is mended. */
  cut(): void {
    this.#cut = true;
    this.breakAll();
  }

  mend(): void {
    this.#cut = false;
  }

  /** Breaks every connection there is. */
  breakAll(): void {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
  }

  close(): Promise<void> {
    return this.#close();
  }

  #onClient(client: Socket, port: number): void {
    client.on("error", () => client.destroy());
    if (this.#cut) {
      client.destroy();
      return;
    }
    this.#keep(client);
    client.once("data", (head: Buffer) => {
      const isWebSocket = /^upgrade: *websocket/im.test(head.toString("latin1"));
      this.webSockets += isWebSocket ? 1 : 0;
      if (isWebSocket && this.refusesWebSockets) {
        client.end("HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        return;
      }
      const upstream = connect(port, "127.0.0.1");
      this.#keep(upstream);
      upstream.on("error", () => client.destroy());
      upstream.on("close", () => client.destroy());
      client.on("close", () => upstream.destroy());
      upstream.write(head);
      client.pipe(upstream).pipe(client);
    });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("close", () => this.#sockets.delete(socket));
  }
}
