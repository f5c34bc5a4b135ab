/** Reading JSON of which nothing is known. */
export type Fields = Readonly<Record<string, unknown>>;

export function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** 0 if it is none. */
export function number(value: unknown): number {
  return typeof value === "number" && Number.isFinite(value) ? value : 0;
}

/** Those of its fields that are numbers. */
export function numbers(value: unknown): Readonly<Record<string, number>> {
  const entries = Object.entries(fields(value)).filter((entry): entry is [string, number] => {
    return typeof entry[1] === "number";
  });
  return Object.fromEntries(entries);
}
