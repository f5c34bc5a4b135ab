import type { Clock } from "./clock.ts";
import { Timers } from "./clock.ts";
import { TokenError, UnauthorizedError } from "./errors.ts";

/** Why a token is asked for: the first connection, a later one, before the present one ends, or because the gateway refused it. */
export type TokenReason = "initial" | "reconnect" | "renewal" | "rejected";

/** A token, or whom to ask for one. Asked again only when there is need, and never twice at the same time. */
export type TokenProvider = string | ((request: { readonly reason: TokenReason }) => string | Promise<string>);

/** A known token is used for a new connection only if it lives longer than this. */
const REUSE_MARGIN_MS = 30_000;

/** The present token, and the single-flight way to the next one. */
export class TokenSource {
  /** Whether asking again could give another token. */
  readonly renewable: boolean;
  readonly #provider: Exclude<TokenProvider, string>;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #timeoutMs: number;
  #token: string | undefined;
  /** 0: not known. */
  #expiresAt = 0;
  /** What the gateway has taken on this connection. */
  #taken: string | undefined;
  #rejected: string | undefined;
  #inFlight: Promise<string> | undefined;

  constructor(provider: TokenProvider, clock: Clock, timeoutMs: number) {
    this.renewable = typeof provider !== "string";
    this.#provider = typeof provider === "string" ? () => provider : provider;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#timeoutMs = timeoutMs;
  }

  /** The token for a connection: the known one while it lives long enough, else a new one. */
  forConnection(): Promise<string> {
    this.#taken = undefined;
    if (this.#rejected !== undefined) {
      return this.next("rejected");
    }
    if (this.#token !== undefined && this.#expiresAt - this.#clock.now() > REUSE_MARGIN_MS) {
      return Promise.resolve(this.#token);
    }
    return this.next(this.#token === undefined ? "initial" : "reconnect");
  }

  /** Asks the provider; whoever asks meanwhile gets the same answer. Rejects with {@link TokenError} or {@link UnauthorizedError}. */
  next(reason: TokenReason): Promise<string> {
    this.#inFlight ??= this.#ask(reason).finally(() => {
      this.#inFlight = undefined;
    });
    return this.#inFlight;
  }

  /** @param expiresAt by this clock; 0: it does not say */
  accepted(expiresAt: number): void {
    this.#expiresAt = expiresAt;
    this.#taken = this.#token;
    this.#rejected = undefined;
  }

  /** The gateway takes the token no longer that it has seen last, so it is not shown again. One that was to renew it may never have been seen. */
  refused(): void {
    this.#rejected = this.#taken ?? this.#token;
    this.#expiresAt = 0;
  }

  async #ask(reason: TokenReason): Promise<string> {
    const token = await this.#inTime(reason);
    if (typeof token !== "string" || token === "") {
      throw new TokenError("the token provider gave no token: expected a string");
    }
    if (token === this.#rejected) {
      throw new UnauthorizedError("the gateway refused this token and there is no other");
    }
    this.#token = token;
    return token;
  }

  async #inTime(reason: TokenReason): Promise<string> {
    const timeout = new Promise<never>((_, reject) => {
      this.#timers.set("provider", this.#timeoutMs, () =>
        reject(new TokenError(`the token provider did not answer in ${this.#timeoutMs} ms`)),
      );
    });
    try {
      return await Promise.race([this.#provider({ reason }), timeout]);
    } catch (error) {
      throw error instanceof UnauthorizedError || error instanceof TokenError
        ? error
        : new TokenError(`the token provider failed: ${String(error)}`, { cause: error });
    } finally {
      this.#timers.clear("provider");
    }
  }
}
