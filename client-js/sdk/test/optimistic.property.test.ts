import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Mutation, MutationError, MutationOptions } from "../src/optimistic.ts";
import { type Doc, type Habits, settle, World } from "./rest-world.ts";

/** What may happen next; `pick` chooses among what there is. */
type Step = { readonly what: (typeof STEPS)[number]; readonly pick: number };

const STEPS = [
  "create",
  "update",
  "update",
  "update",
  "delete",
  "rollback",
  "arrive",
  "arrive",
  "arrive",
  "answer",
  "answer",
  "answer",
  "event",
  "event",
  "event",
  "lose request",
  "lose answer",
  "foreign update",
  "foreign create",
  "foreign delete",
  "event again",
  "gap",
  "snapshot",
  "loaded",
  "time",
] as const;

interface Did {
  readonly tag: string;
  readonly type: "create" | "update" | "delete";
  readonly mutation: Mutation<Doc>;
  isTakenBack: boolean;
}

/** Drives a world, and knows what the user did in it. */
class Driver {
  readonly world: World;
  readonly dids: Did[] = [];
  readonly reasons = new Map<string, string>();
  readonly #told: Parameters<World["records"]["apply"]>[0][] = [];
  hasGap = false;
  readonly #loads: { rows?: Doc[]; readonly finish: (rows: Doc[]) => void }[] = [];
  #count = 0;

  constructor(world: World) {
    this.world = world;
  }

  async take({ what, pick }: Step): Promise<void> {
    const { world } = this;
    const { server, records, manager } = world;
    const tag = `t${++this.#count}`;
    const rows = records.rows.value;
    const row = rows[pick % Math.max(1, rows.length)];
    const [stored] = [...server.rows.keys()].slice(pick % Math.max(1, server.rows.size));
    const last = world.server.events[0];
    const policy: MutationOptions<Doc> = pick % 5 === 0 ? { conflict: ({ patch, remote }) => remote && patch } : {};
    switch (what) {
      case "create": {
        // sometimes again what was there before: told apart by who did it, where the server says that
        const isAgain = server.habits.echoes && pick % 4 === 0;
        const [gone] = this.dids.filter(({ mutation }) => isAgain && records.get(mutation.id) === undefined);
        const id = gone?.mutation.id.startsWith("temp_") === false ? gone.mutation.id : tag;
        return this.#did(
          tag,
          "create",
          manager.create(records, { ...(server.habits.names ? {} : { id }), a: tag, [tag]: 1 }, policy),
        );
      }
      case "update":
        return (
          row &&
          this.#did(tag, "update", manager.update(records, row.id, { [pick % 2 ? "a" : "b"]: tag, [tag]: 1 }, policy))
        );
      case "delete":
        return row && this.#did(tag, "delete", manager.delete(records, row.id, policy));
      case "rollback": {
        const did = this.dids[pick % Math.max(1, this.dids.length)];
        if (did?.mutation.rollback()) {
          did.isTakenBack = true;
        }
        return;
      }
      case "arrive":
        return world.arrive(pick % Math.max(1, world.up.length));
      case "answer":
        return world.answer(pick % Math.max(1, world.down.length));
      case "event":
        this.#told.push(...(last === undefined ? [] : [last]));
        return world.event();
      case "lose request":
        return world.lose(world.up, pick % Math.max(1, world.up.length));
      case "lose answer":
        return world.lose(world.down, pick % Math.max(1, world.down.length));
      case "foreign update":
        return stored === undefined ? undefined : server.change("update", stored, { [pick % 2 ? "a" : "c"]: tag });
      case "foreign create":
        return server.change("create", `f${tag}`, { a: tag });
      case "foreign delete":
        return stored === undefined ? undefined : server.change("delete", stored, {});
      case "event again": {
        // without versions the channel's own order is what there is, and it brings nothing twice
        const again = this.#told[pick % Math.max(1, this.#told.length)];
        return server.habits.versions && again !== undefined ? records.apply(again) : undefined;
      }
      case "gap":
        // the channel goes on behind it, and repeats nothing from before
        server.events.length = 0;
        this.#told.length = 0;
        this.hasGap = true;
        void records.load(() => new Promise((finish) => this.#loads.push({ finish })));
        return;
      case "snapshot": {
        const load = this.#loads.find(({ rows }) => rows === undefined);
        if (load !== undefined) {
          load.rows = server.list();
        }
        return;
      }
      case "loaded": {
        const load = this.#loads.shift();
        load?.finish(load.rows ?? server.list());
        return settle();
      }
      case "time":
        world.clock.advance(10_000);
        return settle();
    }
  }

  /** All loads end, and nothing is under way. */
  async quiet(): Promise<void> {
    while (this.#loads.length > 0) {
      await this.take({ what: "loaded", pick: 0 });
    }
    await this.world.quiet();
  }

  #did(tag: string, type: Did["type"], mutation: Mutation<Doc>): void {
    mutation.done.catch((error: MutationError) => this.reasons.set(tag, error.reason));
    this.dids.push({ tag, type, mutation, isTakenBack: false });
  }
}

