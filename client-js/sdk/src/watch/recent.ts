/** The last so many ids that were seen; what is seen again counts as new. */
export class Recent {
  readonly #capacity: number;
  readonly #ids = new Set<string>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** Whether it was among them already. */
  see(id: string): boolean {
    const known = this.#ids.delete(id);
    this.#ids.add(id);
    if (this.#ids.size > this.#capacity) {
      const [oldest] = this.#ids;
      this.#ids.delete(oldest as string);
    }
    return known;
  }

  clear(): void {
    this.#ids.clear();
  }
}
