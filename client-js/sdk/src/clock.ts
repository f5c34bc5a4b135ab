/** Time, passed in so that tests own it. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `task` once after `delayMs`, unless the returned function is called before. */
  setTimer(task: () => void, delayMs: number): () => void;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  setTimer: (task, delayMs) => {
    const id = setTimeout(task, delayMs);
    return () => clearTimeout(id);
  },
};

/** Browsers keep a timer's delay in 32 bits; a longer one would fire at once. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Timers by name: setting one replaces its namesake. */
export class Timers {
  readonly #clock: Clock;
  readonly #cancels = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(name: string, delayMs: number, task: () => void): void {
    this.clear(name);
    const stepMs = Math.min(Math.max(0, delayMs), TIMER_MS_MAX);
    const fire = (): void => {
      this.#cancels.delete(name);
      if (delayMs > stepMs) {
        this.set(name, delayMs - stepMs, task);
      } else {
        task();
      }
    };
    this.#cancels.set(name, this.#clock.setTimer(fire, stepMs));
  }

  clear(name: string): void {
    this.#cancels.get(name)?.();
    this.#cancels.delete(name);
  }

  clearAll(): void {
    for (const name of [...this.#cancels.keys()]) {
      this.clear(name);
    }
  }
}
