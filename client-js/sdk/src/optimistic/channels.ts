import { hold } from "../holders.ts";
import type { Publication } from "../protocol.ts";
import type { Subscription } from "../subscription.ts";
import type { Change, Identified, Records } from "./records.ts";

/** The part of a client that is used. */
export interface ChannelClient {
  channel(name: string): Subscription;
}

export interface ChannelOptions<T> {
  /** Fetches what the API has: at the beginning, and when something was missed that the gateway no longer has. */
  readonly load?: () => Promise<T>;
  /** The load failed: what is shown may be old until the next one. Default: the error is thrown where no one catches it. */
  readonly onError?: (error: unknown) => void;
}

const OPS = { "entity:created": "created", "entity:updated": "updated", "entity:deleted": "deleted" } as const;

/** Keeps records as their channels say: all of a type, or single ones. */
export class ChannelSubscriber {
  readonly #client: ChannelClient;

  constructor(client: ChannelClient) {
    this.#client = client;
  }

  /** All records of a type, by `entity:{name}`. Returns its own off. */
  entity<T extends Identified>(records: Records<T>, options: ChannelOptions<readonly T[]> = {}): () => void {
    const { load } = options;
    return this.#listen(`entity:${records.entity}`, records, options, load && (() => records.load(load)));
  }

  /** One record, by `entity:{name}:{id}`; what `load` fetches is that one, `undefined`: there is none. Returns its own off. */
  record<T extends Identified>(
    records: Records<T>,
    id: string | number,
    options: ChannelOptions<T | undefined> = {},
  ): () => void {
    const { load } = options;
    return this.#listen(`entity:${records.entity}:${id}`, records, options, load && (() => records.loadOne(id, load)));
  }

  #listen<T extends Identified>(
    name: string,
    records: Records<T>,
    { onError = throwLater }: ChannelOptions<unknown>,
    load: (() => Promise<void>) | undefined,
  ): () => void {
    const channel = this.#client.channel(name);
    const refetch = (): void => void load?.().catch(onError);
    const offs = [
      channel.on("publication", (publication) => {
        const change = changeOf<T>(publication);
        if (change !== undefined) {
          records.apply(change);
        }
      }),
      channel.on("subscribed", ({ recovered }) => recovered || refetch()),
      channel.on("lost", refetch),
    ];
    if (channel.state === "subscribed") {
      refetch();
    }
    offs.push(hold(channel));
    return () => {
      for (const off of offs) {
        off();
      }
    };
  }
}

/** What an entity event says; undefined: it is none. Source: docs/PROTOCOL.md, "Entities". */
function changeOf<T>({ type, data, meta }: Publication): Change<T> | undefined {
  const op = OPS[type as keyof typeof OPS] as Change<T>["op"] | undefined;
  const { id, version, mutationId } = meta ?? {};
  return op === undefined || typeof id !== "string"
    ? undefined
    : {
        op,
        id,
        version: typeof version === "number" ? version : undefined,
        mutationId: typeof mutationId === "string" ? mutationId : undefined,
        data: data as T,
      };
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
