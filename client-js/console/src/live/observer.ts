import { type Signal, signal } from "@preact/signals";
import { History } from "../model/history.ts";
import { type Busiest, readBusiest, readState, readUsage, SECTIONS, type Usage } from "../model/state.ts";
import { type Operator, RefusedError } from "./operator.ts";

const EVERY_MS = 1_000;
/** The busiest cost the gateway a look at each connection. */
const DETAILS_EVERY_MS = 5_000;
const BUSIEST = 8;

/** How it stands between console and gateway. */
export type Link =
  | { readonly state: "connecting" }
  | { readonly state: "live" }
  | { readonly state: "unreachable"; readonly since: number; readonly why: string }
  | { readonly state: "refused" };

/** What the gateway said last of something. */
export interface Detail<T> {
  readonly known: T | undefined;
  /** Since when it says nothing more, and why; undefined while it does. */
  readonly overdue: { readonly since: number; readonly why: string } | undefined;
}

/** What is asked for less often. */
export interface Details {
  readonly busiest: Detail<Busiest>;
  readonly usage: Detail<readonly Usage[]>;
}

const UNASKED = { known: undefined, overdue: undefined };

export interface ObserverEnvironment {
  readonly now: () => number;
  readonly document: Pick<Document, "visibilityState" | "addEventListener" | "removeEventListener">;
}

/** Asks the gateway once a second, while somebody can see it, and keeps what it says. */
export class Observer {
  readonly history = new History();
  readonly link: Signal<Link> = signal({ state: "connecting" });
  readonly details: Signal<Details> = signal({ busiest: UNASKED, usage: UNASKED });
  /** Rises with each answer. */
  readonly version = signal(0);

  readonly #operator: Operator;
  readonly #environment: ObserverEnvironment;
  readonly #ends: (() => void)[] = [];

  constructor(operator: Operator, environment: ObserverEnvironment = { now: Date.now, document }) {
    this.#operator = operator;
    this.#environment = environment;
  }

  /** Until it is stopped, or the token is refused. */
  start(): void {
    this.#every(EVERY_MS, () => this.#askState());
    this.#every(DETAILS_EVERY_MS, () => this.#askDetails());
  }

  stop(): void {
    for (const end of this.#ends.splice(0)) {
      end();
    }
  }

  /** Asks again and again, one question at a time; not while the page is hidden, but as soon as it is seen. */
  #every(ms: number, ask: () => Promise<void>): void {
    const { document: page } = this.#environment;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let asking = false;
    const next = async (): Promise<void> => {
      clearTimeout(timer);
      if (asking || page.visibilityState === "hidden") {
        return;
      }
      asking = true;
      const begun = this.#environment.now();
      await ask();
      asking = false;
      if (this.#ends.length > 0) {
        timer = setTimeout(next, Math.max(0, begun + ms - this.#environment.now()));
      }
    };
    const onSeen = (): void => void next();
    page.addEventListener("visibilitychange", onSeen);
    this.#ends.push(() => {
      clearTimeout(timer);
      page.removeEventListener("visibilitychange", onSeen);
    });
    void next();
  }

  async #askState(): Promise<void> {
    try {
      const state = readState(await this.#operator.state(SECTIONS));
      this.history.add(this.#environment.now(), state);
      this.link.value = { state: "live" };
    } catch (error) {
      this.#onFailure(error);
    }
    this.version.value++;
  }

  async #askDetails(): Promise<void> {
    // one of them may fail without the other
    const [usage, busiest] = await Promise.allSettled([
      this.#operator.state(["usage", "apps"]).then(readUsage),
      this.#operator.busiest(BUSIEST).then(readBusiest),
    ]);
    const before = this.details.value;
    this.details.value = {
      usage: this.#detail(before.usage, usage),
      busiest: this.#detail(before.busiest, busiest),
    };
  }

  /** Where there is no answer, what was known stays. */
  #detail<T>({ known, overdue }: Detail<T>, answer: PromiseSettledResult<T>): Detail<T> {
    return answer.status === "fulfilled"
      ? { known: answer.value, overdue: undefined }
      : { known, overdue: { since: overdue?.since ?? this.#environment.now(), why: messageOf(answer.reason) } };
  }

  #onFailure(error: unknown): void {
    if (error instanceof RefusedError) {
      this.stop();
      this.link.value = { state: "refused" };
      return;
    }
    const before = this.link.value;
    this.link.value = {
      state: "unreachable",
      since: before.state === "unreachable" ? before.since : this.#environment.now(),
      why: messageOf(error),
    };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
