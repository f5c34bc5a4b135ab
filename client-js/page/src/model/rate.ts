const SECONDS = 60;

/** Events per second over the last minute. */
export class RateRing {
  readonly #counts = new Array<number>(SECONDS).fill(0);
  #second = 0;
  #lastAt: number | undefined;

  /** When the last one came. */
  get lastAt(): number | undefined {
    return this.#lastAt;
  }

  add(now: number): void {
    this.#lastAt = now;
    const second = this.#advance(now);
    this.#counts[second % SECONDS] = (this.#counts[second % SECONDS] ?? 0) + 1;
  }

  /** Counts per second, oldest first; the last one is the second that is still running. */
  series(now: number): number[] {
    const second = this.#advance(now);
    return Array.from({ length: SECONDS }, (_, i) => this.#counts[(second + 1 + i) % SECONDS] ?? 0);
  }

  /** Average over the last five full seconds. */
  perSecond(now: number): number {
    const last = this.series(now).slice(-6, -1);
    return last.reduce((sum, count) => sum + count, 0) / last.length;
  }

  clear(): void {
    this.#counts.fill(0);
    this.#lastAt = undefined;
  }

  #advance(now: number): number {
    const second = Math.floor(now / 1000);
    if (second > this.#second) {
      const stale = Math.min(second - this.#second, SECONDS);
      for (let i = 0; i < stale; i++) {
        this.#counts[(second - i) % SECONDS] = 0;
      }
      this.#second = second;
    }
    return this.#second;
  }
}
