import type { ClientOptions, HeliographClient, StateChange, TokenProvider } from "@heliograph/client";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";

/** What the header shows of the connection. */
export type Connection =
  | { readonly state: "off" }
  | { readonly state: "connecting"; readonly attempt: number }
  | { readonly state: "live"; readonly since: number; readonly userId: string | undefined }
  | {
      readonly state: "reconnecting";
      readonly attempt: number;
      readonly retryAt: number | undefined;
      readonly why: string;
    }
  /** Nobody looks; the session waits. */
  | { readonly state: "asleep" }
  | { readonly state: "failed"; readonly why: string; readonly code: number | undefined };

/** Something to know, and what to do about it. */
export interface Notice {
  readonly kind: "error" | "info";
  readonly text: string;
  readonly advice: string;
}

export interface LinkEnvironment {
  readonly now: () => number;
  readonly client: (options: ClientOptions) => HeliographClient;
}

/** The page's way to the gateway: one client at a time, its state in words for people, and what it complains of. */
export class Link {
  readonly connection: Signal<Connection> = signal<Connection>({ state: "off" });
  readonly notice: Signal<Notice | undefined> = signal<Notice | undefined>(undefined);
  readonly #environment: LinkEnvironment;
  readonly #client: Signal<HeliographClient | undefined> = signal<HeliographClient | undefined>(undefined);
  #userId: string | undefined;

  constructor(environment: LinkEnvironment) {
    this.#environment = environment;
  }

  get client(): ReadonlySignal<HeliographClient | undefined> {
    return this.#client;
  }

  /** A new client, not yet connected, in place of the one before. */
  open(url: string, token: TokenProvider | undefined): HeliographClient {
    this.#client.value?.close();
    const client = this.#environment.client({ url, ...(token === undefined ? {} : { token }) });
    client.on("state", (change) => this.#client.peek() === client && this.#onState(change));
    client.on("identity", ({ userId }) => {
      this.#userId = userId;
    });
    client.on("error", (error) =>
      this.tell("error", error.message, "The connection goes on as far as it can; reload the page if this stays."),
    );
    this.#client.value = client;
    return client;
  }

  close(): void {
    const client = this.#client.peek();
    this.#client.value = undefined;
    client?.close();
    this.connection.value = { state: "off" };
    this.notice.value = undefined;
  }

  /** Tries at once, or starts anew. */
  retry(): void {
    this.#client.value?.connect();
  }

  /** Nobody looks: nothing is sent until {@link retry}, which asks for what was missed. */
  sleep(): void {
    const { state } = this.connection.value;
    if (state !== "off" && state !== "failed") {
      this.#client.value?.close();
      this.connection.value = { state: "asleep" };
    }
  }

  tell(kind: Notice["kind"], text: string, advice: string): void {
    this.notice.value = { kind, text, advice };
  }

  #onState({ to, reason, code, attempt, nextDelayMs }: StateChange): void {
    const now = this.#environment.now();
    switch (to) {
      case "connecting":
        this.connection.value = { state: "connecting", attempt };
        break;
      case "connected":
        this.notice.value = undefined;
        this.connection.value = { state: "live", since: now, userId: this.#userId };
        break;
      case "reconnecting": {
        const retryAt = nextDelayMs === undefined ? undefined : now + nextDelayMs;
        this.connection.value = { state: "reconnecting", attempt, retryAt, why: reason };
        break;
      }
      case "failed":
        this.connection.value = { state: "failed", why: reason, code };
        break;
      default:
        break;
    }
  }
}
