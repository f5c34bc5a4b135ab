import { time } from "./format.ts";

export function Moment({
  word,
  ms,
}: {
  readonly word: "arrived" | "occurred" | "last" | "first";
  readonly ms: number;
}) {
  return (
    <time class="mono" dateTime={new Date(ms).toISOString()} title={`${word} ${new Date(ms).toLocaleString()}`}>
      <span class={word === "occurred" ? "" : "hidden"}>{word} </span>
      {time(ms)}
    </time>
  );
}
