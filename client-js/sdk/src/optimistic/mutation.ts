import { HeliographError } from "../errors.ts";
import type { Conflict, ConflictPolicy } from "./conflict.ts";
import type { Entry } from "./records.ts";

export type RollbackReason = "refused" | "unreachable" | "conflict" | "record-gone" | "rolled-back";

/** A mutation came to nothing, and is no longer shown. */
export class MutationError extends HeliographError {
  override readonly name: string = "MutationError";
  readonly reason: RollbackReason;
  readonly id: string;
  /** Of `conflict`: both sides. */
  readonly conflict: Conflict<unknown> | undefined;

  constructor(reason: RollbackReason, id: string, message: string, cause?: unknown, conflict?: Conflict<unknown>) {
    super(message, { cause });
    this.reason = reason;
    this.id = id;
    this.conflict = conflict;
  }
}

export type MutationStatus = "queued" | "inflight" | "unknown" | "confirmed" | "rolled-back";

/** Something the user did. It is shown from the beginning. */
export interface Mutation<T> {
  /** Of the record; of one that the server names, a temporary one until it has. */
  readonly id: string;
  readonly status: MutationStatus;
  /** When the server has done it: the record, none if it is deleted. Rejects with {@link MutationError}; nobody has to listen. */
  readonly done: Promise<T | undefined>;
  /** Takes it back. What is on its way already may be done nevertheless, and is shown again then. False: it was settled before. */
  rollback(): boolean;
}

export interface MutationOptions<T> {
  readonly conflict?: ConflictPolicy<T>;
}

/** A mutation in the log. */
export interface Pending<T> extends Entry<T> {
  base: T | undefined;
  readonly policy: ConflictPolicy<T>;
  readonly resolve: (record: T | undefined) => void;
  readonly reject: (error: MutationError) => void;
  tries: number;
}
