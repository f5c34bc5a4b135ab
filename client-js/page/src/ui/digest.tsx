import { useEffect, useRef, useState } from "preact/hooks";
import type { Desk } from "./desk.ts";
import { events, labels } from "./format.ts";

const DIGEST_MS = 5_000;

/** Tells a screen reader what happens, no more often than it can be listened to. */
export function Digest({ desk: { feed } }: { readonly desk: Desk }) {
  const [text, setText] = useState("");
  const version = feed.version.value;
  const due = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => {
    if (version > 0 && due.current === undefined) {
      due.current = setTimeout(() => {
        due.current = undefined;
        const last = feed.session.items.value.at(-1);
        const nodes = labels(last?.event.nodes ?? []) || "no node";
        const { shown } = feed.counters;
        setText(last === undefined ? "" : `${events(shown)} in view. Last: ${last.event.event.name}, ${nodes}.`);
      }, DIGEST_MS);
    }
  }, [version, feed]);
  useEffect(() => () => clearTimeout(due.current), []);
  return (
    <p class="hidden" aria-live="polite" data-digest="">
      {text}
    </p>
  );
}
