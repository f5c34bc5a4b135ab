import { time } from "./format.ts";

export function Moment({
  word,
  ms,
}: {
  readonly word: "arrived" | "occurred" | "last" | "first";
  readonly ms: number;
}) {
  return (
    <time class="mono" dateTime={new Date(ms).toISOString()}>
      <span class={word === "occurred" ? "" : "hidden"}>{word} </span>
      {time(ms)}
    </time>
  );
}
