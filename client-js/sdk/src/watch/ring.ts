/** The last so many things, oldest first; what is added to a full ring pushes the oldest out. */
export class Ring<T> {
  readonly capacity: number;
  readonly #slots: T[] = [];
  /** Of the oldest, once the ring is full. */
  #oldest = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#slots.length;
  }

  /** What was pushed out. */
  add(thing: T): T | undefined {
    if (this.#slots.length < this.capacity) {
      this.#slots.push(thing);
      return undefined;
    }
    const evicted = this.#slots[this.#oldest];
    this.#slots[this.#oldest] = thing;
    this.#oldest = (this.#oldest + 1) % this.capacity;
    return evicted;
  }

  clear(): void {
    this.#slots.length = 0;
    this.#oldest = 0;
  }

  *[Symbol.iterator](): Generator<T, void, undefined> {
    for (let i = 0; i < this.#slots.length; i++) {
      yield this.#slots[(this.#oldest + i) % this.#slots.length] as T;
    }
  }
}