const habits: fc.Arbitrary<Habits> = fc.record({
  versions: fc.boolean(),
  echoes: fc.boolean(),
  bodies: fc.boolean(),
  current: fc.boolean(),
  names: fc.boolean(),
});
const steps: fc.Arbitrary<Step[]> = fc.array(fc.record({ what: fc.constantFrom(...STEPS), pick: fc.nat(1_000) }), {
  maxLength: 60,
  size: "max",
});
const conflict = fc.constantFrom("server-wins", "client-wins", "merge" as const);

async function drive(
  how: Habits,
  policy: "server-wins" | "client-wins" | "merge",
  reads: boolean,
  taken: readonly Step[],
  afterEach: (driver: Driver) => void = () => {},
): Promise<Driver> {
  const driver = new Driver(new World(how, { conflict: policy, attemptsMax: 4 }, reads));
  for (const step of taken) {
    await driver.take(step);
    afterEach(driver);
  }
  return driver;
}

const RUNS = { numRuns: Number(process.env["RUNS"] ?? 1_000) };

describe("any interleaving of what the user, others and the network do", { timeout: 120_000 }, () => {
  it("ends with what the server has, nothing pending, and every mutation settled", async () => {
    await fc.assert(
      fc.asyncProperty(habits, conflict, fc.boolean(), steps, async (how, policy, reads, taken) => {
        const driver = await drive(how, policy, reads, taken);
        await driver.quiet();
        const { world } = driver;
        expect(world.busy).toBe(false);
        expect(world.shown).toEqual(world.stored);
        expect(world.manager.pending).toBe(0);
        expect(driver.dids.filter(({ mutation }) => !["confirmed", "rolled-back"].includes(mutation.status))).toEqual(
          [],
        );
      }),
      RUNS,
    );
  });

  it("applies nothing twice, and nothing that was refused", async () => {
    await fc.assert(
      fc.asyncProperty(habits, conflict, fc.boolean(), steps, async (how, policy, reads, taken) => {
        const driver = await drive(how, policy, reads, taken);
        await driver.quiet();
        for (const { tag, type, isTakenBack } of driver.dids) {
          const times = driver.world.server.applied.filter(({ data }) => tag in data).length;
          expect(times, tag).toBeLessThanOrEqual(1);
          const reason = driver.reasons.get(tag);
          if (type !== "delete" && reason !== undefined && reason !== "unreachable" && !isTakenBack) {
            expect(times, `${tag} ${reason}`).toBe(0);
          }
        }
      }),
      RUNS,
    );
  });

  it("shows what the user did until it is settled, and with versions and without gaps never takes back what was confirmed", async () => {
    await fc.assert(
      fc.asyncProperty(habits, conflict, fc.boolean(), steps, async (how, policy, reads, taken) => {
        await drive(how, policy, reads, taken, ({ world, dids, hasGap }) => {
          for (const [i, { tag, type, mutation }] of dids.entries()) {
            const isAnother = dids
              .slice(i + 1)
              .some((later) => later.type !== "update" && later.mutation.id === mutation.id);
            const row = type === "delete" || isAnother ? undefined : world.records.get(mutation.id);
            const isShown =
              ["queued", "inflight", "unknown"].includes(mutation.status) ||
              (how.versions && !hasGap && mutation.status === "confirmed");
            if (row !== undefined && isShown) {
              expect(row, `${tag} ${mutation.status}`).toHaveProperty(tag);
            }
          }
        });
      }),
      RUNS,
    );
  });
});
