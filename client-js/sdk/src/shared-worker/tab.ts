import type { Lane } from "./lane.ts";
import type { Port } from "./port.ts";

/** One tab, as the worker sees it. */
export class Tab {
  /** Which it has a part in; the first is where it asks what belongs to no channel. */
  readonly lanes: Set<Lane> = new Set();
  /** Pings that it has not answered. */
  silent = 0;
  readonly #port: Port;
  /** What waits until the tab has been told of the subscriptions it has asked for: it would not know what to do with it before. */
  readonly #held: string[] = [];
  #asking = 0;

  constructor(port: Port) {
    this.#port = port;
  }

  say(frame: object): void {
    this.pass(JSON.stringify(frame));
  }

  /** What the gateway says to the connection. */
  pass(text: string): void {
    this.#port.postMessage({ kind: "text", text });
  }

  /** What it says of a channel. */
  deliver(text: string): void {
    if (this.#asking > 0) {
      this.#held.push(text);
    } else {
      this.pass(text);
    }
  }

  onAsked(): void {
    this.#asking++;
  }

  onAnswered(frame: object): void {
    this.say(frame);
    this.#asking--;
    if (this.#asking === 0) {
      for (const text of this.#held.splice(0)) {
        this.deliver(text);
      }
    }
  }

  close(code: number, reason: string): void {
    this.#port.postMessage({ kind: "close", code, reason });
    this.#port.close();
  }
}
