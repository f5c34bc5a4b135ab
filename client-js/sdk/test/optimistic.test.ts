import { describe, expect, it, vi } from "vitest";
import {
  ApiError,
  type Conflict,
  type Mutation,
  type MutationError,
  newId,
  type OptimisticManager,
  Records,
  restApi,
} from "../src/optimistic.ts";
import { type Doc, GOOD, type Habits, ManualClock, settle, World } from "./rest-world.ts";

/** A world in which the record `1` is known, `{a: 0, b: 0}`. */
async function world(
  habits: Partial<Habits> = {},
  ...rest: [ConstructorParameters<typeof World>[1]?, boolean?]
): Promise<World> {
  const made = new World({ ...GOOD, ...habits }, ...rest);
  made.server.change("create", "1", { a: 0, b: 0 });
  await made.event();
  return made;
}

async function reason(mutation: Mutation<Doc>): Promise<string> {
  return mutation.done.then(
    () => "done",
    (error: MutationError) => error.reason,
  );
}

describe("OptimisticManager", () => {
  it("shows a change at once, marked, and plain when the server has it", async () => {
    const { records, manager, ...w } = await world();
    const change = manager.update(records, "1", { a: 5 });
    expect(records.rows.value).toEqual([{ id: "1", a: 5, b: 0, _optimistic: true }]);
    expect([change.status, manager.pending]).toEqual(["inflight", 1]);
    void w;
  });

  it("is confirmed by the answer, or by the event that names it, whichever comes first", async () => {
    for (const first of ["answer", "event"] as const) {
      const w = await world();
      const change = w.manager.update(w.records, "1", { a: 5 });
      await w.arrive();
      await w[first]();
      expect(change.status).toBe("confirmed");
      expect(w.shown).toEqual([{ id: "1", a: 5, b: 0 }]);
      const rows = w.records.rows.value;
      await w.quiet();
      expect(w.records.rows.value).toEqual(rows);
      await expect(change.done).resolves.toEqual({ id: "1", a: 5, b: 0 });
    }
  });

  it("rolls back one change and not those after it", async () => {
    const w = await world();
    vi.spyOn(w.server, "handle").mockImplementationOnce(() => {
      throw new ApiError(422, "no");
    });
    const first = w.manager.update(w.records, "1", { a: 5 });
    const second = w.manager.update(w.records, "1", { b: 6 });
    await w.arrive();
    await w.answer();
    expect([first.status, second.status]).toEqual(["rolled-back", "inflight"]);
    expect(w.shown).toEqual([{ id: "1", a: 0, b: 6, _optimistic: true }]);
    await w.quiet();
    expect(w.stored).toEqual([{ id: "1", a: 0, b: 6 }]);
    expect(await reason(first)).toBe("refused");
  });

  it("sends one request of a record at a time, and what waited as one", async () => {
    const w = await world();
    const many = [1, 2, 3].map((a) => w.manager.update(w.records, "1", { a, [`f${a}`]: a }));
    w.manager.update(w.records, "1", { b: 9 });
    expect(w.up.map(({ request }) => request.data)).toEqual([{ a: 1, f1: 1 }]);
    await w.arrive();
    await w.answer();
    expect(w.up.map(({ request }) => request.data)).toEqual([{ a: 3, f2: 2, f3: 3, b: 9 }]);
    await w.quiet();
    expect(many.map(({ status }) => status)).toEqual(["confirmed", "confirmed", "confirmed"]);
    expect(w.shown).toEqual(w.stored);
  });

  it.each([
    [["update", "delete"], ["delete"]],
    [["update", "update", "update"], ["update"]],
    [
      ["delete", "create"],
      ["delete", "create"],
    ],
  ] as const)("merges what waits: %j becomes %j", async (did, sent) => {
    const w = await world();
    w.manager.update(w.records, "1", { first: true });
    for (const type of did) {
      if (type === "create") {
        w.manager.create(w.records, { id: "1", again: true });
      } else if (type === "update") {
        w.manager.update(w.records, "1", { a: 1 });
      } else {
        w.manager.delete(w.records, "1");
      }
    }
    await w.quiet();
    expect(w.server.applied.slice(1).map(({ type }) => type)).toEqual(sent);
    expect(w.shown).toEqual(w.stored);
  });

  it("sends nothing for a record that came and went before it was sent", async () => {
    const w = await world();
    w.manager.delete(w.records, "1");
    const created = w.manager.create(w.records, { id: "1", again: true });
    const deleted = w.manager.delete(w.records, "1");
    await w.quiet();
    expect(w.server.applied.map(({ type }) => type)).toEqual(["delete"]);
    await expect(Promise.all([created.done, deleted.done])).resolves.toEqual([undefined, undefined]);
  });

  it("shows a record under a temporary id until the server names it, in its place, and sends what was done to it meanwhile", async () => {
    const w = await world({ names: true });
    const first = w.manager.create(w.records, { a: 1 });
    w.manager.create(w.records, { a: 2 });
    const temporary = first.id;
    w.manager.update(w.records, temporary, { b: 1 });
    expect(w.records.rows.value.map(({ id }) => id).slice(1)).toEqual([temporary, expect.stringMatching(/^temp_/)]);
    expect(w.up.map(({ request }) => [request.id, request.data])).toEqual([
      [undefined, { a: 1 }],
      [undefined, { a: 2 }],
    ]);
    await w.arrive(1);
    await w.answer();
    await w.arrive();
    await w.answer();
    expect(first.id).toBe("s2");
    expect(w.records.rows.value.map(({ id }) => id)).toEqual(["1", "s2", "s1"]);
    expect(w.up.map(({ request }) => [request.id, request.data, request.version])).toEqual([["s2", { b: 1 }, 1]]);
    expect(w.records.get(temporary)).toMatchObject({ id: "s2", b: 1 });
    await w.quiet();
    expect(w.shown).toEqual(w.stored);
  });

  it("drops with a create that is refused what was done to the record", async () => {
    const w = await world();
    vi.spyOn(w.server, "handle").mockImplementationOnce(() => {
      throw new ApiError(403, "not you");
    });
    const rollbacks: string[] = [];
    w.manager.on("rollback", ({ reason: why, id }) => rollbacks.push(`${id} ${why}`));
    const created = w.manager.create(w.records, { id: "2", a: 1 });
    const updated = w.manager.update(w.records, "2", { a: 2 });
    await w.quiet();
    expect([await reason(created), await reason(updated)]).toEqual(["refused", "record-gone"]);
    expect(rollbacks).toEqual(["2 refused", "2 record-gone"]);
    expect(w.shown).toEqual([{ id: "1", a: 0, b: 0 }]);
  });

  it("tries again with the same key where no answer comes, later each time, and gives up at last", async () => {
    const w = await world({}, { attemptsMax: 3 });
    const change = w.manager.update(w.records, "1", { a: 5 });
    const keys = new Set<string>();
    for (const delayMs of [350, 600]) {
      keys.add(w.up[0]?.request.mutationId ?? "");
      await w.lose(w.up);
      expect([change.status, w.shown[0]?.["a"]]).toEqual(["unknown", 5]);
      w.clock.advance(delayMs - 1);
      expect(w.up).toEqual([]);
      w.clock.advance(1);
    }
    keys.add(w.up[0]?.request.mutationId ?? "");
    await w.lose(w.up);
    expect([keys.size, await reason(change)]).toEqual([1, "unreachable"]);
    expect(w.shown).toEqual(w.stored);
  });

  it("waits as long as the server says", async () => {
    const w = await world();
    vi.spyOn(w.server, "handle").mockImplementationOnce(() => {
      throw new ApiError(429, "slow down", { retryAfterMs: 7_000 });
    });
    w.manager.update(w.records, "1", { a: 5 });
    await w.arrive();
    await w.answer();
    w.clock.advance(6_999);
    expect(w.up).toEqual([]);
    w.clock.advance(1);
    expect(w.up).toHaveLength(1);
  });

  it("takes a deletion of what is gone for done", async () => {
    const w = await world();
    w.server.rows.clear();
    const deleted = w.manager.delete(w.records, "1");
    await w.quiet();
    await expect(deleted.done).resolves.toBeUndefined();
    expect(w.shown).toEqual([]);
  });

  it("takes back what has not been sent, and lets the server say of what has", async () => {
    const w = await world();
    const sent = w.manager.update(w.records, "1", { a: 5 });
    const waiting = w.manager.update(w.records, "1", { b: 6 });
    expect([waiting.rollback(), waiting.rollback(), sent.rollback()]).toEqual([true, false, true]);
    expect(w.shown).toEqual([{ id: "1", a: 0, b: 0 }]);
    await w.quiet();
    expect(w.shown).toEqual([{ id: "1", a: 5, b: 0 }]);
    expect([await reason(sent), await reason(waiting)]).toEqual(["rolled-back", "rolled-back"]);
  });

  it("refuses what cannot be", async () => {
    const w = await world({}, { pendingMax: 1 });
    expect(() => w.manager.update(w.records, "2", { a: 1 })).toThrow("there is no Doc 2");
    expect(() => w.manager.create(w.records, { id: "1" })).toThrow("there is a Doc 1 already");
    w.manager.update(w.records, "1", { a: 1 });
    expect(() => w.manager.update(w.records, "1", { a: 2 })).toThrow("there are 1 mutations that wait already");
  });

  it("believes the channel, not an answer without a version, where both came", async () => {
    const w = await world({ versions: false, echoes: false });
    w.manager.update(w.records, "1", { a: 5 });
    await w.arrive();
    w.server.change("update", "1", { a: 6 });
    await w.event();
    await w.event();
    await w.answer();
    w.clock.advance(5_000);
    expect(w.shown).toEqual([{ id: "1", a: 6, b: 0 }]);
  });

  it("shows what was accepted until its event comes, over what was told before it", async () => {
    const w = await world({ versions: false });
    w.server.change("update", "1", { b: 1 });
    const change = w.manager.update(w.records, "1", { a: 5 });
    await w.arrive();
    await w.answer();
    expect([change.status, w.records.rows.value]).toEqual(["confirmed", [{ id: "1", a: 5, b: 1 }]]);
    await w.event();
    expect(w.shown).toEqual([{ id: "1", a: 5, b: 1 }]);
    await w.event();
    expect(w.shown).toEqual(w.stored);
  });
});

