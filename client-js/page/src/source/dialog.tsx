import { readGraph } from "@heliograph/client/graph";
import { useEffect } from "preact/hooks";
import type { PageConfig } from "../live/config.ts";
import { Dialog } from "../ui/dialog.tsx";
import type { GraphSource } from "./source.ts";

interface Props {
  readonly config: PageConfig;
  /** What is shown now. */
  readonly current?: GraphSource | undefined;
  readonly onSource: (source: GraphSource) => void;
  readonly onClose: () => void;
}

export function GraphDialog({ onSource, onClose }: Props) {
  const onFile = async (file: File | undefined): Promise<void> => {
    if (file !== undefined) {
      onSource(await fileSource(file));
      onClose();
    }
  };
  return (
    <Dialog title="Graph" onClose={onClose}>
      <label for="graph-file">A graph file (JSON)</label>
      <input
        id="graph-file"
        type="file"
        accept=".json"
        onChange={(event) => void onFile(event.currentTarget.files?.[0])}
      />
    </Dialog>
  );
}

export function useDrop(
  onSource: (source: GraphSource) => void,
  onProblem: (problem: string) => void,
  _current?: GraphSource,
): void {
  useEffect(() => {
    const onOver = (event: DragEvent): void => event.preventDefault();
    const onDrop = (event: DragEvent): void => {
      event.preventDefault();
      const [file] = event.dataTransfer?.files ?? [];
      if (file !== undefined) {
        fileSource(file).then(onSource, (error: unknown) => onProblem(String(error)));
      }
    };
    addEventListener("dragover", onOver);
    addEventListener("drop", onDrop);
    return () => {
      removeEventListener("dragover", onOver);
      removeEventListener("drop", onDrop);
    };
  }, [onSource, onProblem]);
}

async function fileSource(file: File): Promise<GraphSource> {
  const graph = readGraph(JSON.parse(await file.text()));
  return { kind: "file", name: file.name, graph, definitions: [], problems: [] };
}
