import WebSocket from "ws";
import type { Demo } from "./gateway.ts";

/** An ingested event as it rides in a publication. */
export interface Envelope {
  readonly event_name: string;
  readonly type: string;
  readonly message_id: string;
  readonly workspace: string;
  readonly user?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
}

interface Message {
  readonly type: string;
  readonly payload?: { readonly data?: Envelope };
}

const ANSWER_MS = 20_000;

/** A subscriber that shares no code with Heliograph: the `ws` package and the documented messages, uncompressed. */
export class Subscriber {
  readonly #socket: WebSocket;
  readonly #waiting: Message[] = [];
  readonly #seen: Message[] = [];
  #wake: () => void = () => {};

  private constructor(demo: Demo) {
    this.#socket = new WebSocket(demo.ws, ["heliograph.v1"], {
      headers: { authorization: `Bearer ${demo.token}` },
      perMessageDeflate: false,
    });
    this.#socket.on("message", (data: Buffer) => {
      const message = JSON.parse(data.toString("utf8")) as Message;
      this.#waiting.push(message);
      this.#seen.push(message);
      this.#wake();
    });
  }

  /** Connects with the demo's token and subscribes to its channel. */
  static async of(demo: Demo): Promise<Subscriber> {
    const subscriber = new Subscriber(demo);
    await subscriber.#next("connected", (message) => message.type === "connected");
    subscriber.#socket.send(JSON.stringify({ type: "subscribe", channel: demo.channel, payload: {} }));
    await subscriber.#next("subscribed", (message) => message.type === "subscribed");
    return subscriber;
  }

  /** The next event of this name; messages before it are passed over. */
  async event(name: string): Promise<Envelope> {
    const message = await this.#next(`the event ${name}`, ({ payload }) => payload?.data?.event_name === name);
    return message.payload?.data as Envelope;
  }

  close(): void {
    this.#socket.terminate();
  }

  async #next(what: string, fits: (message: Message) => boolean): Promise<Message> {
    const deadline = Date.now() + ANSWER_MS;
    for (;;) {
      const message = this.#waiting.shift();
      if (message && fits(message)) {
        return message;
      }
      if (!message) {
        await this.#arrival(what, deadline);
      }
    }
  }

  #arrival(what: string, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${what} did not come; came: ${JSON.stringify(this.#seen)}`));
      const timer = setTimeout(late, deadline - Date.now());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
