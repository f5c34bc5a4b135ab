import type { SessionLog } from "@heliograph/client/watch";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { Sighting } from "./sighting.ts";

/** Each holds up to ten thousand events. */
const KEPT_MAX = 5;

/** A session that is over, as it was. */
export type KeptSession = SessionLog<Sighting>;

/** The sessions of this tab that were kept when they ended, newest first; the oldest makes room. */
export class Kept {
  readonly #sessions: Signal<readonly KeptSession[]> = signal<readonly KeptSession[]>([]);

  get sessions(): ReadonlySignal<readonly KeptSession[]> {
    return this.#sessions;
  }

  /** One in which nothing came is not worth a place. */
  add(session: KeptSession): void {
    if (session.items.length > 0) {
      this.#sessions.value = [session, ...this.#sessions.value].slice(0, KEPT_MAX);
    }
  }

  discard(id: string): void {
    this.#sessions.value = this.#sessions.value.filter((session) => session.id !== id);
  }
}
