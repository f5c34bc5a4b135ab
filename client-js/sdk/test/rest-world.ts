import type { Clock } from "../src/clock.ts";
import {
  ApiError,
  type Change,
  type EntityApi,
  type MutationRequest,
  type MutationResult,
  OptimisticManager,
  type OptimisticOptions,
  Records,
} from "../src/optimistic.ts";

export interface Doc {
  readonly id: string;
  readonly [field: string]: unknown;
}

export interface Habits {
  /** The server counts versions, and asks for them. */
  readonly versions: boolean;
  /** Its events say which mutation made them. */
  readonly echoes: boolean;
  /** Its answers have a body. */
  readonly bodies: boolean;
  /** A refused change is answered with the record. */
  readonly current: boolean;
  /** It names records itself. */
  readonly names: boolean;
}

export const GOOD: Habits = { versions: true, echoes: true, bodies: true, current: true, names: false };

interface Stored {
  readonly data: Doc;
  readonly version: number;
}

/** A server with a REST API whose changes are told on a channel: what the client has to do with. */
export class Server {
  readonly habits: Habits;
  readonly rows = new Map<string, Stored>();
  /** Every change that was made by a client, in order. */
  readonly applied: MutationRequest<Doc>[] = [];
  /** Told, and not delivered yet. */
  readonly events: Change<Doc>[] = [];
  readonly #answers = new Map<string, MutationResult<Doc>>();
  /** Also of records that are gone: a version means one state of one id. */
  readonly #versions = new Map<string, number>();
  #named = 0;

  constructor(habits: Habits) {
    this.habits = habits;
  }

  handle(request: MutationRequest<Doc>): MutationResult<Doc> {
    const { type, mutationId, version, data } = request;
    const known = this.#answers.get(mutationId);
    if (known !== undefined) {
      return known;
    }
    const id = request.id ?? `s${++this.#named}`;
    const row = this.rows.get(id);
    if (type === "create" ? row !== undefined : row === undefined) {
      throw new ApiError(type === "create" ? 409 : 404, "is there, or not");
    }
    if (this.habits.versions && version !== undefined && version !== row?.version) {
      throw new ApiError(412, "changed", { current: this.habits.current ? this.read(id) : undefined });
    }
    this.applied.push(request);
    this.change(type, id, data, mutationId);
    const answer = this.#result(id);
    this.#answers.set(mutationId, answer);
    return answer;
  }

  change(type: MutationRequest["type"], id: string, data: Partial<Doc>, mutationId?: string): void {
    const { versions, echoes } = this.habits;
    const before = this.rows.get(id);
    const version = (this.#versions.get(id) ?? 0) + 1;
    this.#versions.set(id, version);
    if (type === "delete") {
      this.rows.delete(id);
    } else {
      this.rows.set(id, { version, data: { ...before?.data, ...data, id } });
    }
    this.events.push({
      op: type === "create" ? "created" : type === "update" ? "updated" : "deleted",
      id,
      version: versions ? version : undefined,
      mutationId: echoes ? mutationId : undefined,
      data: this.rows.get(id)?.data,
    });
  }

  read(id: string): MutationResult<Doc> | undefined {
    return this.rows.has(id) ? { data: this.rows.get(id)?.data, version: this.#version(id) } : undefined;
  }

  /** All records, as an API without envelopes answers: with their versions as fields, if it has any. */
  list(): Doc[] {
    return [...this.rows.values()].map(({ data, version }) => (this.habits.versions ? { ...data, version } : data));
  }

  #result(id: string): MutationResult<Doc> {
    return {
      data: this.habits.bodies || this.habits.names ? this.rows.get(id)?.data : undefined,
      version: this.#version(id),
    };
  }

  #version(id: string): number | undefined {
    return this.habits.versions ? this.rows.get(id)?.version : undefined;
  }
}

