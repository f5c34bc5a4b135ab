import type { Viewer } from "../live/viewers.ts";
import type { Desk } from "./desk.ts";

const SHOWN_MAX = 4;
/** Okabe and Ito's colours that carry dark ink: distinct for every kind of eye. */
const COLORS = ["#e69f00", "#56b4e9", "#00b389", "#f0e442", "#d9a0c0", "#ff9466", "#a9b8c8"];

/** Who else looks at this graph; more of them in the tab “Presence”. */
export function Avatars({ desk }: { readonly desk: Desk }) {
  const company = desk.viewers.company.value;
  if (company.state !== "seen" || company.count === 0) {
    return null;
  }
  const shown = company.viewers.slice(0, SHOWN_MAX);
  const others = company.count - shown.length;
  return (
    <button type="button" class="avatars" onClick={() => (desk.tab.value = "Presence")}>
      <span class="hidden">
        {company.count} {company.count === 1 ? "person looks" : "people look"} at this graph
      </span>
      {shown.map((viewer) => (
        <Avatar key={viewer.id} viewer={viewer} />
      ))}
      {others > 0 ? <span class="avatar more">+{others}</span> : null}
    </button>
  );
}

export function Avatar({ viewer }: { readonly viewer: Viewer }) {
  const { id, name, isMe, stale } = viewer;
  return (
    <span
      class={`avatar ${stale ? "stale" : ""}`}
      data-viewer={id}
      style={{ background: COLORS[hash(id) % COLORS.length] }}
      title={isMe ? `${name} (you)` : name}
      aria-hidden="true"
    >
      {initials(name)}
    </span>
  );
}

/** Of the first and the last word, or the first two letters of the only one. */
export function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
  const [first = "?"] = words;
  const last = words.at(-1) ?? first;
  return (words.length > 1 ? (first[0] ?? "") + (last[0] ?? "") : first.slice(0, 2)).toUpperCase();
}

function hash(text: string): number {
  const sum = [...text].reduce((all, letter) => Math.imul(all ^ (letter.codePointAt(0) ?? 0), 16777619), 2166136261);
  return (sum ^ (sum >>> 15)) >>> 0;
}