describe("conflicts", () => {
  /** The user sets `a`; somebody else has set these fields, and the client learns of it from the refusal. */
  async function clash(
    conflict: Parameters<OptimisticManager["update"]>[3],
    foreign: object,
    habits: Partial<Habits> = {},
    reads = true,
  ): Promise<{ w: World; change: Mutation<Doc> }> {
    const w = await world(habits, {}, reads);
    w.server.change("update", "1", foreign);
    w.server.events.length = 0;
    const change = w.manager.update(w.records, "1", { a: 5 }, conflict as never);
    await w.arrive();
    await w.answer();
    return { w, change };
  }

  it("are the server's by default, with both sides told", async () => {
    const { w, change } = await clash({}, { a: 7 });
    const error = await change.done.catch((e: MutationError) => e);
    expect(error).toMatchObject({
      reason: "conflict",
      conflict: { id: "1", patch: { a: 5 }, base: { a: 0 }, remote: { a: 7 }, fields: ["a"] },
    });
    expect(w.shown).toEqual([{ id: "1", a: 7, b: 0 }]);
  });

  it.each([
    ["the refusal has the record", { current: true }, true],
    ["it has to be read", { current: false }, true],
  ])("merge what is in different fields, where %s", async (_, habits, reads) => {
    const { w, change } = await clash({ conflict: "merge" }, { b: 7 }, habits, reads);
    await w.quiet();
    expect(await reason(change)).toBe("done");
    expect(w.stored).toEqual([{ id: "1", a: 5, b: 7 }]);
    expect(new Set(w.server.applied.map(({ mutationId }) => mutationId)).size).toBe(1);
  });

  it("do not merge what is in the same field", async () => {
    const { change } = await clash({ conflict: "merge" }, { a: 7 });
    expect(await reason(change)).toBe("conflict");
  });

  it("are the client's three times, if it insists", async () => {
    const { w, change } = await clash({ conflict: "client-wins" }, { a: 7 });
    for (let i = 0; i < 3; i++) {
      expect(change.status).toBe("inflight");
      w.server.change("update", "1", { a: 8 + i });
      w.server.events.length = 0;
      await w.arrive();
      await w.answer();
    }
    expect(await reason(change)).toBe("conflict");
    const other = await clash({ conflict: "client-wins" }, { a: 7 });
    await other.w.quiet();
    expect(other.w.stored).toEqual([{ id: "1", a: 5, b: 0 }]);
  });

  it("are settled by the application's own rule", async () => {
    const seen: Conflict<Doc>[] = [];
    const sum = (conflict: Conflict<Doc>): Partial<Doc> => {
      seen.push(conflict);
      return { a: Number(conflict.patch["a"]) + Number(conflict.remote?.["a"]) };
    };
    const { w } = await clash({ conflict: sum as never }, { a: 7 });
    expect(w.shown).toEqual([{ id: "1", a: 12, b: 0, _optimistic: true }]);
    await w.quiet();
    expect(w.stored).toEqual([{ id: "1", a: 12, b: 0 }]);
    expect(seen).toHaveLength(1);
  });

  it("cannot be won over a record that is gone", async () => {
    const w = await world();
    w.server.change("delete", "1", {});
    const sent = w.manager.update(w.records, "1", { a: 5 }, { conflict: "client-wins" });
    const waiting = w.manager.update(w.records, "1", { a: 6 }, { conflict: "client-wins" });
    await w.event();
    expect(await reason(waiting)).toBe("record-gone");
    await w.quiet();
    expect([await reason(sent), w.shown]).toEqual(["refused", []]);
  });

  it("are seen in events, too, while a change waits for its turn", async () => {
    const w = await world();
    w.manager.update(w.records, "1", { b: 1 });
    const same = w.manager.update(w.records, "1", { a: 5 });
    const different = w.manager.update(w.records, "1", { c: 5 });
    w.server.change("update", "1", { a: 7 });
    await w.event();
    expect([await reason(same), different.status]).toEqual(["conflict", "queued"]);
  });

  it("end with the server's side where nobody can say what that is", async () => {
    const { change } = await clash({ conflict: "merge" }, { a: 7 }, { current: false }, false);
    await settle();
    expect(["conflict", "done", "inflight"]).toContain(
      change.status === "inflight" ? "inflight" : await reason(change),
    );
  });
});

