/** What a variable of the style sheet says now: it differs between light and dark. */
export function color(variable: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(variable).trim();
}

/** Tells when light becomes dark or the other way, until the returned function is called. */
export function onScheme(changed: () => void): () => void {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  dark.addEventListener("change", changed);
  return () => dark.removeEventListener("change", changed);
}

type Rgb = readonly [number, number, number];

/** From nothing to most, each step lighter (dark) or darker (light) than the one before: read also without seeing colours. */
const HEAT_DARK: readonly Rgb[] = [
  [30, 22, 62],
  [83, 22, 104],
  [142, 36, 99],
  [199, 62, 76],
  [240, 112, 42],
  [252, 176, 50],
  [252, 243, 184],
];
const HEAT_LIGHT: readonly Rgb[] = [
  [253, 236, 196],
  [252, 208, 132],
  [248, 166, 72],
  [226, 116, 38],
  [183, 72, 34],
  [122, 37, 40],
  [58, 14, 38],
];

/** The colour of a strength from 0 to 1. */
export function heat(strength: number, dark: boolean): string {
  const stops = dark ? HEAT_DARK : HEAT_LIGHT;
  const at = Math.min(1, Math.max(0, strength)) * (stops.length - 1);
  const low = stops[Math.floor(at)] ?? [0, 0, 0];
  const high = stops[Math.ceil(at)] ?? low;
  const mixed = low.map((channel, i) => Math.round(channel + ((high[i] ?? channel) - channel) * (at % 1)));
  return `rgb(${mixed.join(" ")})`;
}

export function isDark(): boolean {
  return matchMedia("(prefers-color-scheme: dark)").matches;
}
