import { useEffect, useId, useRef, useState } from "preact/hooks";
import { Dialog } from "../ui/dialog.tsx";
import { count } from "../ui/format.ts";
import type { Choice } from "./choice.ts";
import { messageOf } from "./errors.ts";

export { useDrop } from "./drop.ts";

import "./source.css";
import { fromFiles, type GraphSource, keep, load, operators, type SourceConfig } from "./source.ts";

export interface GraphDialogProps {
  readonly config: SourceConfig;
  /** What is shown now. */
  readonly current?: GraphSource | undefined;
  readonly onSource: (source: GraphSource) => void;
  /** It has closed, by whatever; told once. */
  readonly onClose: () => void;
}

/** Where the graph comes from: what is shown, and what else could be. */
export function GraphDialog({ config, current, onSource, onClose }: GraphDialogProps) {
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<string>();
  const loading = useRef<AbortController>(undefined);
  useEffect(() => () => loading.current?.abort(), []);

  const take = async (read: (signal: AbortSignal) => Promise<GraphSource>, choice: Choice | undefined) => {
    loading.current?.abort();
    const mine = new AbortController();
    loading.current = mine;
    setBusy(true);
    setWrong(undefined);
    try {
      const source = await read(mine.signal);
      if (!mine.signal.aborted) {
        keep(choice, source);
        onSource(source);
        onClose();
      }
    } catch (error) {
      if (!mine.signal.aborted) {
        setBusy(false);
        setWrong(messageOf(error));
      }
    }
  };
  const choose = (choice: Choice) =>
    void take((signal) => load(choice, config, location, fetch.bind(globalThis), signal), choice);

  return (
    <Dialog title="Graph" onClose={onClose}>
      {current === undefined ? null : <Shown source={current} />}
      {wrong === undefined ? null : (
        <p class="source-wrong" role="alert">
          {wrong}
        </p>
      )}
      <FileChoice onFiles={(files) => void take(() => fromFiles(files, current), undefined)} />
      <AddressForm origins={config.graphOrigins ?? []} isBusy={busy} onChoice={choose} />
      <div class="source-others">
        {current?.kind === "sample" ? null : (
          <button type="button" class="action" onClick={() => choose({ kind: "sample" })}>
            Show the sample
          </button>
        )}
        {operators(config) === undefined || current?.kind === "operator" ? null : (
          <button type="button" class="action" onClick={() => choose({ kind: "operator" })}>
            Show the operator's graph
          </button>
        )}
      </div>
    </Dialog>
  );
}

const KINDS: Readonly<Record<GraphSource["kind"], string>> = {
  sample: "the sample",
  operator: "set by the operator",
  file: "from files",
  url: "from an address",
};

function Shown({ source: { kind, name, graph, definitions, problems } }: { readonly source: GraphSource }) {
  const numbers = `${plural(graph.nodes.length, "node")}, ${plural(graph.edges.length, "edge")}, ${plural(definitions.length, "event definition")}`;
  return (
    <section class="source source-shown">
      <p>
        <strong>{name}</strong> <span class="aside">{KINDS[kind]}</span>
      </p>
      <p class="aside">{numbers}</p>
      {problems.length === 0 ? null : (
        <ul>
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </ul>
      )}
    </section>
  );
}

function plural(n: number, noun: string): string {
  return `${count(n)} ${noun}${n === 1 ? "" : "s"}`;
}

function FileChoice({ onFiles }: { readonly onFiles: (files: readonly File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  const onChange = (): void => {
    const files = [...(input.current?.files ?? [])];
    if (input.current !== null) {
      input.current.value = ""; // so that the same file, mended, can be chosen again
    }
    if (files.length > 0) {
      onFiles(files);
    }
  };
  return (
    <section class="source">
      <h3>Files</h3>
      <p class="aside">
        A DagNet graph (JSON) and its event definitions: a JSON list, or YAML files, as many as there are. Choose them
        together, or drop them or their folder anywhere on this page. They stay in this browser.
      </p>
      <input
        ref={input}
        type="file"
        class="hidden"
        multiple
        tabIndex={-1}
        aria-label="Graph and event definition files"
        accept=".json,.yaml,.yml,application/json,application/yaml"
        onChange={onChange}
      />
      <button type="button" class="action" onClick={() => input.current?.click()}>
        Choose files…
      </button>
    </section>
  );
}

interface AddressFormProps {
  readonly origins: readonly string[];
  readonly isBusy: boolean;
  readonly onChoice: (choice: Choice) => void;
}

function AddressForm({ origins, isBusy, onChoice }: AddressFormProps) {
  const [graph, events] = [useId(), useId()];
  const onSubmit = (event: SubmitEvent): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const value = (name: string): string => String(form.get(name) ?? "").trim();
    if (value("graph") !== "") {
      onChoice({ kind: "url", graph: value("graph"), events: value("events").split(/\s+/).filter(Boolean) });
    }
  };
  return (
    <section class="source">
      <h3>Address</h3>
      <p class="aside">
        From this page's own origin{origins.length === 0 ? "" : ` and ${origins.join(", ")}`}.
        {origins.includes("https://raw.githubusercontent.com") ? " A link to a file on GitHub will do." : ""}
      </p>
      <form onSubmit={onSubmit}>
        <label for={graph}>Graph</label>
        <input id={graph} name="graph" type="text" inputMode="url" required autocomplete="off" spellcheck={false} />
        <label for={events}>Event definitions</label>
        <input id={events} name="events" type="text" inputMode="url" autocomplete="off" spellcheck={false} />
        <button type="submit" class="action source-load" disabled={isBusy}>
          {isBusy ? "Loading…" : "Load"}
        </button>
      </form>
    </section>
  );
}