describe("Records", () => {
  interface Task {
    readonly id: string;
    readonly title: string;
    readonly version?: number;
  }

  it("takes each version once, and no deleted record back from what was told before", () => {
    const records = new Records<Task>("Task");
    const apply = (op: "created" | "updated" | "deleted", version: number, title = ""): void =>
      records.apply({ op, id: "1", version, ...(op === "deleted" ? {} : { data: { id: "1", title } }) });
    apply("created", 1, "one");
    apply("updated", 3, "three");
    apply("updated", 2, "two");
    expect(records.get("1")?.title).toBe("three");
    apply("deleted", 4);
    apply("updated", 3, "three");
    expect(records.rows.value).toEqual([]);
    apply("created", 5, "again");
    expect(records.get("1")?.title).toBe("again");
  });

  it("tells of one record as a signal", () => {
    const records = new Records<Task>("Task");
    const seen: (string | undefined)[] = [];
    const off = records.record("1").subscribe((row) => seen.push(row?.title));
    records.reset([
      { id: "1", title: "one" },
      { id: "2", title: "two" },
    ]);
    records.apply({ op: "updated", id: "2", data: { id: "2", title: "2" } });
    records.apply({ op: "updated", id: "1", data: { id: "1", title: "uno" } });
    off();
    records.reset([]);
    expect(seen).toEqual([undefined, "one", "uno"]);
    expect(records.record("1").value).toBeUndefined();
  });

  it("tells of nothing that changes nothing", () => {
    const records = new Records<Task>("Task");
    let told = 0;
    records.rows.subscribe(() => told++);
    records.reset([{ id: "1", title: "one" }]);
    const [row] = records.rows.value;
    records.reset([{ id: "1", title: "one" }]);
    records.apply({ op: "updated", id: "1", data: { id: "1", title: "one" } });
    records.apply({ op: "deleted", id: "2" });
    expect([told, records.rows.value[0]]).toEqual([2, row]);
    expect(records.rows.value[0]).toBe(row);
  });

  it("keeps what changes while a list is fetched, and the order of the list", async () => {
    const records = new Records<Task>("Task");
    let finish: (rows: Task[]) => void = () => {};
    const loading = records.load(() => new Promise((resolve) => (finish = resolve)));
    records.apply({ op: "created", id: "new", data: { id: "new", title: "new" } });
    records.apply({ op: "deleted", id: "2" });
    finish([
      { id: "3", title: "three" },
      { id: "2", title: "two" },
    ]);
    await loading;
    expect(records.rows.value.map(({ id }) => id)).toEqual(["3", "new"]);
  });

  it("takes of two lists the one that was asked for last, and stays as it is where none comes", async () => {
    const records = new Records<Task>("Task");
    const finish: ((rows: Task[]) => void)[] = [];
    const loads = [0, 1].map(() => records.load(() => new Promise((resolve) => finish.push(resolve))));
    finish[1]?.([{ id: "2", title: "newer" }]);
    await loads[1];
    finish[0]?.([{ id: "1", title: "older" }]);
    await loads[0];
    await expect(records.load(() => Promise.reject(new Error("down")))).rejects.toThrow("down");
    expect(records.rows.value).toEqual([{ id: "2", title: "newer" }]);
  });
});

