import "./panel.css";
import type { ComponentChildren } from "preact";
import { type Desk, TABS, type Tab } from "../desk.ts";
import { EventsPanel } from "./events-panel.tsx";
import { LogPanel } from "./log-panel.tsx";
import { NodesPanel } from "./nodes-panel.tsx";
import { PresencePanel } from "./presence-panel.tsx";
import { TracesPanel } from "./traces-panel.tsx";
import { UnmappedPanel } from "./unmapped-panel.tsx";

const PANELS: Readonly<Record<Tab, (props: { readonly desk: Desk }) => ComponentChildren>> = {
  Events: EventsPanel,
  Nodes: NodesPanel,
  Traces: TracesPanel,
  Unmapped: UnmappedPanel,
  Presence: PresencePanel,
  Log: LogPanel,
};

export function SidePanel({ desk }: { readonly desk: Desk }) {
  const tab = desk.tab.value;
  const Panel = PANELS[tab];
  return (
    <section class="side" aria-label="What arrived">
      <Tabs desk={desk} />
      <div
        class="side-scroll"
        id="tab-panel"
        role="tabpanel"
        aria-labelledby={`tab-${tab}`}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        tabIndex={0}
        onScroll={({ currentTarget }) => (desk.scrolled.value = currentTarget.scrollTop > 0)}
      >
        <Panel desk={desk} />
      </div>
    </section>
  );
}

function Tabs({ desk }: { readonly desk: Desk }) {
  const tab = desk.tab.value;
  const onKey = (event: KeyboardEvent): void => {
    const next = target(event.key, TABS.indexOf(tab));
    if (next !== undefined) {
      event.preventDefault();
      desk.tab.value = next;
      document.getElementById(`tab-${next}`)?.focus();
    }
  };
  return (
    <div class="tabs" role="tablist" aria-label="Panels" onKeyDown={onKey}>
      {TABS.map((name) => (
        <button
          key={name}
          id={`tab-${name}`}
          type="button"
          data-name={name}
          role="tab"
          aria-selected={tab === name}
          aria-controls="tab-panel"
          tabIndex={tab === name ? 0 : -1}
          onClick={() => (desk.tab.value = name)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}

/** Where a key leads from the tab at that place. */
function target(key: string, from: number): Tab | undefined {
  switch (key) {
    case "ArrowRight":
      return TABS[(from + 1) % TABS.length];
    case "ArrowLeft":
      return TABS[(from + TABS.length - 1) % TABS.length];
    case "Home":
      return TABS[0];
    case "End":
      return TABS[TABS.length - 1];
    default:
      return undefined;
  }
}
