import { type ReadonlySignal, Signal } from "../signal.ts";

/** A record of an entity type; `id` and whatever else it has. */
export interface Identified {
  readonly id: string | number;
}

/** A record as it is shown: `_optimistic` while something of it waits for the server. */
export type Row<T> = T & { readonly _optimistic?: true };

/** What the server says has become of a record. */
export interface Change<T> {
  readonly op: "created" | "updated" | "deleted";
  readonly id: string;
  /** Rises with each change of the record. */
  readonly version?: number | undefined;
  /** The mutation that made it, as its `Idempotency-Key` said. */
  readonly mutationId?: string | undefined;
  /** The whole record; absent: deleted. */
  readonly data?: T | undefined;
}

export interface RecordsOptions<T> {
  /** Default: the field `version`, if it is a number. */
  readonly version?: (record: T) => number | undefined;
}

/** One step of the log: what the user did and the server has not told of yet. */
export interface Entry<T> {
  readonly type: "create" | "update" | "delete";
  key: string;
  /** The fields that are set. */
  patch: Partial<T>;
  /** The server's record when the user did it. */
  readonly base: T | undefined;
  status: "queued" | "inflight" | "unknown" | "acked";
  /** Of the request by which it was sent. */
  mutationId: string | undefined;
}

/** A change of the server's record. */
export interface Applied<T> {
  readonly key: string;
  readonly before: T | undefined;
  readonly after: T | undefined;
  /** No longer in the log, for the server has told of them. */
  readonly confirmed: readonly Entry<T>[];
}

/** Who has sent something about records. */
export interface Watcher<T> {
  onApplied(applied: Applied<T>): void;
  /** The base was replaced. */
  onLoaded(): void;
}

interface Kept<T> {
  readonly value: T;
  readonly version: number | undefined;
}

/** Deleted records remembered, so that what was told of them earlier and comes later does not bring them back. */
const GRAVES_MAX = 1_000;
/** Names that creates had before the server named them. */
const ALIASES_MAX = 10_000;

/**
 * The records of one entity type. What the server said is the base; what the user did and the server has not told of is the log;
 * what is shown is the log folded over the base, and nothing else.
 */
export class Records<T extends Identified> {
  readonly entity: string;
  readonly #versionOf: (record: T) => number | undefined;
  readonly #base = new Map<string, Kept<T>>();
  /** Deleted, at that version or (not exact) at a later one. */
  readonly #graves = new Map<string, { readonly version: number | undefined; readonly isExact: boolean }>();
  readonly #aliases = new Map<string, string>();
  readonly #view = new Map<string, Row<T>>();
  readonly #rows = new Signal<readonly Row<T>[]>([]);
  readonly #watchers: Watcher<T>[] = [];
  /** For each load under way, the keys that changed since it began. */
  readonly #loads = new Set<Set<string>>();
  /** The keys of base and view, as they are shown. */
  #order = new Set<string>();
  #log: Entry<T>[] = [];

  constructor(entity: string, options: RecordsOptions<T> = {}) {
    this.entity = entity;
    this.#versionOf = options.version ?? defaultVersion;
  }

  /** All that are there, as the user takes them to be. */
  get rows(): ReadonlySignal<readonly Row<T>[]> {
    return this.#rows;
  }

  get(id: string | number): Row<T> | undefined {
    return this.#view.get(this.resolve(id));
  }

