import type { ButtonHTMLAttributes } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** Who has the focus afterwards; by default the next button. */
  readonly heir?: { readonly current: HTMLElement | null };
}

/** A button that goes away, most often because it was pressed: its heir takes the focus over, so that the keyboard is not lost. */
export function PassingButton({ heir, ...attributes }: Props) {
  const self = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = self.current;
    return () => {
      if (button !== null && button === document.activeElement) {
        handOn([heir?.current ?? [], neighbours(button)].flat());
      }
    };
  }, [heir]);
  return <button type="button" {...attributes} ref={self} />;
}

/** To the first who takes it: who is not seen does not. */
function handOn(heirs: readonly HTMLElement[]): void {
  heirs.find((heir) => {
    heir.focus({ preventScroll: true });
    return heir === document.activeElement;
  });
}

/** The next button first, those before it last. */
function neighbours(button: HTMLElement): HTMLElement[] {
  const all = [...document.querySelectorAll<HTMLElement>('button:not(:disabled, [tabindex="-1"])')];
  const at = all.indexOf(button);
  return [...all.slice(at + 1), ...all.slice(0, Math.max(0, at)).reverse()];
}
