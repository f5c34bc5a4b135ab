/** Listeners by event name. `on` returns its own off. A listener that throws does not keep others from hearing. */
export class Emitter<Events extends object> {
  /** Of what, only the methods know: so who tells of strings can stand where something is wanted that tells of anything. */
  readonly #listeners: { [K in keyof Events]?: Array<(event: never) => void> } = {};

  on<K extends keyof Events>(name: K, listener: (event: Events[K]) => void): () => void {
    // A new array per change, so that a listener which adds or removes listeners does not disturb a walk under way.
    this.#listeners[name] = [...(this.#listeners[name] ?? []), listener];
    let active = true;
    return () => {
      if (active) {
        active = false;
        const left = [...(this.#listeners[name] ?? [])];
        left.splice(left.indexOf(listener), 1);
        this.#listeners[name] = left;
      }
    };
  }

  emit<K extends keyof Events>(name: K, event: Events[K]): void {
    for (const listener of this.#listeners[name] ?? []) {
      try {
        (listener as (event: Events[K]) => void)(event);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