  /** One of them; `undefined` while it is not there. */
  record(id: string | number): ReadonlySignal<Row<T> | undefined> {
    const peek = (): Row<T> | undefined => this.get(id);
    return {
      get value() {
        return peek();
      },
      peek,
      subscribe: (listener) => {
        const own = new Signal(peek());
        const off = this.#rows.subscribe(() => {
          own.value = peek();
        });
        const offOwn = own.subscribe(listener);
        return () => {
          off();
          offOwn();
        };
      },
    };
  }

  /** Takes what the channel tells. What is not newer than what is known changes nothing, but confirms. */
  apply(change: Change<T>): void {
    this.learn(change);
    for (const load of this.#loads) {
      load.add(this.resolve(change.id));
    }
  }

  /** Takes what an answer says: unlike the channel, which goes on, it may be older than a load under way. @internal */
  learn(change: Change<T>): void {
    const own = this.#log.filter(({ mutationId }) => mutationId !== undefined && mutationId === change.mutationId);
    const [first] = own;
    let key = this.resolve(change.id);
    if (first?.type === "create") {
      this.#alias(first.key, key);
    }
    key = this.resolve(change.id);
    const before = this.baseOf(key);
    const data = change.op === "deleted" ? undefined : change.data;
    const version = change.version ?? (data && this.#versionOf(data));
    if ((data !== undefined || change.op === "deleted") && this.#isNewer(key, change.op, version)) {
      this.#write(key, data, version);
    }
    const done = [...own, ...this.#settledBy(key, change)];
    this.#log = this.#log.filter((entry) => !done.includes(entry));
    this.#show(key);
    this.#tell({ key, before, after: this.baseOf(key), confirmed: done });
  }

  /** Replaces the base by what is fetched, but for what changes meanwhile. What the user did stays. */
  async load(fetch: () => Promise<readonly T[]>): Promise<void> {
    const changed = new Set<string>();
    this.#loads.add(changed);
    try {
      const fetched = await fetch();
      if (this.#loads.has(changed)) {
        this.#replace(fetched, changed);
      }
    } finally {
      this.#loads.delete(changed);
    }
  }

  /** Takes one record as it is fetched, `undefined`: there is none; but for what changes meanwhile. */
  async loadOne(id: string | number, fetch: () => Promise<T | undefined>): Promise<void> {
    const changed = new Set<string>();
    this.#loads.add(changed);
    try {
      const data = await fetch();
      const isDated = (data && this.#versionOf(data)) !== undefined;
      if (this.#loads.has(changed) && (isDated || !changed.has(this.resolve(id)))) {
        this.learn({ op: data === undefined ? "deleted" : "created", id: String(id), data });
        this.#loaded();
      }
    } finally {
      this.#loads.delete(changed);
    }
  }

  /** Replaces the base by what is known to be there now. */
  reset(records: readonly T[]): void {
    this.#replace(records, new Set());
  }

  /** The key by which a record is known now. @internal */
  resolve(id: string | number): string {
    return this.#aliases.get(String(id)) ?? String(id);
  }

  /** @internal */
  versionOf(key: string): number | undefined {
    return this.#base.get(key)?.version;
  }

  /** @internal */
  versionIn(record: T): number | undefined {
    return this.#versionOf(record);
  }

  /** @internal */
  baseOf(key: string): T | undefined {
    return this.#base.get(key)?.value;
  }

  /** What the log says of one record, in order. @internal */
  entriesOf(key: string): Entry<T>[] {
    return this.#log.filter((entry) => entry.key === key);
  }

  /** @internal */
  add(entry: Entry<T>): void {
    this.#log.push(entry);
    this.#show(entry.key);
  }

  /** Takes entries out of the log. @internal */
  drop(entries: readonly Entry<T>[]): void {
    this.#log = this.#log.filter((entry) => !entries.includes(entry));
    for (const key of new Set(entries.map((entry) => entry.key))) {
      this.#show(key);
    }
  }

  /** Takes a record's own id, and fields that the server accepted without saying which version that makes. @internal */
  accept(key: string, id: string, fields: Partial<T> | undefined): void {
    this.#alias(key, id);
    if (fields !== undefined) {
      const kept = this.#base.get(id);
      this.#base.set(id, { version: undefined, ...kept, value: { id, ...kept?.value, ...fields } as T });
    }
  }

  /** Whether the server has ever said something about it. @internal */
  knows(key: string): boolean {
    return this.#base.has(key) || this.#graves.has(key);
  }

  /** After an entry has changed. @internal */
  touch(key: string): void {
    this.#show(key);
  }

  /** @internal */
  watch(watcher: Watcher<T>): void {
    this.#watchers.push(watcher);
  }

  /** What the log says of a record and has come to be. Somebody else's creation is none of ours, if it is known to be somebody else's. */
  #settledBy(key: string, { op, mutationId }: Change<T>): Entry<T>[] {
    const isCreation = op === "created" && mutationId === undefined;
    const isThere = this.#base.has(key);
    let isAwaited = false;
    return this.entriesOf(key).filter(({ type, status }) => {
      if (type === "create") {
        const isDone = status === "acked" || (isCreation && isThere && status !== "queued");
        isAwaited ||= !isDone;
        return isDone;
      }
      return !isThere && !isAwaited && (type === "delete" || status === "acked");
    });
  }

  #isNewer(key: string, op: Change<T>["op"], version: number | undefined): boolean {
    const grave = this.#graves.get(key);
    const known = grave?.version ?? this.versionOf(key);
    const isLater = version === undefined || known === undefined || version > known;
    return isLater && (grave === undefined || op === "created" || (grave.isExact && version !== undefined));
  }

  #write(key: string, value: T | undefined, version: number | undefined): void {
    const known = version ?? this.versionOf(key);
    this.#graves.delete(key);
    if (value === undefined) {
      this.#base.delete(key);
      this.#graves.set(key, { version: known, isExact: version !== undefined });
      trim(this.#graves, GRAVES_MAX);
    } else {
      this.#base.set(key, { value, version: known });
    }
  }

  #replace(fetched: readonly T[], changed: ReadonlySet<string>): void {
    // one that began earlier knows less
    for (const load of this.#loads) {
      this.#loads.delete(load);
      if (load === changed) {
        break;
      }
    }
    const befores = new Map(this.#log.map(({ key }) => [key, this.baseOf(key)]));
    const found = new Map(fetched.map((record) => [String(record.id), record]));
    for (const key of [...this.#base.keys()].filter((each) => !found.has(each) && !changed.has(each))) {
      this.#base.delete(key);
    }
    for (const [key, record] of found) {
      const version = this.#versionOf(record);
      const known = this.#base.get(key)?.version ?? this.#graves.get(key)?.version;
      if (version !== undefined && known !== undefined ? version > known : !changed.has(key)) {
        this.#write(key, record, version);
      }
    }
    this.#order = new Set([...found.keys(), ...this.#order]);
    this.#show(...this.#order);
    this.#loaded();
    for (const [key, before] of befores) {
      this.#tell({ key, before, after: this.baseOf(key), confirmed: [] });
    }
  }

  #loaded(): void {
    for (const watcher of this.#watchers) {
      watcher.onLoaded();
    }
  }

  #tell(applied: Applied<T>): void {
    for (const watcher of this.#watchers) {
      watcher.onApplied(applied);
    }
  }

  #alias(from: string, to: string): void {
    if (from === to) {
      return;
    }
    this.#aliases.set(from, to);
    trim(this.#aliases, ALIASES_MAX);
    for (const entry of this.#log) {
      entry.key = this.resolve(entry.key);
    }
    this.#order = new Set([...this.#order].map((key) => this.resolve(key)));
    this.#view.delete(from);
  }

  /** Folds these records anew, and tells if that changes what is shown. */
  #show(...keys: readonly string[]): void {
    for (const key of keys) {
      const row = this.#fold(key);
      if (row === undefined) {
        this.#view.delete(key);
      } else if (!isSame(row, this.#view.get(key))) {
        this.#view.set(key, row);
      }
      // a record that is only hidden keeps its place
      if (row !== undefined || this.#base.has(key)) {
        this.#order.add(key);
      } else {
        this.#order.delete(key);
      }
    }
    const rows = [...this.#order].flatMap((key) => this.#view.get(key) ?? []);
    if (!isSame(rows, this.#rows.value)) {
      this.#rows.value = rows;
    }
  }

  #fold(key: string): Row<T> | undefined {
    let row: Row<T> | undefined = this.#base.get(key)?.value;
    for (const { type, patch, status } of this.entriesOf(key)) {
      if (type === "delete") {
        row = undefined;
      } else if (type === "create" || row !== undefined) {
        const mark = status === "acked" ? {} : { _optimistic: true };
        row = { ...row, ...(type === "create" ? { id: key } : {}), ...patch, ...mark } as Row<T>;
      }
    }
    return row;
  }
}

function defaultVersion(record: Identified): number | undefined {
  const version = (record as Identified & { readonly version?: unknown }).version;
  return typeof version === "number" ? version : undefined;
}

/** Whether two objects, or lists, have the same in them. */
function isSame<O extends object>(one: O, other: O | undefined): boolean {
  const names = Object.keys(one) as (keyof O)[];
  return (
    other !== undefined &&
    names.length === Object.keys(other).length &&
    names.every((name) => Object.is(one[name], other[name]))
  );
}

/** Forgets the oldest. */
function trim(map: Map<string, unknown>, max: number): void {
  const [oldest] = map.keys();
  if (map.size > max && oldest !== undefined) {
    map.delete(oldest);
  }
}
