import { fields, list, text } from "../model/json.ts";
import { ANSWER_MS } from "../model/patience.ts";

/** What the gateway tells the page about itself: `page.json` beside it. */
export interface PageConfig {
  readonly workspace: string;
  readonly channel: string;
  /** Where a token can be had; absent: in the link, or the page asks for one. */
  readonly tokenUrl: string | undefined;
  /** Path or address of the WebSocket. */
  readonly ws: string;
  /** Where the operator's own graph and its event definitions are; absent: the page shows its sample. */
  readonly graph: string | undefined;
  readonly events: string | undefined;
  /** Origins beside the page's own that a graph may be fetched from. */
  readonly graphOrigins: readonly string[];
}

export async function fetchConfig(): Promise<PageConfig> {
  const response = await fetch("./page.json", { signal: AbortSignal.timeout(ANSWER_MS) });
  if (!response.ok) {
    throw new Error(`page.json: the gateway answered ${response.status}`);
  }
  return readConfig(await response.json());
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
    graphOrigins: list(raw["graphOrigins"]).flatMap((origin) => text(origin) ?? []),
  };
}

/** The WebSocket's address, seen from the page's. */
export function socketUrl(ws: string, pageUrl: string): string {
  const url = new URL(ws, pageUrl);
  url.hash = "";
  url.protocol = url.protocol.replace(/^http/, "ws");
  return url.href;
}
