import { hold } from "../holders.ts";
import type { WatchStats } from "../protocol.ts";
import type { StreamOptions, Subscription } from "../subscription.ts";
import type { Restriction, WatchCounters } from "./session.ts";

export interface FeedListener<Event> {
  onEvent(event: Event): void;
  onMissed(reason: keyof WatchCounters & ("sampled" | "skipped" | "lost" | "withheld"), count: number): void;
}

const UNRESTRICTED: StreamOptions = {
  filter: undefined,
  sampleRate: undefined,
  maxPerSecond: undefined,
  watchSessionId: undefined,
};
const NOTHING = { sent: 0, filtered: 0, sampled: 0, skipped: 0 };
type Counts = keyof typeof NOTHING;

/** One channel that a session watches. */
export class Feed<Event> {
  readonly #channel: Subscription<Event>;
  readonly #listener: FeedListener<Event>;
  #restriction: Restriction;
  #offs: (() => void)[] = [];
  #watchSessionId = "";
  /** What of the gateway's counts, which begin anew with each subscription and each event stream, was told already. */
  #told: Pick<WatchStats, Counts> = NOTHING;

  constructor(channel: Subscription<Event>, restriction: Restriction, listener: FeedListener<Event>) {
    this.#channel = channel;
    this.#restriction = restriction;
    this.#listener = listener;
  }

  start(watchSessionId: string): void {
    const channel = this.#channel;
    this.#watchSessionId = watchSessionId;
    this.#offs = [
      channel.on("publication", ({ data }) => this.#listener.onEvent(data)),
      channel.on("skipped", ({ count }) => this.#listener.onMissed("skipped", count)),
      channel.on("lost", ({ count }) => this.#listener.onMissed("lost", count)),
      channel.on("subscribed", () => {
        this.#told = NOTHING;
      }),
      channel.on("message", ({ type, payload }) => type === "stats" && this.#onStats(payload as WatchStats)),
    ];
    channel.configure({ ...this.#restriction, watchSessionId });
    this.#offs.push(hold(channel as Subscription));
  }

  /** Others may have the channel, too: they get all of it again. */
  stop(): void {
    this.#channel.configure(UNRESTRICTED);
    for (const off of this.#offs.splice(0)) {
      off();
    }
  }

  restrict(restriction: Restriction): void {
    this.#restriction = { ...this.#restriction, ...restriction };
    this.#channel.configure(this.#restriction);
  }

  #onStats(stats: WatchStats): void {
    if (stats.watchSessionId === this.#watchSessionId) {
      // an event stream that begins anew is not told of, but its counts are lower
      if ((Object.keys(NOTHING) as Counts[]).some((count) => stats[count] < this.#told[count])) {
        this.#told = NOTHING;
      }
      this.#listener.onMissed("sampled", stats.sampled - this.#told.sampled);
      this.#listener.onMissed("withheld", stats.filtered - this.#told.filtered);
      this.#told = stats;
    }
  }
}
