import { HeliographClient, type TokenProvider } from "@heliograph/client";
import { vi } from "vitest";
import { FakeSocket, settle } from "../../sdk/test/fake-gateway.ts";
import { Feed } from "../src/live/feed.ts";
import type { GraphSource } from "../src/source/source.ts";
import { Desk } from "../src/ui/desk.ts";
import { envelope } from "./events.ts";
import { definitions, graph } from "./sample.ts";

export const CHANNEL = "private-prod-segment-events";
export const SOURCE: GraphSource = { kind: "sample", name: "Sample", graph, definitions, problems: [] };

const CONFIG = {
  workspace: "acme",
  channel: CHANNEL,
  tokenUrl: undefined,
  ws: "/ws",
  graph: undefined,
  events: undefined,
  graphOrigins: [],
};

/** The page's feed and desk with the real client on fake sockets, and what the picture is told. Needs fake timers. */
export class Bench {
  readonly sockets: FakeSocket[] = [];
  readonly lit: string[] = [];
  frames = 0;
  readonly feed: Feed = new Feed(SOURCE, {
    now: () => Date.now(),
    onFrame: (task, delayMs) =>
      void setTimeout(() => {
        this.frames++;
        task();
      }, delayMs),
    client: (options) =>
      new HeliographClient({
        ...options,
        random: () => 0,
        transport: (_, listener) => {
          const socket = new FakeSocket(listener);
          this.sockets.push(socket);
          return socket;
        },
      }),
  });
  readonly desk: Desk = new Desk(CONFIG, SOURCE, this.feed);
  #offset = 0;

  constructor() {
    this.feed.tracker.setLight({
      onSighting: (nodes, legs) => {
        const ways = legs.flatMap(({ kind, edges }) => edges.map(({ from, to }) => `${kind} ${from.id}>${to.id}`));
        this.lit.push(...nodes.map(({ id }) => id), ...ways);
      },
    });
  }

  get socket(): FakeSocket {
    return this.sockets.at(-1) as FakeSocket;
  }

  /** The names in view, oldest first. */
  get view(): string[] {
    return this.feed.session.items.value.map(({ event }) => event.event.name);
  }

  get tallies(): Record<string, number> {
    const { value } = this.feed.tracker.tallies;
    const seen = graph.nodes.filter(({ uuid }) => value.has(uuid));
    return Object.fromEntries(seen.map(({ id, uuid }) => [id, value.get(uuid)?.count ?? 0]));
  }

  async live(token: TokenProvider = "t"): Promise<this> {
    this.feed.on({ url: "ws://x/ws", channel: CHANNEL, token });
    await settle();
    this.socket.accept();
    this.socket.authenticate();
    this.socket.acceptSubscribe();
    return this;
  }

  /** The gateway publishes an event, behind the last one if no offset is given. */
  say(fields: Record<string, unknown>, offset: number = this.#offset + 1): this {
    this.#offset = offset;
    this.socket.publish(CHANNEL, offset, envelope(fields));
    return this;
  }

  track(name: string, fields: Record<string, unknown> = {}): this {
    return this.say({ event_name: name, ...fields });
  }

  /** What the last `subscribe` asked for of the channel. */
  get asked(): Readonly<Record<string, unknown>> | undefined {
    const payload = this.socket.sent("subscribe").at(-1)?.["payload"] as
      | { channels?: Record<string, unknown>[] }
      | undefined;
    return payload?.channels?.find(({ channel }) => channel === CHANNEL);
  }

  /** Until lists and numbers have changed. */
  async paint(): Promise<this> {
    await vi.advanceTimersByTimeAsync(200);
    return this;
  }
}
