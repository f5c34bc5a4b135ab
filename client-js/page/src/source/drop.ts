import { useEffect, useRef } from "preact/hooks";
import { messageOf } from "./errors.ts";
import { droppedFiles } from "./folder.ts";
import { fromFiles, type GraphSource, keep } from "./source.ts";

/**
 * Takes files and folders that are dropped anywhere on the page. While they are dragged over it, the page's root has `data-dropping`.
 *
 * @param current what is shown now: definitions that come alone are for its graph
 */
export function useDrop(
  onSource: (source: GraphSource) => void,
  onProblem: (message: string) => void,
  current?: GraphSource,
): void {
  const latest = useRef<DropListener>({ onSource, onProblem, current });
  latest.current = { onSource, onProblem, current };
  useEffect(() => listenToDrops(takeDrops(() => latest.current)), []);
}

export interface DropListener {
  readonly onSource: (source: GraphSource) => void;
  readonly onProblem: (message: string) => void;
  readonly current: GraphSource | undefined;
}

/** Reads what is dropped. Of several drops the last one counts, however long each takes. */
export function takeDrops(listener: () => DropListener): (dropped: Promise<readonly File[]>) => Promise<void> {
  let last = 0;
  return async (dropped) => {
    const mine = ++last;
    try {
      const source = await fromFiles(await dropped, listener().current);
      if (mine === last) {
        keep(undefined, source);
        listener().onSource(source);
      }
    } catch (error) {
      if (mine === last) {
        listener().onProblem(messageOf(error));
      }
    }
  };
}

function listenToDrops(onDrop: (files: Promise<readonly File[]>) => void): () => void {
  const ending = new AbortController();
  const { dataset } = document.documentElement;
  const on = (name: "dragenter" | "dragover" | "dragleave" | "drop", listener: (event: DragEvent) => void): void =>
    addEventListener(
      name,
      (event) => {
        if (event.dataTransfer?.types.includes("Files")) {
          event.preventDefault();
          listener(event);
        }
      },
      { signal: ending.signal },
    );
  on("dragenter", () => {
    dataset["dropping"] = "";
  });
  on("dragover", (event) => {
    if (event.dataTransfer !== null) {
      event.dataTransfer.dropEffect = "copy";
    }
  });
  on("dragleave", (event) => {
    // the pointer has left the window, and not only an element for another
    if (event.relatedTarget === null) {
      delete dataset["dropping"];
    }
  });
  on("drop", (event) => {
    delete dataset["dropping"];
    if (event.dataTransfer !== null) {
      onDrop(droppedFiles(event.dataTransfer.items));
    }
  });
  return () => {
    ending.abort();
    delete dataset["dropping"];
  };
}
