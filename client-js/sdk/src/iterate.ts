import { OverflowError } from "./errors.ts";

export interface IterateOptions {
  /** Most events that wait for the loop. Default 1,000. */
  readonly max?: number;
  /**
   * What happens when one more comes: the oldest makes room (`drop-oldest`, the default); only the newest waits (`latest`); the loop
   * gets those that wait and then throws an {@link OverflowError} (`error`).
   */
  readonly overflow?: "drop-oldest" | "latest" | "error";
  /** Told of each event that the loop will not get, with how many those are by now. */
  readonly onDrop?: (dropped: number) => void;
  /** Ends the loop at once, without an error. */
  readonly signal?: AbortSignal;
}

/** What a loop is told. */
export interface Sink<T> {
  next(event: T): void;
  /** Nothing more will come; an error is thrown into the loop behind what waits. */
  end(error?: Error): void;
}

/**
 * Events for a `for await` loop, kept from the moment of the call.
 *
 * @param source starts telling the sink, and returns its off
 */
export function iterate<T>(
  source: (sink: Sink<T>) => () => void,
  { max = 1_000, overflow = "drop-oldest", onDrop, signal }: IterateOptions = {},
): AsyncGenerator<T, void, undefined> {
  const waitingMax = overflow === "latest" ? 1 : max;
  const waiting: T[] = [];
  let wake = (): void => {};
  let ended = false;
  let failure: Error | undefined;
  let dropped = 0;

  const off = source({
    next(event) {
      if (waiting.length < waitingMax) {
        waiting.push(event);
        wake();
      } else if (overflow === "error") {
        end(new OverflowError(`${max} events wait for the loop already`));
      } else {
        waiting.shift();
        waiting.push(event);
        onDrop?.(++dropped);
      }
    },
    end,
  });

  function end(error?: Error): void {
    if (!ended) {
      ended = true;
      failure = error;
      off();
      signal?.removeEventListener("abort", abort);
      wake();
    }
  }

  function abort(): void {
    waiting.length = 0;
    end();
  }

  async function* events(): AsyncGenerator<T, void, undefined> {
    try {
      for (;;) {
        while (waiting.length > 0) {
          yield waiting.shift() as T;
        }
        if (ended) {
          break;
        }
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    } finally {
      end();
    }
    if (failure !== undefined) {
      throw failure;
    }
  }

  signal?.addEventListener("abort", abort);
  if (signal?.aborted === true) {
    abort();
  }
  return events();
}
