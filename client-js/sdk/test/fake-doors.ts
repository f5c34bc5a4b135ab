/** One request at the gateway's HTTP doors, and what it was answered. */
export class Call {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: unknown;
  readonly #answer: (response: Response) => void;
  readonly #fail: (error: Error) => void;
  #stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  closed = false;

  constructor(input: URL, init: RequestInit, answer: (response: Response) => void, fail: (error: Error) => void) {
    this.path = `${init.method ?? "GET"} ${input.pathname}`;
    this.query = input.searchParams;
    this.headers = new Headers(init.headers);
    this.body = typeof init.body === "string" ? JSON.parse(init.body) : undefined;
    this.#answer = answer;
    this.#fail = fail;
    init.signal?.addEventListener("abort", () => {
      if (!this.closed) {
        this.closed = true;
        const error = new DOMException("aborted", "AbortError");
        this.#fail(error);
        this.#stream?.error(error);
      }
    });
  }

  get channels(): string[] {
    return this.query.getAll("channel");
  }

  get cursor(): string {
    return this.headers.get("last-event-id") ?? "";
  }

  json(body: unknown, status = 200): void {
    this.#answer(new Response(JSON.stringify(body), { status }));
  }

  fail(): void {
    this.#fail(new TypeError("fetch failed"));
  }

  /** Begins the stream. */
  accept(results: (channel: string) => object = () => ({}), timestamp = Date.now()): void {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.#stream = controller;
      },
    });
    this.#answer(new Response(body));
    this.say("connected", { type: "connected", timestamp, payload: { userId: "u", pingInterval: 10_000 } });
    const channels = this.channels.map((channel) => ({
      channel,
      position: { epoch: "e1", offset: 0 },
      recovered: this.cursor !== "",
      wasRecovering: this.cursor !== "",
      ...results(channel),
    }));
    this.say("subscribed", { type: "subscribed", payload: { channels } });
  }

  say(name: string, data: object, id = ""): void {
    const named = name === "" ? "" : `event: ${name}\n`;
    this.raw(`${id === "" ? "" : `id: ${id}\n`}${named}data: ${JSON.stringify(data)}\n\n`);
  }

  publish(channel: string, offset: number, id = ""): void {
    const position = { epoch: "e1", offset };
    this.say("", { type: "event", channel, position, payload: { name: "e", data: offset } }, id);
  }

  raw(text: string): void {
    this.#stream?.enqueue(new TextEncoder().encode(text));
  }

  end(): void {
    this.closed = true;
    this.#stream?.close();
  }
}

/** The gateway's HTTP doors, which answer when the test says so; an empty list of publications at once, as long as `reachable`. */
export class Doors {
  readonly calls: Call[] = [];
  /** The status of the answer to an empty list; 0: no answer. */
  status = 200;

  readonly fetch = (input: RequestInfo | URL, init: RequestInit = {}): Promise<Response> =>
    new Promise((resolve, reject) => {
      const call = new Call(new URL(String(input)), init, resolve, reject);
      this.calls.push(call);
      if (JSON.stringify(call.body) === "[]") {
        if (this.status === 0) {
          call.fail();
        } else {
          call.json(this.status === 200 ? [] : { code: "UNAUTHENTICATED", message: "no" }, this.status);
        }
      }
    });

  get streams(): Call[] {
    return this.calls.filter(({ path }) => path === "GET /sse");
  }

  get stream(): Call {
    const stream = this.streams.at(-1);
    if (stream === undefined) {
      throw new Error("no stream was asked for");
    }
    return stream;
  }

  last(path: string): Call {
    const call = this.calls.filter((each) => each.path === path).at(-1);
    if (call === undefined) {
      throw new Error(`nobody has asked for ${path}: ${this.calls.map((each) => each.path)}`);
    }
    return call;
  }
}
