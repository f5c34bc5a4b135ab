import { type TokenProvider, UnauthorizedError } from "@heliograph/client";
import { fields, text } from "../model/json.ts";

const KEY = "heliograph.token";

/** The part of a page that a token may pass through. */
export interface TokenPlace {
  readonly location: Pick<Location, "hash" | "pathname" | "search">;
  readonly history: Pick<History, "replaceState">;
  readonly sessionStorage: Pick<Storage, "getItem" | "setItem" | "removeItem">;
}

/** Takes a token out of the link's fragment, which no server sees, and keeps it for this tab only; else the kept one. */
export function takeToken(place: TokenPlace): string | undefined {
  const fragment = new URLSearchParams(place.location.hash.replace(/^#/, ""));
  const token = fragment.get("token");
  if (token === null || token === "") {
    return place.sessionStorage.getItem(KEY) ?? undefined;
  }
  fragment.delete("token");
  const rest = fragment.size > 0 ? `#${fragment}` : "";
  place.history.replaceState(null, "", place.location.pathname + place.location.search + rest);
  keepToken(place, token);
  return token;
}

export function keepToken(place: TokenPlace, token: string): void {
  place.sessionStorage.setItem(KEY, token);
}

export function forgetToken(place: TokenPlace): void {
  place.sessionStorage.removeItem(KEY);
}

/** A given token first, then what the address answers; undefined if there is neither. */
export function tokenProvider(given: string | undefined, tokenUrl: string | undefined): TokenProvider | undefined {
  if (tokenUrl === undefined) {
    return given;
  }
  let first = given;
  return async () => {
    const token = first ?? (await fetchToken(tokenUrl));
    first = undefined;
    return token;
  };
}

/** The token as text, or `{"token": "…"}`. */
async function fetchToken(url: string): Promise<string> {
  const response = await fetch(url, { credentials: "include", cache: "no-store" });
  if (response.status === 401 || response.status === 403) {
    throw new UnauthorizedError(`${url} gives you no token (${response.status}): sign in there and reload`);
  }
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}`);
  }
  return readToken(await response.text());
}

export function readToken(body: string): string {
  const trimmed = body.trim();
  if (!trimmed.startsWith("{")) {
    return trimmed;
  }
  return text(fields(JSON.parse(trimmed))["token"]) ?? "";
}
