import type { Entry } from "./records.ts";

/** What a run of entries of one record comes to as one request. */
export interface Merged<T> {
  readonly type: Entry<T>["type"];
  readonly patch: Partial<T>;
}

/**
 * Merges what has not been sent: create + update = create, update + update = update with the fields of both, the later ones' first;
 * update + delete = delete; create + delete = nothing.
 */
export function merge<T>(entries: readonly Entry<T>[]): Merged<T> | undefined {
  let merged: Merged<T> | undefined;
  for (const { type, patch } of entries) {
    if (type === "delete") {
      merged = merged?.type === "create" ? undefined : { type, patch: {} };
    } else {
      merged = { type: merged?.type ?? type, patch: { ...merged?.patch, ...patch } };
    }
  }
  return merged;
}
