import { claims } from "../claims.ts";
import { type Clock, systemClock, Timers } from "../clock.ts";
import type { ClientMessage, Joined, JoinResult, Position, Refusal, ServerPayloads } from "../protocol.ts";
import type { StreamOptions } from "../subscription.ts";
import type { Transport, TransportFactory, TransportListener } from "../transport.ts";
import { Cursor, idOf, positionIn } from "./cursor.ts";
import { readEvents } from "./events.ts";
import { type Answer, answerOf } from "./http.ts";

export interface SseOptions {
  /** Where the gateway's doors are, e.g. `https://rt.example.com/`. Default: the client's address without its last part, over http. */
  readonly url?: string;
  readonly fetch?: typeof fetch;
  readonly clock?: Clock;
}

/**
 * A transport for where WebSockets do not get through: what comes, over event streams; what goes, by POST. Subscriptions with the same
 * options share a stream. One can look who is present, but not be present.
 */
export function sseTransport(options: SseOptions = {}): TransportFactory {
  const memory = { cursor: new Cursor(), aheadMs: 0 };
  return (address, listener) => new SseTransport(address, options, memory, listener);
}

/** What outlives a connection. */
interface Memory {
  readonly cursor: Cursor;
  /** By how much the gateway's clock is ahead of the one here, as far as known. */
  aheadMs: number;
}

/** What a `subscribe` of the client says of one channel. */
interface Wanted extends StreamOptions {
  readonly channel: string;
  readonly recover?: Position;
}

/** A `subscribe` of the client, until all of its channels are settled. */
interface Asked {
  readonly requestId: string | undefined;
  readonly open: Set<string>;
  readonly results: JoinResult[];
  readonly answered: Promise<void>;
  readonly onAnswered: () => void;
}

/** Channels that are subscribed alike. */
interface Stream {
  readonly key: string;
  readonly options: StreamOptions;
  readonly channels: Set<string>;
  stop: AbortController;
}

/** What is looked at in the data of a stream's events, each only where its event's name says that it is there. */
interface StreamFrame {
  readonly channel?: string;
  readonly timestamp: number;
  readonly payload: { readonly pingInterval: number; readonly channels: readonly JoinResult[] };
  readonly code: number;
  readonly reason: string;
}

/** How a connection ends for which HTTP has only a status. */
const CLOSE_CODES: Readonly<Record<number, number>> = { 401: 4401, 403: 4403 };
const TRY_AGAIN_LATER = 1013;
/** What of a channel that was left still comes is dropped for so long, and then its stream begins anew without it. */
const LEAVE_MS = 1_000;
const GONE = 1006;

class SseTransport implements Transport {
  readonly #doors: URL;
  readonly #fetch: typeof fetch;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #memory: Memory;
  readonly #cursor: Cursor;
  readonly #listener: TransportListener;
  readonly #streams = new Map<string, Stream>();
  readonly #asked = new Set<Asked>();
  readonly #requests = new AbortController();
  #token: string | undefined;
  #pingIntervalMs = 25_000;
  #buffered = 0;
  #ended = false;

  constructor(
    address: string,
    { url = ".", fetch, clock = systemClock }: SseOptions,
    memory: Memory,
    listener: TransportListener,
  ) {
    this.#doors = new URL(url, address.replace(/^ws/, "http"));
    this.#doors.search = new URL(address).search;
    this.#fetch = fetch ?? ((input, init) => globalThis.fetch(input, init));
    this.#clock = clock;
    this.#timers = new Timers(clock);
    this.#memory = memory;
    this.#cursor = memory.cursor;
    this.#listener = listener;
    queueMicrotask(() => this.#onOpen());
  }

  get bufferedAmount(): number {
    return this.#buffered;
  }

  send(text: string): void {
    const message = JSON.parse(text) as ClientMessage;
    this.#act(message).catch((error: unknown) => this.#end(GONE, String(error)));
  }

  close(): void {
    if (!this.#ended) {
      this.#ended = true;
      this.#timers.clearAll();
      this.#requests.abort();
      for (const { stop } of this.#streams.values()) {
        stop.abort();
      }
    }
  }

  #end(code: number, reason: string): void {
    if (!this.#ended) {
      this.close();
      this.#listener.onClose(code, reason);
    }
  }

