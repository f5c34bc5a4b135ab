import type { Desk } from "../desk.ts";

/** Chooses the event that is so many rows below the chosen one, or the first, and takes the focus there. */
export function step(desk: Desk, rows: 1 | -1): void {
  if (desk.tab.value !== "Events" && desk.sessionInView === undefined) {
    desk.tab.value = "Events";
    requestAnimationFrame(() => toRow(desk, rows));
  } else {
    toRow(desk, rows);
  }
}

function toRow(desk: Desk, rows: 1 | -1): void {
  const all = [...document.querySelectorAll<HTMLElement>("#tab-panel [data-number]")];
  const at = all.findIndex(({ dataset }) => Number(dataset["number"]) === desk.chosen.value);
  const row = all[at < 0 ? 0 : Math.min(all.length - 1, Math.max(0, at + rows))];
  if (row !== undefined) {
    desk.chosen.value = Number(row.dataset["number"]);
    row.querySelector("button")?.focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  }
}
