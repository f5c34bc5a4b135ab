import type { Page } from "playwright-core";

/** What {@link work} takes on the machine for which budgets are given, in milliseconds. */
const REFERENCE_MS = 55;
const TIMES = 9;

/**
 * How many times longer scripts take here and now than on the machine for which budgets are given; 1 at least. The least of several times,
 * so that what others do with the processor meanwhile does not count.
 */
export async function slowness(page: Page): Promise<number> {
  const took: number[] = [];
  for (let i = 0; i < TIMES; i++) {
    took.push(await page.evaluate(work));
  }
  return Math.max(1, Math.min(...took) / REFERENCE_MS);
}

/** Some of what pages do with events; tells how long it took. */
function work(): number {
  const from = performance.now();
  const kept: number[] = [];
  for (let round = 0; round < 400; round++) {
    const items = Array.from({ length: 200 }, (_, i) => ({
      id: `e${i}`,
      at: i * 7,
      name: "Product Viewed",
      properties: { step: i % 5 },
    }));
    const read = JSON.parse(JSON.stringify(items)) as typeof items;
    const byId = new Map(read.map((each) => [each.id, each]));
    kept.push(byId.size + read.filter(({ properties }) => properties.step > 2).length);
  }
  return performance.now() - from + 0 * kept.length;
}