  #say(frame: object): void {
    if (!this.#ended) {
      this.#listener.onMessage(JSON.stringify(frame));
    }
  }

  /** A client with a token authenticates at once. Whether another is let in, only its streams will show. */
  #onOpen(): void {
    if (!this.#ended) {
      this.#listener.onOpen();
      if (this.#token === undefined) {
        this.#settle(this.#probe().then(() => this.#say({ type: "connected", payload: CONNECTED })));
      }
    }
  }

  #settle(task: Promise<unknown>): void {
    task.catch((error: unknown) => this.#end(GONE, String(error)));
  }

  async #act({ type, channel = "", requestId, payload }: ClientMessage): Promise<void> {
    switch (type) {
      case "authenticate":
        await this.#authenticate(requestId, payload as { readonly token: string });
        break;
      case "subscribe": {
        const { channels = [{ ...payload, channel }] } = payload as { readonly channels?: readonly Wanted[] };
        this.#subscribe(requestId, channels);
        break;
      }
      case "unsubscribe":
        this.#unsubscribe(channel);
        this.#say({ type: "unsubscribed", channel, requestId, payload: {} });
        break;
      case "publish":
        this.#answer("published", channel, requestId, await this.#post({ channel, ...payload }));
        break;
      case "history":
        await this.#history(channel, requestId, payload as { readonly after?: Position; readonly limit?: number });
        break;
      case "ping":
        await this.#probe();
        this.#say({ type: "pong", requestId, payload: {} });
        break;
      case "pong":
        break;
      default: {
        const message = "over server-sent events one can look who is present, but not be present";
        this.#say({ type: "error", channel, requestId, payload: { code: "UNKNOWN_MESSAGE_TYPE", message } });
      }
    }
  }

  async #authenticate(requestId: string | undefined, { token }: { readonly token: string }): Promise<void> {
    const renewed = this.#token !== undefined;
    this.#token = token;
    if (await this.#probe()) {
      if (!renewed) {
        this.#say({ type: "connected", payload: CONNECTED });
      }
      this.#permit([], requestId);
      for (const stream of renewed ? this.#streams.values() : []) {
        this.#open(stream);
      }
    }
  }

  /**
   * What the gateway would say of the token; here it has only taken it. Its time is the one here, until a stream tells better. If the token
   * were not good at that time, this clock is wrong, and the time of issue the best guess: who is given a token mostly shows it at once. One
   * that was kept ends earlier than it seems then, which costs a connection (4401); so does one that does not say when it was issued.
   */
  #permit(lost: readonly string[], requestId?: string): void {
    const { sub = null, iat = 0, exp = Number.NaN } = claims(this.#token);
    const now = this.#clock.now();
    let timestamp = now + this.#memory.aheadMs;
    if (timestamp < iat * 1_000 || timestamp >= exp * 1_000) {
      timestamp = iat * 1_000;
      this.#memory.aheadMs = timestamp - now;
    }
    const expiresAt = exp * 1_000 || undefined;
    this.#say({ type: "authenticated", requestId, timestamp, payload: { userId: sub, expiresAt, lost } });
  }

  /** Publishes nothing, to see whether the gateway is there and takes the token; ends the connection if it does not. */
  async #probe(): Promise<boolean> {
    const { ok, status, body } = await this.#post([]);
    const refused = this.#token !== undefined || (status !== 401 && status !== 403);
    if (!ok && refused) {
      this.#end(CLOSE_CODES[status] ?? TRY_AGAIN_LATER, (body as Refusal).message);
    }
    return !this.#ended;
  }

  async #history(
    channel: string,
    requestId: string | undefined,
    { after, limit = 100 }: { readonly after?: Position; readonly limit?: number },
  ): Promise<void> {
    const from = after === undefined ? { last: limit } : { after: idOf(channel, after), limit };
    const answer = await answerOf(await this.#request("publications", [channel], from, {}));
    const { publications, cursor, complete } = answer.body as ServerPayloads["history"] & { readonly cursor: string };
    const body = answer.ok ? { publications, complete, position: positionIn(cursor) } : answer.body;
    this.#answer("history", channel, requestId, { ...answer, body });
  }

  #answer(type: "published" | "history", channel: string, requestId: string | undefined, { ok, body }: Answer): void {
    this.#say({ type: ok ? type : "error", channel, requestId, payload: body });
  }

  #subscribe(requestId: string | undefined, channels: readonly Wanted[]): void {
    let onAnswered = (): void => {};
    const answered = new Promise<void>((resolve) => {
      onAnswered = resolve;
    });
    const open = new Set(channels.map(({ channel }) => channel));
    this.#asked.add({ requestId, open, results: [], answered, onAnswered });
    const changed = new Set<Stream>();
    for (const { channel, recover, ...options } of channels) {
      const left = this.#leave(channel);
      if (left !== undefined) {
        changed.add(left);
      }
      if (recover !== undefined) {
        this.#cursor.put(channel, recover);
      } else if (left === undefined) {
        this.#cursor.forget(channel);
      }
      const key = JSON.stringify(options);
      let stream = this.#streams.get(key);
      if (stream === undefined) {
        stream = { key, options, channels: new Set(), stop: new AbortController() };
        this.#streams.set(key, stream);
        this.#onHeard(stream);
      }
      stream.channels.add(channel);
      changed.add(stream);
    }
    for (const stream of changed) {
      this.#open(stream);
    }
  }

  #unsubscribe(channel: string): void {
    const left = this.#leave(channel);
    this.#cursor.forget(channel);
    this.#onResult({ channel, error: { code: "NOT_SUBSCRIBED", message: "unsubscribed meanwhile" } });
    if (left !== undefined) {
      this.#timers.set(`leave ${left.key}`, left.channels.size === 0 ? 0 : LEAVE_MS, () => this.#open(left));
    }
  }

  /** The stream in which the channel was. */
  #leave(channel: string): Stream | undefined {
    return [...this.#streams.values()].find(({ channels }) => channels.delete(channel));
  }

  /** Begins the stream anew, each channel where it is, or ends it if it has none. */
  #open(stream: Stream): void {
    stream.stop.abort();
    this.#timers.clear(`leave ${stream.key}`);
    if (stream.channels.size === 0) {
      this.#timers.clear(stream.key);
      this.#streams.delete(stream.key);
      return;
    }
    stream.stop = new AbortController();
    const { signal } = stream.stop;
    this.#read(stream, signal).catch((error: unknown) => signal.aborted || this.#end(GONE, String(error)));
  }

  /** Silence lasts until something comes, however often the stream begins anew meanwhile. */
  #onHeard({ key, stop }: Stream): void {
    if (!stop.signal.aborted) {
      this.#timers.set(key, 2 * this.#pingIntervalMs, () => this.#end(GONE, "nothing heard for two ping intervals"));
    }
  }

  async #read(stream: Stream, signal: AbortSignal): Promise<void> {
    const channels = [...stream.channels];
    const response = await this.#request("sse", channels, stream.options, {
      headers: { "Last-Event-ID": this.#cursor.of(channels) },
      signal,
    });
    this.#onHeard(stream);
    if (!response.ok) {
      await this.#onRefused(stream, channels, await this.#verdict(response), signal);
      return;
    }
    const body = response.body as ReadableStream<Uint8Array>;
    for await (const { name, id, data } of readEvents(body, () => this.#onHeard(stream))) {
      const frame = JSON.parse(data === "" ? "{}" : data) as StreamFrame;
      if (name === "connected") {
        this.#pingIntervalMs = frame.payload.pingInterval;
        this.#memory.aheadMs = frame.timestamp - this.#clock.now();
      } else if (name === "close") {
        this.#end(frame.code, frame.reason);
      } else if (name === "subscribed") {
        await this.#onSubscribed(frame.payload.channels);
      } else if (data !== "" && (frame.channel === undefined || stream.channels.has(frame.channel))) {
        this.#listener.onMessage(data);
      }
      if (signal.aborted) {
        return;
      }
      if (id !== "") {
        this.#cursor.take(id);
      }
    }
    this.#end(GONE, "the stream ended");
  }

  /** What follows in the stream waits until the client has been told of all that it asked for together. */
  async #onSubscribed(results: readonly JoinResult[]): Promise<void> {
    const answered: Promise<void>[] = [];
    for (const result of results) {
      const asked = this.#onResult(result);
      answered.push(...asked.map((request) => request.answered));
      if (asked.length === 0 && !(result as Joined).recovered) {
        this.#onLost(result.channel, (result as Joined).position);
      }
    }
    await Promise.all(answered);
  }

  /** The stream that began anew could not go on where the one before has been. */
  #onLost(channel: string, to: Position | undefined): void {
    const from = this.#cursor.position(channel);
    const count = from?.epoch === to?.epoch ? (to?.offset ?? 0) - (from?.offset ?? 0) : 0;
    this.#say({ type: "lost", channel, payload: { count, from, to, reason: "history_evicted" } });
  }

  /** Gives a channel's result to those who asked, and gives them back. */
  #onResult(result: JoinResult): Asked[] {
    const asked = [...this.#asked].filter(({ open }) => open.delete(result.channel));
    for (const request of asked) {
      request.results.push(result);
      if (request.open.size === 0) {
        this.#asked.delete(request);
        const { requestId, results, onAnswered } = request;
        this.#say({ type: "subscribed", requestId, payload: { channels: results } });
        onAnswered();
      }
    }
    return asked;
  }

  /** One channel that is refused refuses them all: the others go on without it. Of too many together, half of the new ones are refused. */
  async #onRefused(stream: Stream, channels: readonly string[], answer: Answer, signal: AbortSignal): Promise<void> {
    const refusal = answer.body as Refusal;
    const suspects = refusal.code === "SUBSCRIPTION_LIMIT" || signal.aborted ? [] : channels;
    const alone = await Promise.all(
      suspects.map(async (channel) => ({
        channel,
        ...(channels.length > 1 ? await this.#poll(stream, channel) : answer),
      })),
    );
    if (signal.aborted) {
      return;
    }
    const asked = channels.filter((channel) => [...this.#asked].some(({ open }) => open.has(channel)));
    const newest = asked.slice(asked.length >> 1).map((channel) => ({ channel, body: refusal }));
    const guilty = alone.filter(({ ok }) => !ok);
    const refused = guilty.length > 0 ? guilty : newest;
    if (refused.length === 0) {
      this.#end(TRY_AGAIN_LATER, refusal.message);
      return;
    }
    for (const { channel, body } of refused) {
      stream.channels.delete(channel);
      if (this.#onResult({ channel, error: body as Refusal }).length === 0) {
        this.#permit([channel]);
      }
    }
    this.#open(stream);
  }

  /** What a door says of channels; that it says nothing of them ends the connection. */
  async #verdict(response: Response): Promise<Answer> {
    const answer = await answerOf(response);
    const { ok, status, body } = answer;
    if (!ok && status !== 400 && status !== 403) {
      this.#end(CLOSE_CODES[status] ?? TRY_AGAIN_LATER, (body as Refusal).message);
    }
    return answer;
  }

  async #poll({ options: { filter, sampleRate } }: Stream, channel: string): Promise<Answer> {
    return this.#verdict(await this.#request("publications", [channel], { filter, sampleRate, limit: 1 }, {}));
  }

  async #post(payload: object): Promise<Answer> {
    const body = JSON.stringify(payload);
    this.#buffered += body.length;
    try {
      return await answerOf(await this.#request("publications", [], {}, { method: "POST", body }));
    } finally {
      this.#buffered -= body.length;
    }
  }

  #request(path: string, channels: readonly string[], parameters: object, init: RequestInit): Promise<Response> {
    const door = new URL(path + this.#doors.search, this.#doors);
    for (const channel of channels) {
      door.searchParams.append("channel", channel);
    }
    for (const [name, value] of Object.entries(parameters)) {
      if (value !== undefined) {
        door.searchParams.set(name, typeof value === "object" ? JSON.stringify(value) : String(value));
      }
    }
    const headers = new Headers(init.headers);
    if (this.#token !== undefined) {
      headers.set("Authorization", `Bearer ${this.#token}`);
    }
    return this.#fetch(door, { cache: "no-store", signal: this.#requests.signal, ...init, headers });
  }
}

/** The limits of HTTP show in its answers, and silence is a matter of each stream. */
const CONNECTED = { userId: null, pingInterval: 0, maxMessageBytes: Number.MAX_SAFE_INTEGER };
