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
  readonly #provider: TokenProvider;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #timeoutMs: number;
  #token: string | undefined;
  #expiresAt: number | undefined;
  #rejected: string | undefined;
  #inFlight: Promise<string> | undefined;

  constructor(provider: TokenProvider, clock: Clock, timeoutMs: number) {
    this.#provider = provider;
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#timeoutMs = timeoutMs;
  }

  /** Whether asking again could give another token. */
  get renewable(): boolean {
    return typeof this.#provider !== "string";
  }

  /** The token for a connection: the known one while it lives long enough, else a new one. */
  forConnection(): Promise<string> {
    if (this.#rejected !== undefined) {
      return this.next("rejected");
    }
    const lives = this.#expiresAt !== undefined && this.#expiresAt - this.#clock.now() > REUSE_MARGIN_MS;
    if (this.#token !== undefined && lives) {
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

  accepted(expiresAt: number | undefined): void {
    this.#expiresAt = expiresAt;
    this.#rejected = undefined;
  }

  /** The gateway refused the present token, so it is not shown again. */
  refused(): void {
    this.#rejected = this.#token;
    this.#expiresAt = undefined;
  }

  async #ask(reason: TokenReason): Promise<string> {
    const token = typeof this.#provider === "string" ? this.#provider : await this.#withTimeout(this.#provider, reason);
    if (typeof token !== "string" || token === "") {
      throw new TokenError("the token provider gave no token: expected a non-empty string");
    }
    if (token === this.#rejected) {
      throw new UnauthorizedError("the gateway refused this token and there is no other");
    }
    this.#token = token;
    return token;
  }

  async #withTimeout(provider: Exclude<TokenProvider, string>, reason: TokenReason): Promise<string> {
    const timeout = new Promise<never>((_, reject) => {
      this.#timers.set("provider", this.#timeoutMs, () =>
        reject(new TokenError(`the token provider did not answer in ${this.#timeoutMs} ms`)),
      );
    });
    try {
      return await Promise.race([provider({ reason }), timeout]);
    } catch (error) {
      throw error instanceof UnauthorizedError || error instanceof TokenError
        ? error
        : new TokenError(`the token provider failed: ${String(error)}`, { cause: error });
    } finally {
      this.#timers.clear("provider");
    }
  }
}
