/** Listeners by event name. `on` returns its own off. A listener that throws does not keep others from hearing. */
export class Emitter<Events extends object> {
  /** Of what, only the methods know: so who tells of strings can stand where something is wanted that tells of anything. */
  readonly #listeners: { [K in keyof Events]?: Set<{ readonly listener: (event: never) => void }> } = {};

  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void {
    // Of its own, so that a function that listens twice is two listeners.
    const entry = { listener };
    const entries = this.#listeners[name] ?? new Set();
    this.#listeners[name] = entries;
    entries.add(entry);
    return () => void entries.delete(entry);
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    // A copy, so that a listener which adds or removes listeners does not disturb a walk under way.
    for (const { listener } of [...(this.#listeners[name] ?? [])]) {
      tell(listener as (event: Events[K]) => void, event);
    }
  }
}

/** Calls a listener, and throws what it throws where no one else is kept from hearing. */
export function tell<T>(listener: (event: T) => void, event: T): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
