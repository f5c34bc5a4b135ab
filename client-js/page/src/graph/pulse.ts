/** Brightness halves in this time, unless the reader wants another. */
export const HALF_LIFE_MS = 600;
/** Sum at which brightness is 1 - 1/e; one event then reads as a bit more than half, a steady stream as a steady glow. */
const SATURATION = 1.2;
/** Below this nobody sees it. */
const DARK = 0.02;
/** Sum at which a node is as large as it gets: some thirty events at once. */
const LARGEST = Math.log2(1 + 32);

/** A leaky integrator: each event adds to it, time drains it. Costs nothing while nobody asks. */
export class Pulse {
  readonly #halfLifeMs: () => number;
  #sum = 0;
  #at = 0;

  constructor(halfLifeMs: () => number = () => HALF_LIFE_MS) {
    this.#halfLifeMs = halfLifeMs;
  }

  hit(now: number, weight = 1): void {
    this.#sum = this.#level(now) + weight;
    this.#at = now;
  }

  /** 0 to 1; rises with the rate and saturates, so that fast traffic glows and does not flicker. */
  brightness(now: number): number {
    const brightness = 1 - Math.exp(-this.#level(now) / SATURATION);
    return brightness < DARK ? 0 : brightness;
  }

  /** 0 to 1 on a log scale: tells rates apart that brightness no longer does. */
  size(now: number): number {
    return Math.min(1, Math.log2(1 + this.#level(now)) / LARGEST);
  }

  #level(now: number): number {
    return this.#sum * 2 ** (-Math.max(0, now - this.#at) / this.#halfLifeMs());
  }
}