describe("newId", () => {
  it("is a UUID of version 7 that sorts by time", () => {
    const ids = [0, 1, 1_700_000_000_000, 1_700_000_000_001, 2 ** 47].map(newId);
    expect(ids).toEqual([...ids].sort());
    for (const id of ids) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    expect(Number.parseInt((ids[2] ?? "").replace("-", "").slice(0, 12), 16)).toBe(1_700_000_000_000);
    expect(new Set(Array.from({ length: 100 }, () => newId(0))).size).toBe(100);
  });
});

describe("restApi", () => {
  const request = { entity: "Task", type: "update", id: "a/b", data: { x: 1 }, mutationId: "m", version: 3 } as const;
  const answer = (status: number, body?: object, headers: Record<string, string> = {}): Response =>
    new Response(body === undefined ? null : JSON.stringify(body), { status, headers });

  function api(response: Response): { readonly calls: unknown[][]; readonly api: ReturnType<typeof restApi> } {
    const calls: unknown[][] = [];
    const fetched = (async (url: string, init: RequestInit) => {
      calls.push([init.method, url, init.headers, init.body]);
      return response;
    }) as unknown as typeof fetch;
    return { calls, api: restApi("/api", { fetch: fetched, headers: () => ({ Authorization: "Bearer t" }) }) };
  }

  it("says which mutation it is and which version it means", async () => {
    const { calls, api: rest } = api(answer(200, { id: "a/b", x: 1 }, { ETag: 'W/"4"' }));
    expect(await rest.send(request)).toEqual({ data: { id: "a/b", x: 1 }, version: 4 });
    expect(calls).toEqual([
      [
        "PATCH",
        "/api/Task/a%2Fb",
        { "Content-Type": "application/json", Authorization: "Bearer t", "Idempotency-Key": "m", "If-Match": '"3"' },
        '{"x":1}',
      ],
    ]);
  });

  it("creates without a version, deletes without a body, and takes an answer without one", async () => {
    const created = api(answer(201, { id: "9" }));
    expect(await created.api.send({ ...request, type: "create", id: undefined, version: undefined })).toEqual({
      data: { id: "9" },
      version: undefined,
    });
    expect(created.calls[0]?.slice(0, 2)).toEqual(["POST", "/api/Task"]);
    expect(created.calls[0]?.[2]).not.toHaveProperty("If-Match");
    const deleted = api(answer(204));
    expect(await deleted.api.send({ ...request, type: "delete" })).toEqual({ data: undefined, version: undefined });
    expect([deleted.calls[0]?.[0], deleted.calls[0]?.[3]]).toEqual(["DELETE", undefined]);
  });

  it("says what the server refused, when to come back, and what the record is", async () => {
    const refused = async (response: Response): Promise<unknown> =>
      api(response)
        .api.send(request)
        .catch((error: unknown) => error);
    expect(await refused(answer(503, {}, { "Retry-After": "2" }))).toMatchObject({ status: 503, retryAfterMs: 2_000 });
    expect(await refused(answer(412, { id: "a/b", x: 2 }, { ETag: '"5"' }))).toMatchObject({
      status: 412,
      current: { data: { id: "a/b", x: 2 }, version: 5 },
    });
    expect(await refused(new Response("<html>", { status: 409 }))).toMatchObject({ status: 409, current: undefined });
    expect(await refused(answer(400))).toMatchObject({ name: "ApiError", status: 400, retryAfterMs: undefined });
  });

  it("reads a record, or that there is none", async () => {
    expect(await api(answer(200, { id: "1" }, { ETag: '"2"' })).api.read?.("Task", "1")).toEqual({
      data: { id: "1" },
      version: 2,
    });
    expect(await api(answer(404)).api.read?.("Task", "1")).toBeUndefined();
    await expect(api(answer(500)).api.read?.("Task", "1")).rejects.toThrow("500");
  });
});

it("ManualClock fires in order", () => {
  const clock = new ManualClock();
  const fired: number[] = [];
  clock.setTimer(() => fired.push(2), 20);
  clock.setTimer(() => fired.push(1), 10);
  const off = clock.setTimer(() => fired.push(3), 15);
  off();
  clock.advance(20);
  expect(fired).toEqual([1, 2]);
});
