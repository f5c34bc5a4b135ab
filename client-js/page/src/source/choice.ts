import { fields, text } from "../model/json.ts";

const KEY = "heliograph.graph";

/** What this tab last chose: files cannot be had again, so that they are none. */
export type Choice =
  | { readonly kind: "sample" | "operator" }
  | { readonly kind: "url"; readonly graph: string; readonly events: readonly string[] };

export type Memory = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export function remember(memory: Memory, choice: Choice | undefined): void {
  if (choice === undefined) {
    memory.removeItem(KEY);
  } else {
    memory.setItem(KEY, JSON.stringify(choice));
  }
}

export function remembered(memory: Memory): Choice | undefined {
  const kept = memory.getItem(KEY);
  if (kept === null) {
    return undefined;
  }
  const { kind, graph, events } = fields(safely(kept));
  if (kind === "sample" || kind === "operator") {
    return { kind };
  }
  const address = text(graph);
  return kind === "url" && address !== undefined
    ? { kind, graph: address, events: Array.isArray(events) ? events.map(String) : [] }
    : undefined;
}

function safely(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined; // nobody but this page writes it, and it may have been another version
  }
}
