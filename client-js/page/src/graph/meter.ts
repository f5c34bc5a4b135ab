const FRAMES = 120;

/** What drawing costs, for tests and the curious; nothing can be changed by it. */
export interface ViewMetrics {
  /** Frames drawn so far. */
  readonly frames: number;
  /** Median of the last 120 frames: what a frame's drawing took of the main thread, with what came since the one before. */
  readonly jsMs: number;
  /** Times that a node was lit. */
  readonly pulses: number;
  /** Sightings that were not shown, because more came than can be: the picture was out of sight, or far too slow. */
  readonly dropped: number;
}

declare global {
  interface Window {
    readonly __view?: ViewMetrics;
  }
}

/** Counts what the picture does. */
export class Meter implements ViewMetrics {
  readonly #costs = new Float64Array(FRAMES);
  #between = 0;
  frames = 0;
  pulses = 0;
  dropped = 0;

  get jsMs(): number {
    const costs = this.#costs.slice(0, Math.min(FRAMES, this.frames)).sort();
    return costs[costs.length >> 1] ?? 0;
  }

  /** Time spent outside a frame. */
  spent(ms: number): void {
    this.#between += ms;
  }

  frame(ms: number): void {
    this.#costs[this.frames % FRAMES] = ms + this.#between;
    this.#between = 0;
    this.frames++;
  }

  publish(target: Window): void {
    const of = <K extends keyof ViewMetrics>(name: K) => ({ get: () => this[name], enumerable: true });
    const view = Object.create(null, {
      frames: of("frames"),
      jsMs: of("jsMs"),
      pulses: of("pulses"),
      dropped: of("dropped"),
    });
    Object.defineProperty(target, "__view", { value: Object.freeze(view), configurable: true });
  }
}
