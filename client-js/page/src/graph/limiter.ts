const SWING = 0.1;
const FLASHES_MAX = 3;
const WINDOW_MS = 1_000;

/**
 * Keeps the whole picture from flashing (WCAG 2.3.1): its mean brightness may rise by a tenth of what is possible, after having fallen
 * as much, three times in a second. A further rise stops short of that until there is room for it. Falls are never held back, for
 * each needs a rise before it.
 */
export class FlashLimiter {
  readonly #risenAt: number[] = [];
  #high = false;
  /** The lowest since the last fall, or the highest since the last rise. */
  #extreme = 0;

  /** How much of the brightness may be shown, 0 to 1, where its mean over all nodes in view is this. */
  gain(mean: number, now: number): number {
    if (this.#high) {
      this.#extreme = Math.max(this.#extreme, mean);
      if (mean <= this.#extreme - SWING) {
        this.#high = false;
        this.#extreme = mean;
      }
      return 1;
    }
    this.#extreme = Math.min(this.#extreme, mean);
    if (mean < this.#extreme + SWING) {
      return 1;
    }
    if (this.#hasRoom(now)) {
      this.#risenAt.push(now);
      this.#high = true;
      this.#extreme = mean;
      return 1;
    }
    return (this.#extreme + 0.99 * SWING) / mean;
  }

  #hasRoom(now: number): boolean {
    while (this.#risenAt[0] !== undefined && this.#risenAt[0] <= now - WINDOW_MS) {
      this.#risenAt.shift();
    }
    return this.#risenAt.length < FLASHES_MAX;
  }
}
