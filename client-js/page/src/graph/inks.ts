const NAMES = ["stage", "raised", "line", "edge", "text", "muted", "sun", "sun-hot", "sun-wash"] as const;

/** The page's colours, as a canvas takes them. */
export type Inks = Readonly<Record<(typeof NAMES)[number], string>>;

/** As they are where this element stands, in the light or dark or forced colours that hold now. */
export function inksOf(host: HTMLElement): Inks {
  const probe = document.createElement("span");
  host.append(probe);
  const entries = NAMES.map((name) => {
    probe.style.color = `var(--${name})`;
    return [name, getComputedStyle(probe).color];
  });
  probe.remove();
  return Object.fromEntries(entries) as Inks;
}
