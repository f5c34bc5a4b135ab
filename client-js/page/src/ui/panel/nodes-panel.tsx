import type { GraphNode } from "@heliograph/client/graph";
import { useState } from "preact/hooks";
import { type NodeOrder, orderNodes } from "../../model/node-order.ts";
import { useClock } from "../clock.ts";
import type { Desk } from "../desk.ts";
import { count, time } from "../format.ts";

/** Rows that are drawn. */
const ROWS = 200;
/** Seen this long ago is active now. */
const ACTIVE_MS = 10_000;

/** The picture as a table: the same filter, and the same node picked. */
export function NodesPanel({ desk }: { readonly desk: Desk }) {
  const [order, setOrder] = useState<NodeOrder>("graph");
  const [active, setActive] = useState(false);
  const now = useClock(1_000, active);
  const tallies = desk.feed.tracker.tallies.value;
  const { nodes } = desk.source.value.graph;
  const isActive = ({ uuid }: GraphNode): boolean => now - (tallies.get(uuid)?.lastAt ?? 0) < ACTIVE_MS;
  const found = orderNodes(active ? nodes.filter(isActive) : nodes, order, tallies);
  const rows = found.slice(0, ROWS);
  return (
    <>
      <label class="check strip">
        <input type="checkbox" checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
        Active now
      </label>
      <table class="table">
        <caption class="hidden">Nodes of the graph with the events that are in view</caption>
        <thead>
          <tr>
            <Head name="Node" order="label" now={order} onOrder={setOrder} />
            <Head name="Events" order="count" now={order} onOrder={setOrder} />
            <Head name="Last" order="last" now={order} onOrder={setOrder} />
          </tr>
        </thead>
        <tbody>
          {rows.map((node) => (
            <NodeRow key={node.uuid} desk={desk} node={node} />
          ))}
        </tbody>
      </table>
      {found.length === 0 ? <p class="empty">No node has seen an event within the last ten seconds.</p> : null}
      {found.length > ROWS ? <p class="empty">{count(found.length - ROWS)} more nodes.</p> : null}
    </>
  );
}

interface HeadProps {
  readonly name: string;
  readonly order: NodeOrder;
  readonly now: NodeOrder;
  readonly onOrder: (order: NodeOrder) => void;
}

/** Sorts by its column; again: as the graph has them. */
function Head({ name, order, now, onOrder }: HeadProps) {
  const sorted = order === now;
  return (
    <th
      scope="col"
      class={order === "label" ? "" : "right"}
      aria-sort={sorted ? (order === "label" ? "ascending" : "descending") : "none"}
    >
      <button type="button" class="sort" onClick={() => onOrder(sorted ? "graph" : order)}>
        {name}
        <span aria-hidden="true">{sorted ? (order === "label" ? " ↑" : " ↓") : ""}</span>
      </button>
    </th>
  );
}

function NodeRow({ desk, node }: { readonly desk: Desk; readonly node: GraphNode }) {
  const { uuid, id, label, eventId } = node;
  const tally = desk.feed.tracker.tallies.value.get(uuid);
  const picked = desk.selected.value === uuid;
  return (
    <tr data-row={id} class={picked ? "picked" : ""}>
      <th scope="row">
        <button
          type="button"
          class="value plain"
          aria-pressed={picked}
          title="See its events alone"
          onClick={() => (desk.selected.value = picked ? undefined : uuid)}
        >
          {label}
        </button>
        {eventId === undefined ? <span class="aside"> no event</span> : null}
      </th>
      <td class="right mono">{count(tally?.count ?? 0)}</td>
      <td class="right mono">{tally === undefined ? "–" : time(tally.lastAt)}</td>
    </tr>
  );
}
