/** As far apart as events of one batch can be shown: what the gateway gathers before it sends. */
export const BATCH_MS = 50;

/**
 * When each event of a batch is shown, as a delay of 0 to 50 ms: as far apart as they occurred, or drawn together to that; those of
 * which no time is known, one after the other. What came in one piece does not light in one flash.
 */
export function delays(occurredAt: readonly (number | undefined)[]): number[] {
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  for (const at of occurredAt) {
    if (at !== undefined) {
      first = Math.min(first, at);
      last = Math.max(last, at);
    }
  }
  const share = last - first > BATCH_MS ? BATCH_MS / (last - first) : 1;
  const step = BATCH_MS / occurredAt.length;
  return occurredAt.map((at, i) => (at === undefined || last === first ? i * step : (at - first) * share));
}
