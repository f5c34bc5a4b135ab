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

/** `off`: nobody is asked; `hidden`: the token does not permit to see or to be seen on the channel that is named. */
export type Company =
  | { readonly state: "off" }
  | { readonly state: "hidden"; readonly channel: string }
  | { readonly state: "seen"; readonly viewers: readonly Viewer[]; readonly count: number };

/** So that metadata stays within 1 KiB whatever is filtered by, at four bytes a character. */
const WORDS_MAX = 100;

/** Who else looks at this graph: this user is a member of its presence channel while the page is connected. */
export class Viewers {
  readonly #company: Signal<Company> = signal<Company>({ state: "off" });
  #manager: PresenceManager | undefined;
  #offs: (() => void)[] = [];
  #viewing: Viewing = { follows: undefined, filter: undefined };
  #userId: string | undefined;

  get company(): ReadonlySignal<Company> {
    return this.#company;
  }

  /** Joins by this client those who look at that graph; leaves those of before. */
  join(client: HeliographClient, graph: string): void {
    this.leave();
    const name = `presence:graph-${graph}`;
    // listened to before the manager asks for it, so that both have the same handle
    const channel = client.channel(name);
    const refuse = (error: Error): void => {
      if (error instanceof GatewayError && error.code === "FORBIDDEN") {
        this.#company.value = { state: "hidden", channel: name };
      }
    };
    this.#offs = [channel.on("error", refuse)];
    const manager = new PresenceManager(client, `graph-${graph}`);
    this.#manager = manager;
    this.#offs.push(
      client.on("identity", ({ userId }) => {
        this.#userId = userId;
      }),
      manager.on("error", refuse),
      manager.members.subscribe((members) => this.#onMembers(members)),
      manager.count.subscribe(() => this.#onMembers(manager.members.value)),
    );
    manager.join(toMetadata(this.#viewing));
  }

  leave(): void {
    for (const off of this.#offs) {
      off();
    }
    this.#offs = [];
    this.#manager?.close();
    this.#manager = undefined;
    this.#company.value = { state: "off" };
  }

  /** Tells others what this user looks at. */
  tell(viewing: Viewing): void {
    this.#viewing = viewing;
    this.#manager?.update(toMetadata(viewing));
  }

  #onMembers(members: ReadonlyMap<string, PresenceMember>): void {
    const count = this.#manager?.count.value ?? 0;
    if (count > 0) {
      const viewers = [...members.values()].map((member) => this.#toViewer(member));
      viewers.sort((a, b) => Number(b.isMe) - Number(a.isMe) || a.since - b.since);
      this.#company.value = { state: "seen", viewers, count };
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

function toMetadata({ follows, filter }: Viewing): Record<string, string> {
  return {
    ...(follows === undefined ? {} : { follows: follows.slice(0, WORDS_MAX) }),
    ...(filter === undefined ? {} : { filter: filter.slice(0, WORDS_MAX) }),
  };
}
