import { type BackoffOptions, nextDelay } from "../backoff.ts";
import { type Clock, systemClock } from "../clock.ts";
import { type Complete, withDefaults } from "../defaults.ts";
import { Emitter } from "../emitter.ts";
import { ApiError, type EntityApi, type MutationRequest, type MutationResult } from "./api.ts";
import { merge } from "./coalesce.ts";
import { type Conflict, differing, equal } from "./conflict.ts";
import { newId } from "./ids.ts";
import {
  type Mutation,
  MutationError,
  type MutationOptions,
  type MutationStatus,
  type Pending,
  type RollbackReason,
} from "./mutation.ts";
import type { Applied, Entry, Identified, Records } from "./records.ts";

export interface OptimisticOptions {
  /** Where a mutation has none of its own. Default `server-wins`. */
  readonly conflict?: "server-wins" | "client-wins" | "merge" | undefined;
  /** Most mutations that wait at once; one more throws. Default 1,000. */
  readonly pendingMax?: number | undefined;
  /** How often a request is sent whose answer does not come, or is a 408, 425, 429 or 5xx. Default 10. */
  readonly attemptsMax?: number | undefined;
  /** How long an accepted change that has no version waits for its event. Default 5 s. */
  readonly settleMs?: number | undefined;
  readonly backoff?: BackoffOptions | undefined;
  readonly clock?: Clock | undefined;
  /** From 0 to below 1. */
  readonly random?: (() => number) | undefined;
}

export interface OptimisticEvents {
  rollback: MutationError;
}

/** One request, and what it stands for. A record has one at a time. */
interface Request<T extends Identified> {
  readonly records: Records<T>;
  key: string;
  /** Those not settled. */
  entries: Pending<T>[];
  readonly message: MutationRequest<T>;
  attempts: number;
  /** The channel told of the record since it was sent. */
  told: boolean;
}

const DEFAULTS = {
  conflict: "server-wins",
  pendingMax: 1_000,
  attemptsMax: 10,
  settleMs: 5_000,
  backoff: { baseMs: 500, capMs: 20_000, floorMs: 100 },
  clock: systemClock,
  random: Math.random,
} as const;

const TRANSIENT = [408, 425, 429];
const GONE = [404, 410];
const CONFLICT = [409, 412];
const CLIENT_WINS_MAX = 3;
const TEMPORARY = "temp_";

/**
 * Shows at once what the user does, sends it, and takes back what comes to nothing: that one mutation, not what was done after it.
 * Mutations of one record go one after the other, those of different records beside each other.
 *
 * ```
 * queued ── sent ──► inflight ── accepted, or told of by the channel ──► confirmed
 *   ▲  │                │  └──── no answer ──► unknown ── sent again with the same key ──► inflight
 *   │  └─ rolled-back ◄─┤ refused
 *   └──────── conflict ─┘
 * ```
 */
export class OptimisticManager {
  readonly #api: EntityApi;
  readonly #options: Complete<OptimisticOptions>;
  readonly #events = new Emitter<OptimisticEvents>();
  readonly #requests = new Set<Request<never>>();
  readonly #watched = new WeakSet<object>();
  #pending = 0;

  constructor(api: EntityApi, options: OptimisticOptions = {}) {
    this.#api = api;
    this.#options = withDefaults(DEFAULTS, options);
  }

  /** Mutations that are not settled. */
  get pending(): number {
    return this.#pending;
  }

  /** Listens; returns its own off. */
  on<K extends keyof OptimisticEvents>(name: K, listener: (event: OptimisticEvents[K]) => void): () => void {
    return this.#events.on(name, listener);
  }

  /** With an `id` in the data the record is named by the client, else by the server. */
  create<T extends Identified>(
    records: Records<T>,
    data: Omit<T, "id"> & Partial<Identified>,
    options: MutationOptions<T> = {},
  ): Mutation<T> {
    const key = data.id === undefined ? `${TEMPORARY}${newId(this.#options.clock.now())}` : String(data.id);
    if (records.get(key) !== undefined) {
      throw new MutationError("refused", key, `there is a ${records.entity} ${key} already`);
    }
    return this.#add(records, "create", key, data as Partial<T>, options);
  }

  update<T extends Identified>(
    records: Records<T>,
    id: string | number,
    patch: Partial<Omit<T, "id">>,
    options: MutationOptions<T> = {},
  ): Mutation<T> {
    return this.#add(records, "update", this.#present(records, id), patch as Partial<T>, options);
  }

