import { fields, text } from "../model/json.ts";

/** Longer than the slowest answer takes: {@link Operator.busiest} counts for a second. */
const TIMEOUT_MS = 8_000;

/** The gateway does not take the token. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
}

/** The gateway answers that it cannot do what was asked. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** What an operator may ask the gateway, with the token that says so. */
export class Operator {
  readonly #token: string;
  readonly #fetch: typeof fetch;

  constructor(token: string, fetcher: typeof fetch = (...request) => fetch(...request)) {
    this.#token = token;
    this.#fetch = fetcher;
  }

  state(sections: readonly string[]): Promise<unknown> {
    return this.#get("statez", { sections: sections.join(",") });
  }

  /** The clients for whom most waits, and the channels that cause most deliveries, counted for a second. */
  busiest(limit: number): Promise<unknown> {
    return this.#get("admin/explain", { limit: String(limit) });
  }

  explain(question: Readonly<Record<string, string>>): Promise<unknown> {
    return this.#get("admin/explain", question);
  }

  /** @throws RefusedError, AnswerError; or what `fetch` throws if there is no answer */
  async #get(path: string, query: Readonly<Record<string, string>>): Promise<unknown> {
    const response = await this.#fetch(`../${path}?${new URLSearchParams(query)}`, {
      headers: { Authorization: `Bearer ${this.#token}` },
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    if (response.status === 401) {
      throw new RefusedError("the gateway does not take this token");
    }
    const body: unknown = await response.json().catch(() => undefined);
    if (!response.ok) {
      throw new AnswerError(response.status, text(fields(body)["message"]) || `it answered ${response.status}`);
    }
    return body;
  }
}
