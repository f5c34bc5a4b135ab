import type { ReadonlySignal as PreactSignal } from "@preact/signals-core";
import type { Analytics, AnalyticsBrowser } from "@segment/analytics-next";
import { describe, expectTypeOf, it } from "vitest";
import type { interceptAnalytics } from "../src/analytics.ts";
import type { GraphNode, SegmentEvent } from "../src/graph.ts";
import { type Mutation, OptimisticManager, Records, type Row, restApi } from "../src/optimistic.ts";
import { toPreact } from "../src/preact.ts";
import { useSignal } from "../src/react.ts";
import { type OptimisticManager as DazzleManager, RealtimeClient, signal } from "../src/realtime.ts";
import type { ReadonlySignal } from "../src/signal.ts";
import type { Leg, TraceFollower } from "../src/trace.ts";

interface Task {
  readonly id: string;
  readonly title: string;
  readonly votes: number;
}

describe("types of what builds on the connection", () => {
  const tasks = new Records<Task>("Task");
  const manager = new OptimisticManager(restApi("/api"));

  it("carries the record's type", () => {
    expectTypeOf(tasks.rows.value).toEqualTypeOf<readonly Row<Task>[]>();
    expectTypeOf(tasks.record("1")).toEqualTypeOf<ReadonlySignal<Row<Task> | undefined>>();
    expectTypeOf(manager.create(tasks, { title: "", votes: 0 })).toEqualTypeOf<Mutation<Task>>();
    manager.update(tasks, "1", { votes: 2 }, { conflict: ({ remote }) => ({ votes: (remote?.votes ?? 0) + 1 }) });
  });

  it("refuses what is wrong", () => {
    // @ts-expect-error a field is missing
    manager.create(tasks, { title: "" });
    // @ts-expect-error no such field
    manager.update(tasks, "1", { done: true });
    // @ts-expect-error a record keeps its id
    manager.update(tasks, "1", { id: "2" });
    // @ts-expect-error no such policy
    new OptimisticManager(restApi("/api"), { conflict: "last-wins" });
    // @ts-expect-error what is there is read only
    tasks.rows.value = [];
    // @ts-expect-error records have ids
    new Records<{ title: string }>("Task");
  });

  it("fits Segment's own types, and whatever has a push", () => {
    expectTypeOf<Analytics>().toExtend<Parameters<typeof interceptAnalytics>[0]>();
    expectTypeOf<AnalyticsBrowser>().toExtend<Parameters<typeof interceptAnalytics>[0]>();
    expectTypeOf<SegmentEvent[]>().toExtend<Parameters<typeof interceptAnalytics>[1]>();
  });

  it("adapts signals with their types", () => {
    expectTypeOf(toPreact(signal(1))).toEqualTypeOf<PreactSignal<number>>();
    expectTypeOf(useSignal<string>).returns.toEqualTypeOf<string>();
  });

  it("gives legs, and the document's classes their types", () => {
    expectTypeOf<TraceFollower["add"]>().parameters.toEqualTypeOf<[SegmentEvent, readonly GraphNode[]]>();
    expectTypeOf<TraceFollower["add"]>().returns.toEqualTypeOf<readonly Leg[]>();
    const client = new RealtimeClient("wss://x/ws");
    expectTypeOf(client.connected).toEqualTypeOf<ReadonlySignal<boolean>>();
    expectTypeOf(client.subscribe<Task>("c", ({ payload }) => payload.title)).toEqualTypeOf<() => void>();
    const list = signal<readonly Task[]>([]);
    expectTypeOf<DazzleManager>().toHaveProperty("create");
    void list;
  });
});
