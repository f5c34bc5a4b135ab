import type { Desk } from "./desk.ts";

/** What a key does, in the order in which the help lists them. */
export const KEYS = [
  { keys: ["R"], does: "Realtime on or off" },
  { keys: ["P"], does: "Pause; again: catch up" },
  { keys: ["C"], does: "Clear" },
  { keys: ["F", "/"], does: "Go to the filter" },
  { keys: ["J", "K"], does: "Next, previous event" },
  { keys: ["Enter"], does: "Details of the event" },
  { keys: ["T"], does: "Follow its trace; again: all" },
  { keys: ["E"], does: "Export as NDJSON" },
  { keys: ["G"], does: "Choose another graph" },
  { keys: ["?"], does: "This help" },
] as const;

/** What of a key press matters. */
export interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly repeat: boolean;
}

/** Where keys lead that are not the desk's own. */
export interface Reach {
  /** Puts the cursor into the filter. */
  readonly toFilter: () => void;
  /** Chooses the event that is so many rows further down. */
  readonly step: (rows: 1 | -1) => void;
}

/** Does what a key stands for; false if it stands for nothing. */
export function onPress({ key, ctrlKey, metaKey, altKey, repeat }: Press, desk: Desk, reach: Reach): boolean {
  const action = ctrlKey || metaKey || altKey ? undefined : actions(desk, reach)[key.toLowerCase()];
  const isStep = action !== undefined && /^[jk]$/i.test(key);
  if (action === undefined || (repeat && !isStep)) {
    return false;
  }
  action();
  return true;
}

function actions(desk: Desk, { toFilter, step }: Reach): Readonly<Record<string, () => void>> {
  return {
    r: () => desk.toggle(),
    p: () => desk.togglePause(),
    c: () => desk.clear(),
    f: toFilter,
    "/": toFilter,
    j: () => step(1),
    k: () => step(-1),
    t: () => desk.followChosen(),
    e: () => desk.export(),
    g: () => desk.openDialog("graph"),
    "?": () => desk.openDialog("help"),
  };
}

/** Whether keys are for what has the focus: a field is typed into, and a dialog or a popover is open. */
export function isTaken(target: EventTarget | null, page: Document): boolean {
  const isField = target instanceof Element && target.closest("input, textarea, select, [contenteditable]") !== null;
  return isField || page.querySelector("dialog[open], :popover-open") !== null;
}
