import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Operator } from "../live/operator.ts";
import { fields, list } from "../model/json.ts";
import { Answer } from "./answer.tsx";

export const KINDS = ["connection", "channel", "message"] as const;

/** What `/admin/explain` is asked. */
export interface Question {
  readonly kind: (typeof KINDS)[number];
  readonly value: string;
  /** Empty: the only one, or it does not matter. */
  readonly workspace: string;
  /** Of a message: at which client. */
  readonly connection?: string;
}

const HINTS: Readonly<Record<Question["kind"], string>> = {
  connection: "the connectionId of `connected`, or a socket_id",
  channel: "a channel's name",
  message: "a message id, or CHANNEL@EPOCH:OFFSET",
};

interface ExplainProps {
  readonly operator: Operator;
  readonly workspaces: readonly string[];
  /** Asked from elsewhere on the page. */
  readonly asked: Signal<Question | undefined>;
}

type Reply =
  | { readonly state: "none" }
  | { readonly state: "asking" }
  | { readonly state: "failed"; readonly why: string }
  | { readonly state: "answered"; readonly answer: unknown };

/** Why a client did or did not get something. */
export function Explain({ operator, workspaces, asked }: ExplainProps) {
  const question = useSignal<Question>({ kind: "connection", value: "", workspace: "" });
  const reply = useSignal<Reply>({ state: "none" });
  const latest = useRef(0);
  const { kind, value, workspace, connection = "" } = question.value;
  const change = (part: Partial<Question>): void => {
    question.value = { ...question.value, ...part };
  };

  const ask = async (): Promise<void> => {
    const turn = ++latest.current;
    reply.value = { state: "asking" };
    const answered = await operator.explain(query(question.value)).then(
      (answer): Reply => ({ state: "answered", answer }),
      (error: unknown): Reply => ({ state: "failed", why: error instanceof Error ? error.message : String(error) }),
    );
    if (turn === latest.current) {
      reply.value = answered;
    }
  };

  const fromElsewhere = asked.value;
  useEffect(() => {
    if (fromElsewhere !== undefined) {
      question.value = fromElsewhere;
      void ask();
    }
  }, [fromElsewhere]);

  const onSubmit = (event: Event): void => {
    event.preventDefault();
    if (value.trim() !== "") {
      void ask();
    }
  };

  return (
    <>
      <form class="explain-form" onSubmit={onSubmit}>
        <fieldset class="segments">
          <legend class="hidden">What about</legend>
          {KINDS.map((one) => (
            <label key={one}>
              <input type="radio" name="kind" checked={kind === one} onChange={() => change({ kind: one })} />
              <span>{one}</span>
            </label>
          ))}
        </fieldset>
        <input
          class="grow mono"
          aria-label={kind}
          placeholder={HINTS[kind]}
          value={value}
          spellcheck={false}
          autocomplete="off"
          onInput={(event) => change({ value: event.currentTarget.value })}
        />
        {kind === "message" ? (
          <input
            class="mono"
            aria-label="at the client with this connection id"
            placeholder="at connection (optional)"
            value={connection}
            spellcheck={false}
            autocomplete="off"
            onInput={(event) => change({ connection: event.currentTarget.value })}
          />
        ) : null}
        {kind !== "connection" && workspaces.length > 1 ? (
          <select
            aria-label="workspace"
            value={workspace}
            onChange={(event) => change({ workspace: event.currentTarget.value })}
          >
            <option value="">workspace …</option>
            {workspaces.map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </select>
        ) : null}
        <button type="submit" class="primary">
          Explain
        </button>
      </form>
      <div
        class={reply.value.state === "none" ? "reply" : "reply full"}
        aria-live="polite"
        aria-busy={reply.value.state === "asking"}
      >
        <Shown reply={reply.value} />
      </div>
    </>
  );
}

function query({ kind, value, workspace, connection = "" }: Question): Readonly<Record<string, string>> {
  return {
    [kind]: value.trim(),
    ...(kind !== "connection" && workspace !== "" ? { workspace } : {}),
    ...(kind === "message" && connection.trim() !== "" ? { connection: connection.trim() } : {}),
  };
}

function Shown({ reply }: { readonly reply: Reply }) {
  switch (reply.state) {
    case "none":
      return (
        <p class="empty">
          Ask about a client, a channel or a message, or choose one above. The answer holds names, positions and counts,
          never what was published.
        </p>
      );
    case "asking":
      return <p class="empty">Asking …</p>;
    case "failed":
      return (
        <p class="empty error-text" role="alert">
          {reply.why}
        </p>
      );
    case "answered":
      return (
        <>
          <Verdict answer={reply.answer} />
          <Answer value={reply.answer} />
        </>
      );
  }
}

const OUTCOMES: Readonly<Record<string, string>> = {
  sent: "It was handed to the client's kernel: look behind the gateway.",
  sent_or_waiting: "The client is slow: it was sent, or waits for it.",
  sent_or_merged:
    "The client is slow or asked for a rate: it was sent, or a newer one stands for it, and the client was told.",
  sent_or_dropped: "The client is slow: it was sent, or dropped, and the client was told.",
  filtered: "Its own filter leaves it out.",
  sampled: "Its own sample rate leaves it out.",
  own: "It published this itself, and is not sent it.",
  not_yet: "Its loop, or its recovery, has not come to it.",
  not_subscribed: "It is not subscribed to that channel.",
  other_epoch: "The channel was begun anew since.",
  published: "It was published.",
  unwatched: "Nobody watched the channel, and nothing is kept there.",
  duplicate: "Its message id had been seen before.",
};

/** The answer in a sentence, where there is one. */
function Verdict({ answer }: { readonly answer: unknown }) {
  const outcome = outcomeOf(answer);
  return outcome === undefined ? null : (
    <p class="verdict">
      <code>{outcome}</code> {OUTCOMES[outcome] ?? ""}
    </p>
  );
}

function outcomeOf(answer: unknown): string | undefined {
  const [publication] = list(fields(answer)["publications"]);
  const at = fields(fields(publication)["connection"])["outcome"];
  const here = fields(fields(answer)["connection"])["outcome"];
  const [decision] = list(fields(answer)["decisions"]);
  return [at, here, fields(decision)["outcome"]].find((outcome): outcome is string => typeof outcome === "string");
}
