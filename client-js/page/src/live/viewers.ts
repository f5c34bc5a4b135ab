import { GatewayError, type HeliographClient } from "@heliograph/client";
import { PresenceManager, type PresenceMember } from "@heliograph/client/presence";
import { type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { fields, text } from "../model/json.ts";

/** What others see of a viewer. */
export interface Viewing {
  /** The trace that is followed. */
  readonly follows: string | undefined;
  /** The filter, in words. */
  readonly filter: string | undefined;
}

/** One who looks at the same graph. */
export interface Viewer {
  readonly id: string;
  readonly name: string;
  readonly isMe: boolean;
  /** Was here before the connection broke. */
  readonly stale: boolean;
  readonly tabs: number;
  readonly since: number;
  readonly viewing: Viewing;
}

/** `off`: nobody is known yet; `hidden`: the token does not permit to see who is there. Each by itself, `published`: others see this user. */
export type Company =
  | { readonly state: "off" }
  | { readonly state: "hidden"; readonly channel: string; readonly published: boolean }
  | {
      readonly state: "seen";
      readonly channel: string;
      readonly published: boolean;
      readonly viewers: readonly Viewer[];
      readonly count: number;
    };

/** So that metadata stays within 1 KiB whatever is filtered by, at four bytes a character. */
const WORDS_MAX = 100;

/**
 * Who else looks at this graph: this user is a member of its presence channel while the page is connected. To see and to be seen are two
 * grants, each of which a token may have without the other.
 */
export class Viewers {
  readonly #company: Signal<Company> = signal<Company>({ state: "off" });
  #manager: PresenceManager | undefined;
  #offs: (() => void)[] = [];
  #viewing: Viewing = { follows: undefined, filter: undefined };
  #userId: string | undefined;
  /** The gateway has told who is there, or that it will not; undefined: neither. */
  #sees: boolean | undefined;
  /** Whether others see this user; undefined: that is asked for. */
  #published: boolean | undefined;

  get company(): ReadonlySignal<Company> {
    return this.#company;
  }

  /** Joins by this client those who look at that graph; leaves those of before. */
  join(client: HeliographClient, graph: string): void {
    this.leave();
    const name = `presence:graph-${graph}`;
    // listened to before the manager asks for it, so that both have the same handle
    const unlisten = client.channel(name).on("error", (error) => {
      if (isForbidden(error)) {
        this.#sees = false;
        show();
      }
    });
    const manager = new PresenceManager(client, `graph-${graph}`);
    const show = (): void => this.#show(manager, name);
    this.#manager = manager;
    this.#offs = [
      unlisten,
      client.on("identity", ({ userId }) => {
        this.#userId = userId;
      }),
      manager.on("sync", () => {
        this.#sees = true;
        show();
      }),
      manager.on("error", (error) => {
        if (isForbidden(error)) {
          this.#published = manager.joined.value;
          show();
        }
      }),
      manager.joined.subscribe((joined) => {
        // who is cut off is so for a moment, and will be seen again
        this.#published = joined || this.#published;
        show();
      }),
      manager.members.subscribe(show),
      manager.count.subscribe(show),
    ];
    manager.join(toMetadata(this.#viewing));
  }

  leave(): void {
    for (const off of this.#offs) {
      off();
    }
    this.#offs = [];
    this.#manager?.close();
    this.#manager = undefined;
    this.#sees = undefined;
    this.#published = undefined;
    this.#company.value = { state: "off" };
  }

  /** Tells others what this user looks at. */
  tell(viewing: Viewing): void {
    this.#viewing = viewing;
    this.#manager?.update(toMetadata(viewing));
  }

  #show({ members, count }: PresenceManager, channel: string): void {
    if (this.#sees === true) {
      const viewers = [...members.value.values()].map((member) => this.#toViewer(member));
      viewers.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.since - b.since);
      const published = this.#published !== false;
      this.#company.value = { state: "seen", channel, published, viewers, count: count.value };
    } else if (this.#sees === false && this.#published !== undefined) {
      this.#company.value = { state: "hidden", channel, published: this.#published };
    }
  }

  #toViewer({ id, name, stale, connections, joinedAt, metadata }: PresenceMember): Viewer {
    const said = fields(metadata);
    return {
      id,
      name: name ?? id,
      isMe: id === this.#userId,
      stale,
      tabs: connections,
      since: joinedAt,
      viewing: { follows: text(said["follows"]), filter: text(said["filter"]) },
    };
  }
}

function isForbidden(error: Error): boolean {
  return error instanceof GatewayError && error.code === "FORBIDDEN";
}

function toMetadata({ follows, filter }: Viewing): Record<string, string> {
  return {
    ...(follows === undefined ? {} : { follows: follows.slice(0, WORDS_MAX) }),
    ...(filter === undefined ? {} : { filter: filter.slice(0, WORDS_MAX) }),
  };
}
