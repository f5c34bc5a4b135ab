import type { GraphNode } from "@heliograph/client/graph";

/** Nodes that are called by name. */
const NAMED = 5;

const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  fractionalSecondDigits: 3,
  hour12: false,
});

const COUNT = new Intl.NumberFormat(undefined);

const COMPACT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** In at most four or five characters: `9,999`, `12.3K`. */
export function compact(n: number): string {
  return n < 10_000 ? count(n) : COMPACT.format(n);
}

export function time(ms: number): string {
  return TIME.format(ms);
}

export function count(n: number): string {
  return COUNT.format(n);
}

/** `1 event`, `1,234 events`. */
export function events(n: number): string {
  return `${count(n)} ${n === 1 ? "event" : "events"}`;
}

/** What nodes are called, of many the first five: a graph may wait for one event in each of its nodes. */
export function labels(nodes: readonly GraphNode[]): string {
  const { named, more } = calledByName(nodes);
  return [named.map(({ label }) => label).join(", "), more].filter(Boolean).join(" ");
}

/** Of nodes, those that are called by name, and words for all others. */
export function calledByName<Node>(nodes: readonly Node[]) {
  const others = nodes.length - NAMED;
  return { named: nodes.slice(0, NAMED), more: others > 0 ? `and ${count(others)} more` : undefined };
}

/** How long, in the one unit that fits: `215 ms`, `4.2 s`, `3 min`, `2 h`, `5 d`. */
export function duration(ms: number): string {
  const length = Math.abs(ms);
  if (length < 1_000) {
    return `${Math.round(length)} ms`;
  }
  if (length < 60_000) {
    return `${(length / 1_000).toFixed(length < 10_000 ? 1 : 0)} s`;
  }
  if (length < 3_600_000) {
    return `${Math.round(length / 60_000)} min`;
  }
  return length < 172_800_000 ? `${Math.round(length / 3_600_000)} h` : `${Math.round(length / 86_400_000)} d`;
}

export function rate(perSecond: number): string {
  return `${perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond)}/s`;
}
