const SECONDS = 10;
/** Four to each doubling, so that a bound is at most 19 % above what it stands for; the last one is above four hours. */
const BUCKETS = 97;

/** How late what came was: the last one, and 95 of 100 over the last ten seconds. */
export class LagRing {
  readonly #seconds = Array.from({ length: SECONDS }, () => new Uint32Array(BUCKETS));
  #second = 0;
  #lastMs: number | undefined;

  get lastMs(): number | undefined {
    return this.#lastMs;
  }

  /** Clocks differ, so that an event may come before it was sent; then it was not late. */
  add(now: number, lagMs: number): void {
    this.#lastMs = Math.max(0, lagMs);
    const counts = this.#seconds[this.#advance(now) % SECONDS];
    if (counts !== undefined) {
      const bucket = bucketOf(this.#lastMs);
      counts[bucket] = (counts[bucket] ?? 0) + 1;
    }
  }

  /** Milliseconds that 95 of 100 stayed within; undefined if nothing came. */
  p95(now: number): number | undefined {
    this.#advance(now);
    const sums = Array.from({ length: BUCKETS }, (_, i) =>
      this.#seconds.reduce((sum, each) => sum + (each[i] ?? 0), 0),
    );
    const total = sums.reduce((sum, count) => sum + count, 0);
    let left = Math.ceil(0.95 * total);
    const bucket = sums.findIndex((count) => {
      left -= count;
      return left <= 0;
    });
    return total === 0 ? undefined : boundOf(bucket);
  }

  clear(): void {
    this.#lastMs = undefined;
    for (const counts of this.#seconds) {
      counts.fill(0);
    }
  }

  #advance(now: number): number {
    const second = Math.floor(now / 1_000);
    if (second > this.#second) {
      for (let i = 0; i < Math.min(second - this.#second, SECONDS); i++) {
        this.#seconds[(second - i) % SECONDS]?.fill(0);
      }
      this.#second = second;
    }
    return this.#second;
  }
}

function bucketOf(ms: number): number {
  return Math.min(BUCKETS - 1, Math.ceil(4 * Math.log2(Math.max(1, ms))));
}

function boundOf(bucket: number): number {
  return Math.round(2 ** (bucket / 4));
}
