import "./toolbar.css";
import type { RefObject } from "preact";
import { useRef } from "preact/hooks";
import { readTerm } from "../model/query.ts";
import { Chips } from "./chips.tsx";
import type { Desk } from "./desk.ts";
import { count } from "./format.ts";
import { PassingButton } from "./passing.tsx";
import { Settings } from "./settings.tsx";

interface Props {
  readonly desk: Desk;
  readonly filter: RefObject<HTMLInputElement | null>;
}

/** Everything that can be done to the watch session. */
export function Toolbar({ desk, filter }: Props) {
  return (
    <div class="toolbar" role="toolbar" aria-label="Watch session">
      <FilterField desk={desk} filter={filter} />
      <Chips desk={desk} />
      <div class="actions">
        <Pause desk={desk} />
        <button type="button" class="action" title="Clear (C)" onClick={() => desk.clear()}>
          Clear
        </button>
        <button type="button" class="action" disabled={!desk.on.value} onClick={() => desk.restart()}>
          Restart
        </button>
        <Export desk={desk} />
        <button type="button" class="action" title="Choose another graph (G)" onClick={() => desk.openDialog("graph")}>
          Graph
        </button>
        <Settings desk={desk} />
        <button
          type="button"
          class="action round"
          aria-label="Help: keys"
          title="Keys (?)"
          onClick={() => desk.openDialog("help")}
        >
          ?
        </button>
      </div>
    </div>
  );
}

function FilterField({ desk, filter }: Props) {
  const onInput = (event: Event): void => desk.filterBy({ text: (event.currentTarget as HTMLInputElement).value });
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === "Enter") {
      takeTerm(desk);
    } else if (event.key === "Escape") {
      desk.filterBy({ text: "" });
      filter.current?.blur();
    }
  };
  return (
    <div class="filter">
      <svg class="filter-icon" viewBox="0 0 16 16" aria-hidden="true">
        <circle cx="7" cy="7" r="4.5" />
        <path d="m10.5 10.5 3.5 3.5" />
      </svg>
      <input
        ref={filter}
        type="search"
        aria-label="Filter by text, or by event:, node:, trace: or user:"
        placeholder="Filter: text, node:…, user:…"
        autocomplete="off"
        spellcheck={false}
        value={desk.terms.value.text}
        onInput={onInput}
        onKeyDown={onKey}
      />
    </div>
  );
}

/** Makes a term of its own of a text like `trace:t-1`. A node may be named by its id or its label. */
function takeTerm(desk: Desk): void {
  const term = readTerm(desk.terms.value.text);
  if (term === undefined) {
    return;
  }
  if (term.kind !== "node") {
    desk.filterBy({ [term.kind]: term.value, text: "" });
    return;
  }
  const wanted = term.value.toLowerCase();
  const node = desk.source.value.graph.nodes.find(({ id, label }) =>
    [id, label].some((n) => n.toLowerCase() === wanted),
  );
  if (node !== undefined) {
    desk.filterBy({ text: "" });
    desk.selected.value = node.uuid;
  }
}

/** One button begins and ends a pause, and keeps the focus. */
function Pause({ desk }: { readonly desk: Desk }) {
  const pause = useRef<HTMLButtonElement>(null);
  const { feed } = desk;
  feed.version.value;
  const { paused } = desk;
  const { waiting, evicted } = feed.session.pausedSince.value;
  return (
    <div class="resume">
      {paused ? (
        <p data-waiting="">
          +{count(waiting)} while paused{evicted > 0 ? ` (${count(evicted)} evicted)` : ""}
        </p>
      ) : null}
      <button
        ref={pause}
        type="button"
        class={paused ? "action strong" : "action"}
        title={paused ? "Show what came meanwhile (P)" : "Pause (P)"}
        disabled={!desk.on.value}
        onClick={() => desk.togglePause()}
      >
        {paused ? "Catch up" : "Pause"}
      </button>
      {paused ? (
        <PassingButton class="action" heir={pause} onClick={() => feed.resume("jump to live")}>
          Jump to live
        </PassingButton>
      ) : null}
    </div>
  );
}

function Export({ desk }: { readonly desk: Desk }) {
  desk.feed.version.value;
  const { shown, filtered, paused } = desk.feed.counters;
  const empty = shown + filtered + paused === 0;
  return (
    <button type="button" class="action" title="Export as NDJSON (E)" disabled={empty} onClick={() => desk.export()}>
      Export
    </button>
  );
}
