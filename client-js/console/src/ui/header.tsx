import { type Signal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Link } from "../live/observer.ts";
import type { State } from "../model/state.ts";
import { duration, time } from "./format.ts";

export const WINDOWS = [
  [60_000, "1 min"],
  [300_000, "5 min"],
  [900_000, "15 min"],
] as const;

interface HeaderProps {
  readonly state: State | undefined;
  readonly link: Link;
  readonly windowMs: Signal<number>;
  readonly onSignOut: () => void;
}

export function Header({ state, link, windowMs, onSignOut }: HeaderProps) {
  return (
    <header class="header">
      <h1 class="brand">
        <Mark />
        Heliograph <span class="aside">console</span>
      </h1>
      {state === undefined ? null : (
        <p class="where">
          <span class="mono">{state.node}</span>
          <span>version {state.version}</span>
          <span>
            up <span data-uptime="">{duration(state.uptimeMs)}</span>
          </span>
        </p>
      )}
      <fieldset class="segments">
        <legend class="hidden">How much of the past</legend>
        {WINDOWS.map(([ms, label]) => (
          <label key={ms}>
            <input
              type="radio"
              name="window"
              checked={windowMs.value === ms}
              onChange={() => {
                windowMs.value = ms;
              }}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <Status link={link} state={state} />
      <button type="button" class="link" onClick={onSignOut}>
        Forget token
      </button>
    </header>
  );
}

function Status({ link, state }: { readonly link: Link; readonly state: State | undefined }) {
  const [kind, text] = status(link, state);
  return (
    <p class={`status ${kind}`} role="status">
      <span class="status-dot" aria-hidden="true" />
      {text}
    </p>
  );
}

function status(link: Link, state: State | undefined): readonly [string, string] {
  switch (link.state) {
    case "connecting":
      return ["connecting", "Connecting"];
    case "refused":
      return ["failed", "Refused"];
    case "unreachable":
      return ["failed", "No answer"];
    case "live":
      return state !== undefined && state.phase !== "" && state.phase !== "open"
        ? ["draining", "DRAINING"]
        : ["live", "LIVE"];
  }
}

/** What an operator has to know now, above all else. */
export function Banners({ link, state, restarts }: BannersProps) {
  const dismissed = useSignal(0);
  const last = restarts.at(-1);
  return (
    <div class="banners">
      {link.state === "unreachable" ? (
        <Unreachable since={link.since} why={link.why} known={state !== undefined} />
      ) : null}
      {link.state === "live" && state?.phase === "grace" ? (
        <Banner kind="info" text="The gateway is about to stop.">
          It is not ready any more, and sends its clients elsewhere in a moment.
        </Banner>
      ) : null}
      {link.state === "live" && (state?.phase === "pacing" || state?.phase === "done") ? (
        <Banner kind="info" text="The gateway sends its clients elsewhere and stops.">
          {`${state.open} of them are still here.`}
        </Banner>
      ) : null}
      {link.state === "live" && last !== undefined && last !== dismissed.value ? (
        <Banner
          kind="info"
          text={`The gateway began anew, seen at ${time(last)}.`}
          onClose={() => {
            dismissed.value = last;
          }}
        >
          Its counters and today's usage begin at zero with it; what is drawn before the dashed line is of the process
          before.
        </Banner>
      ) : null}
    </div>
  );
}

interface BannersProps {
  readonly link: Link;
  readonly state: State | undefined;
  readonly restarts: readonly number[];
}

interface UnreachableProps {
  readonly since: number;
  readonly why: string;
  readonly known: boolean;
}

function Unreachable({ since, why, known }: UnreachableProps) {
  const now = useSignal(Date.now());
  useEffect(() => {
    const timer = setInterval(() => {
      now.value = Date.now();
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <Banner kind="error" text={`The gateway does not answer, for ${duration(now.value - since)}.`}>
      {known ? "What you see is of before. " : ""}It is asked again every second. Does it run? Does its{" "}
      <code>/healthz</code> answer from here? ({why})
    </Banner>
  );
}

interface BannerProps {
  readonly kind: "error" | "info";
  readonly text: string;
  readonly onClose?: () => void;
  readonly children: preact.ComponentChildren;
}

function Banner({ kind, text, onClose, children }: BannerProps) {
  return (
    <div class={`banner ${kind}`} role={kind === "error" ? "alert" : "status"}>
      <span class="banner-icon" aria-hidden="true" />
      <p>
        <strong>{text}</strong> {children}
      </p>
      {onClose === undefined ? null : (
        <button type="button" class="link" onClick={onClose}>
          Dismiss
        </button>
      )}
    </div>
  );
}

/** A mirror that catches the sun. */
function Mark() {
  return (
    <svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
      <circle cx="13" cy="19" r="8" />
      <path d="M19 13 28 4M13 19l3-3M25 19h5M13 7V2" />
    </svg>
  );
}
