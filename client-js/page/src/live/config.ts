import { fields, text } from "../model/json.ts";

/** What the gateway tells the page about itself: `page.json` beside it. */
export interface PageConfig {
  readonly workspace: string;
  readonly channel: string;
  /** Where a token can be had; absent: in the link, or the page asks for one. */
  readonly tokenUrl: string | undefined;
  /** Path or address of the WebSocket. */
  readonly ws: string;
  /** The operator's own graph and its event definitions. */
  readonly graph: string | undefined;
  readonly events: string | undefined;
  /** Where else graphs may be read from. */
  readonly graphOrigins: readonly string[];
}

export async function fetchConfig(): Promise<PageConfig> {
  return readConfig(await fetchJson("./page.json"));
}

export function readConfig(value: unknown): PageConfig {
  const raw = fields(value);
  const channel = text(raw["channel"]);
  if (channel === undefined) {
    throw new Error("page.json names no channel");
  }
  return {
    workspace: text(raw["workspace"]) ?? "default",
    channel,
    tokenUrl: text(raw["tokenUrl"]),
    ws: text(raw["ws"]) ?? "/ws",
    graph: text(raw["graph"]),
    events: text(raw["events"]),
    graphOrigins: Array.isArray(raw["graphOrigins"]) ? raw["graphOrigins"].map(String) : [],
  };
}

export async function fetchJson(url: string): Promise<unknown> {
  const response = await fetch(url);
  if (!response.ok) {
    throw new Error(`${url} answered ${response.status}`);
  }
  return response.json();
}

/** The WebSocket's address, seen from the page's. */
export function socketUrl(ws: string, pageUrl: string): string {
  const url = new URL(ws, pageUrl);
  url.hash = "";
  url.protocol = url.protocol.replace(/^http/, "ws");
  return url.href;
}
