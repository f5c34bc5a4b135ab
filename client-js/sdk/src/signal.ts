import { tell } from "./emitter.ts";

/**
 * A value and who wants to know when it changes. `subscribe` calls back at once with the present value and returns its own off,
 * so that a signal is a Svelte store as it is and a few lines away from any other library's.
 */
export interface ReadonlySignal<T> {
  readonly value: T;
  /** The value, where a library's adapter tracks reads of `value`. */
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}

/** Tells of every change; setting the same value (`Object.is`) is none. A listener that throws does not keep others from hearing. */
export class Signal<T> implements ReadonlySignal<T> {
  #value: T;
  readonly #listeners = new Set<{ readonly listener: (value: T) => void }>();

  constructor(initial: T) {
    this.#value = initial;
  }

  get value(): T {
    return this.#value;
  }

  set value(value: T) {
    if (!Object.is(this.#value, value)) {
      this.#value = value;
      for (const entry of [...this.#listeners]) {
        // Not who has left meanwhile, and not of a value that another listener has replaced already.
        if (this.#listeners.has(entry) && Object.is(this.#value, value)) {
          tell(entry.listener, value);
        }
      }
    }
  }

  peek(): T {
    return this.#value;
  }

  subscribe(listener: (value: T) => void): () => void {
    // Of its own, so that a function subscribed twice is two subscriptions.
    const entry = { listener };
    this.#listeners.add(entry);
    tell(listener, this.#value);
    return () => void this.#listeners.delete(entry);
  }
}

export function signal<T>(initial: T): Signal<T> {
  return new Signal(initial);
}

/** A part of what another signal holds; those of one signal change together. Tells of it only where it is another. */
export function part<T, Part>(whole: ReadonlySignal<T>, of: (value: T) => Part): ReadonlySignal<Part> {
  return {
    get value() {
      return of(whole.value);
    },
    peek: () => of(whole.peek()),
    subscribe(listener) {
      let told: { readonly value: Part } | undefined;
      return whole.subscribe((next) => {
        const value = of(next);
        if (told === undefined || !Object.is(told.value, value)) {
          told = { value };
          listener(value);
        }
      });
    },
  };
}
