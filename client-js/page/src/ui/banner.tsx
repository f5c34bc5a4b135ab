import "./banner.css";
import type { Notice } from "../live/link.ts";
import { PassingButton } from "./passing.tsx";

interface Props {
  readonly notice: Notice;
  /** What it can be answered with. */
  readonly action: string;
  readonly onAction: () => void;
}

export function Banner({ notice, action, onAction }: Props) {
  return (
    <div class={`banner ${notice.kind}`} role={notice.kind === "error" ? "alert" : "status"}>
      <span class="banner-icon" aria-hidden="true" />
      <p>
        <strong>{notice.text}</strong> {notice.advice}
      </p>
      <PassingButton class="quiet" onClick={onAction}>
        {action}
      </PassingButton>
    </div>
  );
}
