import { fields, text } from "../model/json.ts";

const KEY = "heliograph.graph";

/** What this tab last chose. */
export type Choice =
  | { readonly kind: "sample" | "operator" }
  /** Files cannot be had again: only that there were some is known, and of what name. */
  | { readonly kind: "file"; readonly name: string }
  | { readonly kind: "url"; readonly graph: string; readonly events: readonly string[] };

export type Memory = Pick<Storage, "getItem" | "setItem">;

export function remember(memory: Memory, choice: Choice): void {
  memory.setItem(KEY, JSON.stringify(choice));
}

export function remembered(memory: Memory): Choice | undefined {
  const kept = memory.getItem(KEY);
  if (kept === null) {
    return undefined;
  }
  const { kind, graph, events, name } = fields(safely(kept));
  if (kind === "sample" || kind === "operator") {
    return { kind };
  }
  const file = text(name);
  if (kind === "file" && file !== undefined) {
    return { kind, name: file };
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
