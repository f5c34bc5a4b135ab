/** A map that keeps only its last so many keys. */
export class Recent<V> {
  readonly #capacity: number;
  readonly #entries = new Map<string, V>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** What was there before. */
  put(key: string, value: V): V | undefined {
    const before = this.#entries.get(key);
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size > this.#capacity) {
      const [oldest] = this.#entries.keys();
      this.#entries.delete(oldest as string);
    }
    return before;
  }

  clear(): void {
    this.#entries.clear();
  }
}
