import { messageOf, SourceError } from "./errors.ts";
import type { SourceText } from "./parse.ts";

/** All files of one graph together. */
export const BYTES_MAX = 10 * 1024 * 1024;

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

export async function read(address: string, reach: Reach, signal?: AbortSignal): Promise<SourceText> {
  const url = resolve(address, reach);
  try {
    const response = await reach.fetch(url, { cache: "no-cache", ...(signal === undefined ? {} : { signal }) });
    if (!response.ok) {
      throw new SourceError(url.href, `the server answered ${response.status}`);
    }
    return { name: nameOf(url), text: await bounded(url.href, response) };
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

export function tooLarge(name: string): SourceError {
  return new SourceError(name, `larger than ${BYTES_MAX / 1024 / 1024} MB, which is the most that is read`);
}

/** Stops reading as soon as there is too much. */
async function bounded(name: string, response: Response): Promise<string> {
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  const reader = response.body?.getReader();
  while (reader !== undefined) {
    const { done, value } = await reader.read();
    if (done) {
      break;
    }
    bytes += value.byteLength;
    if (bytes > BYTES_MAX) {
      void reader.cancel();
      throw tooLarge(name);
    }
    text += decoder.decode(value, { stream: true });
  }
  return text + decoder.decode();
}