/** A request under way, or its answer. */
interface Travelling {
  readonly request: MutationRequest<Doc>;
  readonly resolve: (result: MutationResult<Doc>) => void;
  readonly reject: (error: Error) => void;
  answer?: () => void;
}

/** One client of that server, over a network that does what it is told. */
export class World {
  readonly server: Server;
  readonly records = new Records<Doc>("Doc");
  readonly manager: OptimisticManager;
  /** Sent, and not arrived. */
  readonly up: Travelling[] = [];
  /** Answered, and not arrived. */
  readonly down: Travelling[] = [];
  readonly clock = new ManualClock();

  constructor(habits: Habits, options: OptimisticOptions = {}, reads = true) {
    this.server = new Server(habits);
    const api: EntityApi = {
      send: <T>(request: MutationRequest<T>) =>
        new Promise<MutationResult<T>>((resolve, reject) => {
          const sent = { request, resolve, reject } as unknown as Travelling;
          this.up.push(sent);
        }),
      ...(reads
        ? { read: async <T>(_: string, id: string) => this.server.read(id) as MutationResult<T> | undefined }
        : {}),
    };
    this.manager = new OptimisticManager(api, { clock: this.clock, random: () => 0.5, ...options });
  }

  /** A request reaches the server. */
  async arrive(index = 0): Promise<void> {
    const [travelling] = this.up.splice(index, 1);
    if (travelling !== undefined) {
      try {
        const result = this.server.handle(travelling.request);
        travelling.answer = () => travelling.resolve(result);
      } catch (error) {
        travelling.answer = () => travelling.reject(error as Error);
      }
      this.down.push(travelling);
    }
    await settle();
  }

  /** An answer reaches the client. */
  async answer(index = 0): Promise<void> {
    this.down.splice(index, 1)[0]?.answer?.();
    await settle();
  }

  async lose(from: Travelling[], index = 0): Promise<void> {
    from.splice(index, 1)[0]?.reject(new TypeError("network"));
    await settle();
  }

  async event(): Promise<void> {
    const change = this.server.events.shift();
    if (change !== undefined) {
      this.records.apply(change);
    }
    await settle();
  }

  /** Until nothing is under way. */
  async quiet(): Promise<void> {
    for (let i = 0; i < 1_000 && this.busy; i++) {
      await this.arrive();
      await this.answer();
      await this.event();
      if (this.up.length + this.down.length + this.server.events.length === 0) {
        this.clock.advance(60_000);
        await settle();
      }
    }
  }

  get busy(): boolean {
    return this.up.length + this.down.length + this.server.events.length + this.clock.timers > 0;
  }

  /** What is shown, and what is there. */
  get shown(): Doc[] {
    return sorted(this.records.rows.value.map(({ version, ...row }) => row as Doc));
  }

  get stored(): Doc[] {
    return sorted([...this.server.rows.values()].map(({ data }) => data));
  }
}

export class ManualClock implements Clock {
  #now = 1_700_000_000_000;
  #due: { readonly at: number; readonly task: () => void }[] = [];

  get timers(): number {
    return this.#due.length;
  }

  now(): number {
    return this.#now;
  }

  setTimer(task: () => void, delayMs: number): () => void {
    const timer = { at: this.#now + delayMs, task };
    this.#due.push(timer);
    return () => {
      this.#due = this.#due.filter((other) => other !== timer);
    };
  }

  advance(ms: number): void {
    this.#now += ms;
    const due = this.#due.filter(({ at }) => at <= this.#now).sort((a, b) => a.at - b.at);
    this.#due = this.#due.filter(({ at }) => at > this.#now);
    for (const { task } of due) {
      task();
    }
  }
}

function sorted(rows: Doc[]): Doc[] {
  return rows.sort((a, b) => a.id.localeCompare(b.id));
}

/** Lets promises run. */
export async function settle(): Promise<void> {
  for (let i = 0; i < 12; i++) {
    await Promise.resolve();
  }
}
