import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A relay in front of the gateway that keeps every byte the gateway says. */
export class Tap {
  readonly url: string;
  readonly #sockets: Set<Socket>;
  readonly #said: Buffer[];
  readonly #close: () => Promise<void>;

  private constructor(url: string, sockets: Set<Socket>, said: Buffer[], close: () => Promise<void>) {
    this.url = url;
    this.#sockets = sockets;
    this.#said = said;
    this.#close = close;
  }

  /** @param gateway its `http://host:port` */
  static async on(gateway: string): Promise<Tap> {
    const { hostname, port } = new URL(gateway);
    const sockets = new Set<Socket>();
    const said: Buffer[] = [];
    const server = createServer((client) => {
      const upstream = connect(Number(port), hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => socket.destroy());
      }
      upstream.on("data", (chunk: Buffer) => said.push(chunk));
      client.pipe(upstream).pipe(client);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const close = async () => {
      server.close();
      await once(server, "close");
    };
    return new Tap(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, sockets, said, close);
  }

  /** Everything that the gateway has said so far, byte by byte a character. */
  said(): string {
    return Buffer.concat(this.#said).toString("latin1");
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await this.#close();
  }
}
