const COUNT = new Intl.NumberFormat("en");
const TIME = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

export function count(n: number): string {
  return COUNT.format(Math.round(n));
}

export function time(ms: number): string {
  return TIME.format(ms);
}

/** A number in at most four digits and the unit that goes with it. */
export interface Figure {
  readonly value: string;
  readonly unit: string;
}

export const UNKNOWN: Figure = { value: "–", unit: "" };

/** `0`, `0.2`, `12.3`, `842`, `12.3 k`, `2.2 M`. */
export function amount(n: number, unit = ""): Figure {
  const [scaled, prefix] = scale(n, 1_000, ["", "k", "M", "G"]);
  return { value: digits(scaled), unit: prefix + unit };
}

export function bytes(n: number): Figure {
  const [scaled, prefix] = scale(n, 1_024, ["B", "KiB", "MiB", "GiB", "TiB"]);
  return { value: prefix === "B" ? String(Math.round(scaled)) : digits(scaled), unit: prefix };
}

/** A latency, in the one unit that fits. */
export function nanos(ns: number): Figure {
  const [scaled, unit] = scale(ns, 1_000, ["ns", "µs", "ms", "s"]);
  return { value: digits(scaled), unit };
}

function scale(n: number, step: number, units: readonly string[]): [number, string] {
  let scaled = n;
  let i = 0;
  while (i < units.length - 1 && Math.abs(scaled) >= 999.5) {
    scaled /= step;
    i++;
  }
  return [scaled, units[i] ?? ""];
}

function digits(n: number): string {
  const size = Math.abs(n);
  if (size === 0) {
    return "0";
  }
  if (size < 0.05) {
    return "<0.1";
  }
  return size < 99.95 ? n.toFixed(1).replace(/\.0$/, "") : count(n);
}

export function words({ value, unit }: Figure): string {
  return unit === "" || unit.startsWith("/") ? value + unit : `${value} ${unit}`;
}

/** `1 client`, `2 clients`. */
export function things(n: number, one: string): string {
  return `${count(n)} ${n === 1 ? one : `${one}s`}`;
}

/** `4 s`, `3 min`, `2 h 5 min`, `5 d 3 h`. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (seconds < 60) {
    return `${seconds} s`;
  }
  if (minutes < 60) {
    return `${minutes} min`;
  }
  return hours < 48 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `slow_consumer` as people write it. */
export function plain(label: string): string {
  return label.replaceAll("_", " ");
}
