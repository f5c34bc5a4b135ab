import { ApiError, type EntityApi, type MutationRequest, type MutationResult } from "../optimistic/api.ts";
import { ChannelSubscriber } from "../optimistic/channels.ts";
import { type OptimisticOptions, OptimisticManager as Sender } from "../optimistic/manager.ts";
import { type Identified, type Mutation, type MutationError, Records, type Row } from "../optimistic.ts";
import type { RealtimeClient } from "./client.ts";

/** What goes with a call of the application's API, so that the server can do it once and say which change was whose. */
export interface MutationContext {
  /** To be sent as `Idempotency-Key`. */
  readonly mutationId: string;
  /** To be sent as `If-Match`. */
  readonly version: number | undefined;
}

/**
 * The application's API. What it rejects with takes the mutation back, and rejects it with the same; an {@link ApiError} may be tried
 * again, or be a conflict.
 */
export interface ApiClient {
  create<T>(entityName: string, data: Partial<T>, context: MutationContext): Promise<T>;
  update<T>(entityName: string, id: string, data: Partial<T>, context: MutationContext): Promise<T>;
  delete(entityName: string, id: string, context: MutationContext): Promise<unknown>;
}

/** A list that is shown: this package's signal, Preact's, or anything else with a `value`. */
export interface ValueSignal<T> {
  value: readonly T[];
  subscribe?(listener: (value: readonly T[]) => void): unknown;
}

interface Bound<T extends Identified> {
  readonly records: Records<T>;
  /** Takes what the application has put into the signal itself. */
  readonly take: () => void;
  readonly off: () => void;
}

/** Changes a list at once, and the server after it. Events of the entity's channel change the list, too. */
export class OptimisticManager {
  readonly #sender: Sender;
  readonly #channels: ChannelSubscriber | undefined;
  readonly #bound = new Map<object, Bound<never>>();

  constructor(apiClient: ApiClient, realtimeClient?: RealtimeClient, options: OptimisticOptions = {}) {
    this.#sender = new Sender(apiOf(apiClient), options);
    this.#channels = realtimeClient && new ChannelSubscriber(realtimeClient.client);
  }

  async create<T extends Identified>(entityName: string, data: Omit<T, "id">, signal: ValueSignal<T>): Promise<T> {
    const { records } = this.#bind(entityName, signal);
    return (await done(this.#sender.create(records, data))) as T;
  }

  async update<T extends Identified>(
    entityName: string,
    id: T["id"],
    data: Partial<T>,
    signal: ValueSignal<T>,
  ): Promise<T> {
    const { records } = this.#bind(entityName, signal);
    return (await done(this.#sender.update(records, id, data))) as T;
  }

  async delete<T extends Identified>(entityName: string, id: T["id"], signal: ValueSignal<T>): Promise<void> {
    const { records } = this.#bind(entityName, signal);
    await done(this.#sender.delete(records, id));
  }

  /** Lets go of a list; the application may have it for itself then. */
  release<T>(signal: ValueSignal<T>): void {
    this.#bound.get(signal)?.off();
    this.#bound.delete(signal);
  }

  #bind<T extends Identified>(entityName: string, signal: ValueSignal<T>): Bound<T> {
    const known = this.#bound.get(signal) as unknown as Bound<T> | undefined;
    if (known !== undefined) {
      known.take();
      return known;
    }
    const records = new Records<T>(entityName);
    records.reset(signal.value);
    let shown: readonly T[] = signal.value;
    const take = (): void => {
      if (signal.value !== shown) {
        // of a row that is shown optimistically it is known what the server has
        records.reset(
          (signal.value as readonly Row<T>[]).flatMap((row) =>
            row._optimistic ? (records.baseOf(String(row.id)) ?? []) : row,
          ),
        );
      }
    };
    const offs = [
      records.rows.subscribe((rows) => {
        shown = rows;
        signal.value = rows;
      }),
      signal.subscribe?.(take),
      this.#channels?.entity(records),
    ];
    const off = (): void => {
      for (const each of offs) {
        if (typeof each === "function") {
          each();
        }
      }
    };
    const bound = { records, take, off };
    this.#bound.set(signal, bound as unknown as Bound<never>);
    return bound;
  }
}

/** Rejects with what the API did. */
async function done<T>(mutation: Mutation<T>): Promise<T | undefined> {
  try {
    return await mutation.done;
  } catch (error) {
    const { cause } = error as MutationError;
    throw cause instanceof ApiError ? (cause.cause ?? cause) : error;
  }
}

function apiOf(client: ApiClient): EntityApi {
  const call = async <T>({
    entity,
    type,
    id = "",
    data,
    mutationId,
    version,
  }: MutationRequest<T>): Promise<T | undefined> => {
    const context = { mutationId, version };
    switch (type) {
      case "create":
        return client.create<T>(entity, data, context);
      case "update":
        return client.update<T>(entity, id, data, context);
      case "delete":
        await client.delete(entity, id, context);
        return undefined;
    }
  };
  return {
    send: async <T>(request: MutationRequest<T>): Promise<MutationResult<T>> => {
      try {
        return { data: await call(request) };
      } catch (cause) {
        throw cause instanceof ApiError ? cause : new ApiError(0, String(cause), { cause });
      }
    },
  };
}
