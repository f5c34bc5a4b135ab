const KEY = "heliograph.admin";

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
  place.history.replaceState(null, "", place.location.pathname + place.location.search);
  place.sessionStorage.setItem(KEY, token);
  return token;
}

export function keepToken(place: TokenPlace, token: string): void {
  place.sessionStorage.setItem(KEY, token);
}

export function forgetToken(place: TokenPlace): void {
  place.sessionStorage.removeItem(KEY);
}
