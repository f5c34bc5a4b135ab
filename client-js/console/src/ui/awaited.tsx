import type { ComponentChildren } from "preact";
import type { Detail } from "../live/observer.ts";
import { duration } from "./format.ts";

interface AwaitedProps<T> {
  readonly detail: Detail<T>;
  /** Before the first answer. */
  readonly waiting: string;
  readonly now: number;
  readonly children: (known: T) => ComponentChildren;
}

/** What the gateway has said of something; that it no longer does is said above it, and announced once. */
export function Awaited<T>({ detail: { known, overdue }, waiting, now, children }: AwaitedProps<T>) {
  return (
    <>
      {overdue === undefined ? null : (
        <p class="note error-text">
          <span role="status">{`No answer: ${overdue.why}.`}</span>
          {` ${known === undefined ? "Asked" : "What follows is of before: asked"} in vain for ${duration(now - overdue.since)}.`}
        </p>
      )}
      {known !== undefined ? children(known) : overdue === undefined ? <p class="empty">{waiting}</p> : null}
    </>
  );
}
