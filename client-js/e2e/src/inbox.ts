const WAIT_MS = 20_000;

/** What tells of events: a channel, a connection, a client, a watchlist. */
export interface Emitter {
  bind_global(callback: (event: string, data: unknown) => void): unknown;
}

export interface Happening {
  readonly event: string;
  readonly data: unknown;
}

/** Everything that happened, in order, so that a test can wait for what comes and look at what did not. */
export class Inbox {
  /** All of it so far. */
  readonly seen: Happening[] = [];
  readonly #waiting: Happening[] = [];
  #wake: () => void = () => {};

  static of(emitter: Emitter): Inbox {
    const inbox = new Inbox();
    emitter.bind_global((event, data) => inbox.put(event, data));
    return inbox;
  }

  put(event: string, data: unknown): void {
    const happening = { event, data };
    this.seen.push(happening);
    this.#waiting.push(happening);
    this.#wake();
  }

  /** The data of the next event of that name; what comes before it is passed over. */
  async next<T = unknown>(event: string, fits: (data: T) => boolean = () => true): Promise<T> {
    const deadline = Date.now() + WAIT_MS;
    for (;;) {
      const happening = this.#waiting.shift();
      if (happening?.event === event && fits(happening.data as T)) {
        return happening.data as T;
      }
      if (!happening) {
        await this.#arrival(event, deadline);
      }
    }
  }

  /** The names of all events so far. */
  names(): string[] {
    return this.seen.map(({ event }) => event);
  }

  #arrival(event: string, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      const late = () => reject(new Error(`${event} did not come; came: ${JSON.stringify(this.seen)}`));
      const timer = setTimeout(late, deadline - Date.now());
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
