import "./dialog.css";
import type { ComponentChildren } from "preact";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/**
 * A modal dialog, closed by Escape, by its button, or by a click beside it. Calls `onClose` exactly once, and never after it was taken away:
 * browsers tell of a close later than it happens, when another dialog may be open.
 */
export function Dialog({ title, onClose, children }: Props) {
  const element = useRef<HTMLDialogElement>(null);
  const id = useId();
  const close = useRef(onClose);
  close.current = onClose;
  useLayoutEffect(() => {
    const dialog = element.current;
    if (dialog === null) {
      return;
    }
    const stop = new AbortController();
    const onClosed = (): void => {
      stop.abort();
      close.current();
    };
    dialog.addEventListener("close", onClosed, { signal: stop.signal });
    dialog.showModal();
    return () => {
      stop.abort();
      dialog.close();
    };
  }, []);
  const onBeside = (event: MouseEvent): void => {
    if (event.target === element.current) {
      element.current?.close();
    }
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Escape closes it by keyboard
    <dialog class="dialog" ref={element} aria-labelledby={id} onClick={onBeside}>
      <div class="dialog-body">
        <div class="dialog-head">
          <h2 id={id}>{title}</h2>
          <button type="button" class="quiet" onClick={() => element.current?.close()}>
            Close
          </button>
        </div>
        {children}
      </div>
    </dialog>
  );
}
