import { useEffect, useState } from "preact/hooks";

const SAID_MS = 2_000;

interface Props {
  readonly children: string;
  /** What is copied, made when it is asked for. */
  readonly text: () => string;
}

/** A button that copies, and says so. */
export function CopyButton({ children, text }: Props) {
  const [said, setSaid] = useState("");
  useEffect(() => {
    if (said !== "") {
      const timer = setTimeout(() => setSaid(""), SAID_MS);
      return () => clearTimeout(timer);
    }
    return;
  }, [said]);
  const onCopy = (): void => void copy(text()).then((done) => setSaid(done ? "Copied" : "Not permitted"));
  return (
    <button type="button" class="quiet small" onClick={onCopy}>
      <span aria-live="polite">{said === "" ? children : said}</span>
    </button>
  );
}

/** Pages without TLS have no clipboard but this old way to it. */
async function copy(text: string): Promise<boolean> {
  if (navigator.clipboard !== undefined) {
    return navigator.clipboard.writeText(text).then(
      () => true,
      () => false,
    );
  }
  const { activeElement } = document;
  const field = document.createElement("textarea");
  field.value = text;
  field.style.position = "fixed";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  if (activeElement instanceof HTMLElement) {
    activeElement.focus({ preventScroll: true });
  }
  return done;
}