  delete<T extends Identified>(
    records: Records<T>,
    id: string | number,
    options: MutationOptions<T> = {},
  ): Mutation<T> {
    return this.#add(records, "delete", this.#present(records, id), {}, options);
  }

  #present<T extends Identified>(records: Records<T>, id: string | number): string {
    if (records.get(id) === undefined) {
      throw new MutationError("record-gone", String(id), `there is no ${records.entity} ${id}`);
    }
    return records.resolve(id);
  }

  #add<T extends Identified>(
    records: Records<T>,
    type: Entry<T>["type"],
    key: string,
    patch: Partial<T>,
    { conflict = this.#options.conflict }: MutationOptions<T>,
  ): Mutation<T> {
    const { pendingMax } = this.#options;
    if (this.#pending >= pendingMax) {
      throw new MutationError("refused", key, `there are ${pendingMax} mutations that wait already`);
    }
    if (!this.#watched.has(records)) {
      this.#watched.add(records);
      records.watch({
        onApplied: (applied) => this.#onApplied(records, applied),
        onLoaded: () => this.#onLoaded(records),
      });
    }
    this.#pending++;
    let status: MutationStatus | undefined;
    const settle = (as: MutationStatus): void => {
      status = as;
      this.#pending--;
    };
    let entry: Pending<T> | undefined;
    const done = new Promise<T | undefined>((resolve, reject) => {
      entry = {
        type,
        key,
        patch,
        base: records.baseOf(key),
        status: "queued",
        mutationId: undefined,
        policy: conflict,
        tries: 0,
        resolve: (record) => {
          if (status === undefined) {
            settle("confirmed");
            resolve(record);
          }
        },
        reject: (error) => {
          if (status === undefined) {
            settle("rolled-back");
            reject(error);
            this.#events.emit("rollback", error);
          }
        },
      };
    });
    done.catch(() => {});
    const added = entry as unknown as Pending<T>;
    records.add(added);
    this.#pump(records, key);
    return {
      get id() {
        return added.key;
      },
      get status() {
        return status ?? (added.status as MutationStatus);
      },
      done,
      rollback: () => {
        if (status !== undefined) {
          return false;
        }
        this.#rollback(records, [added], "rolled-back", "taken back");
        return true;
      },
    };
  }

  /** Sends what waits of this record, as one request, unless one is on its way. */
  #pump<T extends Identified>(records: Records<T>, key: string): void {
    const isBusy = this.#requestsOf(records).some((request) => request.key === key);
    const queued = records.entriesOf(key).filter(({ status }) => status === "queued") as Pending<T>[];
    const [first] = queued;
    if (isBusy || first === undefined) {
      return;
    }
    const again = queued.findIndex(({ type }, i) => i > 0 && type === "create");
    const entries = again < 0 ? queued : queued.slice(0, again);
    const merged = merge(entries);
    if (merged === undefined) {
      this.#confirm(records, entries, undefined);
      this.#pump(records, key);
      return;
    }
    const message = {
      entity: records.entity,
      type: merged.type,
      id: key.startsWith(TEMPORARY) ? undefined : key,
      data: merged.patch,
      mutationId: newId(this.#options.clock.now()),
      version: merged.type === "create" ? undefined : records.versionOf(key),
    };
    for (const entry of entries) {
      entry.mutationId = message.mutationId;
    }
    const request: Request<T> = { records, key, entries, message, attempts: 0, told: false };
    this.#requests.add(request as never);
    this.#send(request);
  }

  #send<T extends Identified>(request: Request<T>): void {
    request.attempts++;
    this.#mark(request, "inflight");
    // what is thrown at once is a lost answer like any other
    new Promise<MutationResult<T>>((resolve) => resolve(this.#api.send(request.message))).then(
      (result) => this.#onDone(request, result),
      (error: unknown) => this.#onFailed(request, error),
    );
  }

  #mark<T extends Identified>({ records, key, entries }: Request<T>, status: Entry<T>["status"]): void {
    for (const entry of entries) {
      entry.status = status;
    }
    records.touch(key);
  }

  #onDone<T extends Identified>(request: Request<T>, { data, version }: MutationResult<T>): void {
    const { records, message, key } = request;
    const { type, mutationId } = message;
    const id = data?.id === undefined ? key : String(data.id);
    const isVersioned = (version ?? (data && records.versionIn(data))) !== undefined;
    const fields = { ...message.data, ...data } as Partial<T>;
    // what is left out of the answer is as it was, if that is still what is known
    const isKept = records.baseOf(key) !== undefined && records.versionOf(key) === message.version;
    const isWhole = data !== undefined || type === "create" || isKept;
    if (type === "delete") {
      records.learn({ op: "deleted", id, version, mutationId });
    } else if (isVersioned && isWhole && (!request.told || records.baseOf(id) !== undefined)) {
      const op = type === "create" ? "created" : "updated";
      const before = type === "create" ? undefined : records.baseOf(key);
      records.learn({ op, id, version, mutationId, data: { id: key, ...before, ...fields } as T });
    } else if (type === "create" && records.knows(id)) {
      records.learn({ op: "created", id, mutationId });
    } else {
      // without a version nobody knows whether what was told meanwhile is newer, and then it is believed
      records.accept(key, id, isWhole && !isVersioned && !request.told ? fields : undefined);
      request.key = id;
      this.#accept(request, fields);
    }
    this.#finish(request);
  }

  /** Shows what was accepted on top of what may have been told before it, until its event comes. */
  #accept<T extends Identified>({ records, key, entries }: Request<T>, fields: Partial<T>): void {
    const accepted = [...entries];
    for (const entry of accepted) {
      entry.status = "acked";
      const names = Object.keys(entry.patch) as (keyof T)[];
      entry.patch = Object.fromEntries(names.map((name) => [name, fields[name]])) as Partial<T>;
    }
    records.touch(key);
    for (const { resolve } of accepted) {
      resolve(records.get(key));
    }
    this.#options.clock.setTimer(() => records.drop(accepted), this.#options.settleMs);
  }

  #onFailed<T extends Identified>(request: Request<T>, error: unknown): void {
    const { records, entries, message, attempts } = request;
    const { attemptsMax, backoff, clock, random } = this.#options;
    const { status, retryAfterMs, message: why } = error as Partial<ApiError>;
    if (entries.length === 0) {
      this.#finish(request);
    } else if (!(error instanceof ApiError) || TRANSIENT.includes(status ?? 0) || error.status >= 500) {
      if (attempts < attemptsMax) {
        this.#mark(request, "unknown");
        const again = (): void => (request.entries.length > 0 ? this.#send(request) : this.#finish(request));
        clock.setTimer(again, retryAfterMs ?? nextDelay(attempts - 1, backoff, random));
      } else {
        this.#rollback(records, entries, "unreachable", `no answer after ${attempts} attempts: ${why}`, error);
        this.#finish(request);
      }
    } else if (message.type === "delete" && GONE.includes(error.status)) {
      this.#onDone(request, {});
    } else if (CONFLICT.includes(error.status)) {
      void this.#onConflict(request, error);
    } else {
      this.#rollback(records, entries, "refused", error.message, error);
      this.#finish(request);
    }
  }

  async #onConflict<T extends Identified>(request: Request<T>, error: ApiError): Promise<void> {
    const { records, key, message } = request;
    let current = error.current as MutationResult<T> | undefined;
    let isKnown = current?.data !== undefined && (!request.told || records.baseOf(key) !== undefined);
    if (!isKnown && this.#api.read !== undefined && message.type !== "create") {
      request.told = false;
      try {
        current = await this.#api.read<T>(message.entity, key);
        isKnown = !request.told;
      } catch {
        // what the channel has told is what is known
      }
    }
    if (isKnown) {
      records.learn({ op: current?.data === undefined ? "deleted" : "updated", id: key, ...current });
    }
    const remote = records.baseOf(key);
    for (const entry of [...request.entries]) {
      const fields = differing(entry, entry.base, remote);
      entry.tries++;
      const tries = entry.policy === "client-wins" ? CLIENT_WINS_MAX : this.#options.attemptsMax;
      const canGoOn = remote !== undefined && message.type !== "create" && entry.tries <= tries;
      entry.status = "queued";
      entry.mutationId = undefined;
      this.#judge(records, entry, remote, fields, canGoOn, error);
      request.entries = request.entries.filter((other) => other !== entry);
    }
    this.#finish(request);
  }

  /** Lets an entry wait on, changed as its policy says, or takes it back. */
  #judge<T extends Identified>(
    records: Records<T>,
    entry: Pending<T>,
    remote: T | undefined,
    fields: readonly (keyof T)[],
    canGoOn: boolean,
    cause?: unknown,
  ): void {
    const { policy, key, patch, base, type } = entry;
    const conflict: Conflict<T> = { id: key, patch, base, remote, fields };
    let wanted: Partial<T> | undefined;
    if (policy === "client-wins" || (policy === "merge" && type === "update" && fields.length === 0)) {
      wanted = patch;
    } else if (typeof policy === "function") {
      wanted = policy(conflict);
    }
    if (wanted === undefined || !canGoOn) {
      this.#rollback(
        records,
        [entry],
        remote === undefined ? "record-gone" : "conflict",
        `${records.entity} ${key} was changed by somebody else`,
        cause,
        conflict,
      );
    } else {
      entry.patch = wanted;
      entry.base = remote;
      records.touch(key);
    }
  }

  /** Somebody said what a record is now: the channel, a load, or an answer. */
  #onApplied<T extends Identified>(records: Records<T>, { key, before, after, confirmed }: Applied<T>): void {
    for (const request of this.#requestsOf(records)) {
      request.key = records.resolve(request.key);
      request.told ||= request.key === key && !equal(before, after);
    }
    this.#confirm(records, confirmed as Pending<T>[], after);
    const entries = records.entriesOf(key) as Pending<T>[];
    const queued = entries.filter(({ status }) => status === "queued");
    if (confirmed.length === 0 && before !== undefined && after !== undefined) {
      // what is on its way was to be expected
      const sent = entries.filter((entry) => !queued.includes(entry));
      const expected = Object.assign({}, before, ...sent.map(({ patch }) => patch)) as T;
      for (const entry of queued) {
        const fields = differing(entry, expected, after);
        if (fields.length > 0) {
          this.#judge(records, entry, after, fields, true);
        }
      }
    }
    this.#dropOrphans(records, key);
    this.#pump(records, key);
  }

  #onLoaded<T extends Identified>(records: Records<T>): void {
    for (const request of this.#requestsOf(records)) {
      request.told = true;
    }
  }

  #rollback<T extends Identified>(
    records: Records<T>,
    entries: readonly Pending<T>[],
    reason: RollbackReason,
    message: string,
    cause?: unknown,
    conflict?: Conflict<T>,
  ): void {
    const dropped = [...entries];
    this.#settled(records, dropped);
    records.drop(dropped);
    for (const { key, reject } of dropped) {
      reject(new MutationError(reason, key, message, cause, conflict as Conflict<unknown> | undefined));
    }
    for (const key of new Set(dropped.map((entry) => entry.key))) {
      this.#dropOrphans(records, key);
    }
  }

  #confirm<T extends Identified>(records: Records<T>, entries: readonly Pending<T>[], record: T | undefined): void {
    const confirmed = [...entries];
    this.#settled(records, confirmed);
    records.drop(confirmed.filter(({ status }) => status !== "acked"));
    for (const { resolve, type } of confirmed) {
      resolve(type === "delete" ? undefined : record);
    }
  }

  /** What changes a record that is not there, and will not be. */
  #dropOrphans<T extends Identified>(records: Records<T>, key: string): void {
    let isThere = records.baseOf(key) !== undefined;
    const orphans: Pending<T>[] = [];
    for (const entry of records.entriesOf(key) as Pending<T>[]) {
      if (entry.type !== "create" && !isThere && entry.status === "queued") {
        orphans.push(entry);
      }
      isThere = entry.type === "create" || (isThere && entry.type === "update");
    }
    if (orphans.length > 0) {
      this.#rollback(records, orphans, "record-gone", `${records.entity} ${key} is no longer there`);
    }
  }

  #settled<T extends Identified>(records: Records<T>, entries: readonly Pending<T>[]): void {
    for (const request of this.#requestsOf(records)) {
      request.entries = request.entries.filter((entry) => !entries.includes(entry));
    }
  }

  #requestsOf<T extends Identified>(records: Records<T>): Request<T>[] {
    return ([...this.#requests] as unknown as Request<T>[]).filter((request) => request.records === records);
  }

  #finish<T extends Identified>(request: Request<T>): void {
    this.#requests.delete(request as never);
    this.#pump(request.records, request.key);
  }
}
