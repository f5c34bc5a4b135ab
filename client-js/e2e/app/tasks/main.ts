// A customer's page: tasks that are shown as the user takes them to be, and come from a REST server and the gateway.
import { HeliographClient } from "@heliograph/client";
import {
  ChannelSubscriber,
  type MutationError,
  OptimisticManager,
  Records,
  type Row,
  restApi,
} from "@heliograph/client/optimistic";

interface Task {
  readonly id: string;
  readonly title: string;
  readonly note: string;
  readonly version: number;
}

const element = <E extends HTMLElement>(id: string): E => document.getElementById(id) as E;
const { ws, token } = await (await fetch(`/config${location.search}`)).json();
const isMerging = new URLSearchParams(location.search).has("merge");

const client = new HeliographClient({ url: ws, token, backoff: { baseMs: 50, capMs: 500 } });
const api = restApi("/api");
const tasks = new Records<Task>("Task");
const manager = new OptimisticManager(api, {
  conflict: isMerging ? "merge" : "server-wins",
  backoff: { baseMs: 50, capMs: 200, floorMs: 10 },
});
const load = async (): Promise<Task[]> => (await fetch("/api/Task")).json();

client.on("state", ({ to }) => {
  element("state").textContent = to;
});
manager.on("rollback", ({ reason, conflict }: MutationError) => {
  const remote = conflict?.remote as Partial<Task> | undefined;
  element("notice").textContent = `not saved: ${reason}${remote === undefined ? "" : `, it is “${remote.title}” now`}`;
});
element<HTMLFormElement>("add").addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target as HTMLFormElement;
  manager.create(tasks, { title: String(new FormData(form).get("title")), note: "", version: 0 });
  form.reset();
});
tasks.rows.subscribe((rows) => element("tasks").replaceChildren(...rows.map(item)));
new ChannelSubscriber(client).entity(tasks, { load });
client.connect();

function item({ id, title, note, _optimistic }: Row<Task>): HTMLElement {
  const li = document.createElement("li");
  li.dataset["id"] = id;
  li.toggleAttribute("data-pending", _optimistic === true);
  li.append(
    field("title", title, (value) => manager.update(tasks, id, { title: value })),
    field("note", note, (value) => manager.update(tasks, id, { note: value })),
    button(`Delete ${title}`, () => manager.delete(tasks, id)),
  );
  return li;
}

function field(name: string, value: string, onChange: (value: string) => void): HTMLElement {
  const input = document.createElement("input");
  input.setAttribute("aria-label", name);
  input.value = value;
  input.addEventListener("change", () => onChange(input.value));
  return input;
}

function button(text: string, onClick: () => void): HTMLElement {
  const made = document.createElement("button");
  made.textContent = text;
  made.addEventListener("click", onClick);
  return made;
}
