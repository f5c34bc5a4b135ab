/** The last so many things; older ones make room. */
export class Ring<T> {
  readonly capacity: number;
  readonly #items: T[] = [];
  #next = 0;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  get size(): number {
    return this.#items.length;
  }

  /** True if an older thing made room. */
  add(item: T): boolean {
    const full = this.#items.length === this.capacity;
    this.#items[this.#next] = item;
    this.#next = (this.#next + 1) % this.capacity;
    return full;
  }

  /** At most so many, newest first. */
  newest(count: number): T[] {
    const newest: T[] = [];
    for (let i = 1; i <= Math.min(count, this.#items.length); i++) {
      newest.push(this.#items[(this.#next - i + this.capacity) % this.capacity] as T);
    }
    return newest;
  }

  clear(): void {
    this.#items.length = 0;
    this.#next = 0;
  }
}
