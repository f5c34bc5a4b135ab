import type { Entry } from "./records.ts";

/** Somebody else has changed what the user was changing. */
export interface Conflict<T> {
  readonly id: string;
  /** What the user set. */
  readonly patch: Partial<T>;
  /** The record when the user set it, as the server had it. */
  readonly base: T | undefined;
  /** The record as the server has it now; absent: it is deleted. */
  readonly remote: T | undefined;
  /** The fields that both have changed, and not to the same; empty if the server said no more than that there is a conflict. */
  readonly fields: readonly (keyof T)[];
}

/**
 * Who is right: `server-wins` drops what the user did; `client-wins` sends it again, at most three times; `merge` sends it again if
 * both changed different fields, else drops it; a function says what to set instead, `undefined`: nothing. A record that is gone is gone.
 */
export type ConflictPolicy<T> =
  | "server-wins"
  | "client-wins"
  | "merge"
  | ((conflict: Conflict<T>) => Partial<T> | undefined);

/** The fields that became other than expected, and not what the entry sets; of a deletion all that changed. */
export function differing<T>({ type, patch }: Entry<T>, expected: T | undefined, now: T | undefined): (keyof T)[] {
  const names = Object.keys(type === "delete" ? { ...expected, ...now } : patch) as (keyof T)[];
  return names.filter(
    (name) => !equal(expected?.[name], now?.[name]) && (type === "delete" || !equal(patch[name], now?.[name])),
  );
}

export function equal(one: unknown, other: unknown): boolean {
  return Object.is(one, other) || JSON.stringify(one) === JSON.stringify(other);
}
