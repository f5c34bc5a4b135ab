import type { Filter, FilterValue } from "../protocol.ts";

type Value = FilterValue | undefined;

const TESTS: Readonly<Record<string, (actual: Value, expected: never) => boolean>> = {
  eq: (actual, expected: Value) => actual === expected,
  ne: (actual, expected: Value) => actual !== expected,
  in: (actual, expected: readonly Value[]) => expected.includes(actual),
  nin: (actual, expected: readonly Value[]) => !expected.includes(actual),
  exists: (actual, expected: boolean) => (actual !== undefined) === expected,
  starts: (actual, expected: string) => typeof actual === "string" && actual.startsWith(expected),
  ends: (actual, expected: string) => typeof actual === "string" && actual.endsWith(expected),
  contains: (actual, expected: string) => typeof actual === "string" && actual.includes(expected),
  lt: (actual, expected: FilterValue) => comparable(actual, expected) && actual < expected,
  lte: (actual, expected: FilterValue) => comparable(actual, expected) && actual <= expected,
  gt: (actual, expected: FilterValue) => comparable(actual, expected) && actual > expected,
  gte: (actual, expected: FilterValue) => comparable(actual, expected) && actual >= expected,
};

/** Whether the gateway would send this data to who asks with this filter. Source: docs/PROTOCOL.md, "Filter". */
export function matches(filter: Filter, data: unknown): boolean {
  if ("and" in filter) {
    return filter.and.every((term) => matches(term, data));
  }
  if ("or" in filter) {
    return filter.or.some((term) => matches(term, data));
  }
  if ("not" in filter) {
    return !matches(filter.not, data);
  }
  const [[operator, [path, expected]]] = Object.entries(filter) as [[string, [string, never]]];
  const test = TESTS[operator];
  if (test === undefined) {
    throw new TypeError(`a filter has no operator ${operator}`);
  }
  return test(valueAt(data, path), expected);
}

/** A string, a number or a boolean; arrays are not entered. A field's own name may have dots. */
function valueAt(data: unknown, path: string): Value {
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return undefined;
  }
  const fields = data as Readonly<Record<string, unknown>>;
  if (Object.hasOwn(fields, path)) {
    const value = fields[path];
    return typeof value === "object" ? undefined : (value as Value);
  }
  for (let dot = path.indexOf("."); dot >= 0; dot = path.indexOf(".", dot + 1)) {
    const field = path.slice(0, dot);
    const value = Object.hasOwn(fields, field) ? valueAt(fields[field], path.slice(dot + 1)) : undefined;
    if (value !== undefined) {
      return value;
    }
  }
  return undefined;
}

/** Numbers and strings have an order, each among themselves. */
function comparable(actual: Value, expected: Value): actual is string | number {
  return typeof actual === typeof expected && (typeof actual === "number" || typeof actual === "string");
}
