import type { Refusal } from "../protocol.ts";

/** What a door of the gateway answered: what was asked for, or why not. */
export interface Answer {
  readonly ok: boolean;
  readonly status: number;
  readonly body: object;
}

export async function answerOf(response: Response): Promise<Answer> {
  const { ok, status } = response;
  const refusal: Refusal = { code: "UNAVAILABLE", message: `HTTP status ${status}` };
  // Proxies answer in words of their own.
  const body: object = await response.json().catch(() => refusal);
  return { ok, status, body };
}
