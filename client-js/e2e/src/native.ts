import { once } from "node:events";
import WebSocket from "ws";
import { Inbox } from "./inbox.ts";

interface Message {
  readonly type: string;
  readonly channel?: string;
  readonly payload?: { readonly name?: string; readonly data?: unknown };
}

/** A client of Heliograph's own protocol that shares no code with it: the `ws` package and the documented messages. */
export class NativeClient {
  /** Publications, by the names of their events; other messages, by their types. */
  readonly inbox = new Inbox();
  readonly #socket: WebSocket;

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    socket.on("message", (text: Buffer) => {
      const { type, payload } = JSON.parse(text.toString()) as Message;
      if (type === "event") {
        this.inbox.put(payload?.name ?? "", payload?.data);
      } else {
        this.inbox.put(`(${type})`, payload);
      }
    });
  }

  static async connect(port: number, token: string): Promise<NativeClient> {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`, ["heliograph.v1"], {
      headers: { authorization: `Bearer ${token}` },
    });
    const client = new NativeClient(socket);
    await once(socket, "open");
    return client;
  }

  async subscribe(channel: string): Promise<void> {
    this.#send({ type: "subscribe", channel, payload: {} });
    await this.inbox.next("(subscribed)");
  }

  async publish(channel: string, name: string, data: unknown): Promise<void> {
    this.#send({ type: "publish", channel, requestId: "r", payload: { name, data } });
    await this.inbox.next("(published)");
  }

  close(): void {
    this.#socket.terminate();
  }

  #send(message: unknown): void {
    this.#socket.send(JSON.stringify(message));
  }
}
