export interface BackoffOptions {
  /** Range of the first delay, before jitter. */
  readonly baseMs: number;
  /** No delay is longer. */
  readonly capMs: number;
  /** No delay is shorter. */
  readonly floorMs: number;
}

/** Delay before attempt `attempt` (from 0): full jitter over a doubling range, so that clients that fell together do not return together. */
export function nextDelay(attempt: number, options: BackoffOptions, random: () => number): number {
  const range = Math.min(options.capMs, options.baseMs * 2 ** Math.min(attempt, 30));
  return Math.round(Math.min(options.capMs, options.floorMs + random() * range));
}
