import { fields, list } from "../model/json.ts";
import { count } from "./format.ts";

/** Moments in milliseconds since 1970 have names that end so. */
const MOMENT = /^at$|At$|AtMs$/;
const ROWS_MAX = 100;

/** Any JSON, as a person would write it down: objects as definitions, lists of like objects as tables. */
export function Answer({ value, name = "" }: { readonly value: unknown; readonly name?: string }) {
  if (Array.isArray(value)) {
    return <Listed items={value} />;
  }
  if (isPosition(value)) {
    return <span class="mono">{`${value.epoch}:${value.offset}`}</span>;
  }
  if (typeof value === "object" && value !== null) {
    return (
      <dl class="answer">
        {Object.entries(fields(value)).map(([key, one]) => (
          <div key={key} class={isWide(one) ? "wide" : ""}>
            <dt>{words(key)}</dt>
            <dd>
              <Answer value={one} name={key} />
            </dd>
          </div>
        ))}
      </dl>
    );
  }
  return <span class={typeof value === "string" ? "mono" : ""}>{plain(value, name)}</span>;
}

function Listed({ items }: { readonly items: readonly unknown[] }) {
  if (items.length === 0) {
    return <span class="aside">none</span>;
  }
  const rows = items.slice(0, ROWS_MAX);
  const columns = [...new Set(rows.flatMap((row) => Object.keys(fields(row))))];
  if (columns.length === 0) {
    return <span class="mono">{rows.map((row) => plain(row, "")).join(", ")}</span>;
  }
  return (
    <>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {words(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={JSON.stringify(row)}>
              {columns.map((column) => (
                <td key={column}>
                  <Answer value={fields(row)[column]} name={column} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {items.length > ROWS_MAX ? <p class="aside">and {count(items.length - ROWS_MAX)} more</p> : null}
    </>
  );
}

/** Written as a question about it takes it. */
function isPosition(value: unknown): value is { readonly epoch: string; readonly offset: number } {
  const { epoch, offset } = fields(value);
  return typeof epoch === "string" && typeof offset === "number" && Object.keys(fields(value)).length === 2;
}

function isWide(value: unknown): boolean {
  return !isPosition(value) && isNested(value);
}

function isNested(value: unknown): boolean {
  return (list(value).length > 0 && typeof list(value)[0] === "object") || Object.keys(fields(value)).length > 0;
}

function plain(value: unknown, name: string): string {
  switch (typeof value) {
    case "number":
      return MOMENT.test(name) && value > 1e12 ? new Date(value).toISOString().replace("T", " ") : count(value);
    case "boolean":
      return value ? "yes" : "no";
    case "string":
      return value === "" ? "–" : value;
    default:
      return "–";
  }
}

/** `waitingBytes` as `waiting bytes`. */
function words(key: string): string {
  return key.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
}
