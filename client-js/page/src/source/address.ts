import { messageOf, SourceError } from "./errors.ts";
import type { SourceText } from "./parse.ts";

/** All files of one graph together. */
export const BYTES_MAX = 10 * 1024 * 1024;
export const FILES_MAX = 2_000;

/** What may still be read of so many files, by all of them together. */
export class Room {
  readonly #names: readonly string[];
  #bytes = BYTES_MAX;

  constructor(names: readonly string[]) {
    if (names.length > FILES_MAX) {
      throw new SourceError(`${names.length} files`, `at most ${FILES_MAX} are read at once`);
    }
    this.#names = names;
  }

  take(bytes: number): void {
    this.#bytes -= bytes;
    if (this.#bytes < 0) {
      const { length, 0: first } = this.#names;
      const what = length === 1 ? (first ?? "") : `${length} files together`;
      throw new SourceError(what, `larger than ${BYTES_MAX / 1024 / 1024} MB, which is the most that is read`);
    }
  }
}

/** Where from, seen by this page: its own origin, and those that the operator allows. */
export interface Reach {
  /** The page's own address. */
  readonly page: string;
  readonly origins: readonly string[];
  readonly fetch: typeof globalThis.fetch;
}

/** What is read from there; refused by name where the page's Content-Security-Policy would refuse it in silence. */
export function resolve(address: string, { page, origins }: Reach): URL {
  let url: URL;
  try {
    url = raw(new URL(address.trim(), page));
  } catch (cause) {
    throw new SourceError(address, "not an address; expected one such as https://…/graph.json", { cause });
  }
  const allowed = [new URL(page).origin, ...origins];
  if (!allowed.includes(url.origin)) {
    const others = origins.length === 0 ? "" : `, ${origins.join(", ")}`;
    throw new SourceError(
      url.href,
      `this page may not read from ${url.origin}; it may from its own origin${others}. The operator can allow more with page.graphOrigins`,
    );
  }
  return url;
}

/** GitHub's page about a file, as the file itself. */
function raw(url: URL): URL {
  const [, owner, repository, kind, ...rest] = url.pathname.split("/");
  return url.hostname === "github.com" && (kind === "blob" || kind === "raw") && rest.length > 1
    ? new URL(`/${owner}/${repository}/${rest.join("/")}`, "https://raw.githubusercontent.com")
    : url;
}

export async function read(address: string, reach: Reach, room: Room, signal?: AbortSignal): Promise<SourceText> {
  const url = resolve(address, reach);
  try {
    const response = await reach.fetch(url, { cache: "no-cache", ...(signal === undefined ? {} : { signal }) });
    if (!response.ok) {
      throw new SourceError(url.href, `the server answered ${response.status}`);
    }
    return { name: nameOf(url), text: await bounded(response, room) };
  } catch (cause) {
    throw cause instanceof SourceError
      ? cause
      : new SourceError(url.href, `could not be reached (${messageOf(cause)})`, { cause });
  }
}

/** The last part of its path. */
export function nameOf(url: URL): string {
  return decodeURIComponent(url.pathname.split("/").filter(Boolean).at(-1) ?? url.host);
}

/** Stops reading as soon as there is too much. */
async function bounded(response: Response, room: Room): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    try {
      room.take(value.byteLength);
    } catch (error) {
      void reader.cancel();
      throw error;
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
