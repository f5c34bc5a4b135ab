import { useRef } from "preact/hooks";
import type { Connection, Notice } from "../live/link.ts";
import { Banner } from "./banner.tsx";
import type { Desk } from "./desk.ts";

/** What the person should know now, and can do about it. */
export function Banners({ desk }: { readonly desk: Desk }) {
  const { link } = desk.feed;
  const connection = link.connection.value;
  const notice = link.notice.value;
  const problem = desk.problem.value;
  const before = useRef<Notice>(undefined);
  const state = stateNotice(connection, before.current);
  before.current = state;
  return (
    <>
      {state === undefined ? null : (
        <Banner notice={state} action={ANSWERS[connection.state] ?? "Try now"} onAction={() => link.retry()} />
      )}
      {notice === undefined ? null : (
        <Banner notice={notice} action="Dismiss" onAction={() => (link.notice.value = undefined)} />
      )}
      {problem === undefined ? null : (
        <Banner notice={problem} action="Dismiss" onAction={() => (desk.problem.value = undefined)} />
      )}
    </>
  );
}

const ANSWERS: Readonly<Partial<Record<Connection["state"], string>>> = { asleep: "Resume", failed: "Try again" };
/** The first attempts are nobody's business. */
const QUIET_ATTEMPTS = 2;

/** @param before what was said last: it stays during an attempt, so that it is not taken back and said again with each */
export function stateNotice(connection: Connection, before: Notice | undefined): Notice | undefined {
  switch (connection.state) {
    case "asleep":
      return {
        kind: "info",
        text: "Realtime sleeps, for nobody looked for ten minutes.",
        advice: "What was missed comes when you resume, as far as the gateway still has it.",
      };
    case "failed":
      return {
        kind: "error",
        text: `Realtime stopped: ${connection.why}.`,
        advice: "Look at the gateway, then try again.",
      };
    case "reconnecting":
      return connection.attempt < QUIET_ATTEMPTS
        ? undefined
        : {
            kind: "error",
            text: navigator.onLine ? "The gateway does not answer." : "This browser is offline.",
            advice: `It is tried again by itself, and goes on where it was (${connection.why}).`,
          };
    case "connecting":
      return connection.attempt < QUIET_ATTEMPTS ? undefined : before;
    default:
      return undefined;
  }
}
