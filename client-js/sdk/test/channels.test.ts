import { describe, expect, it } from "vitest";
import { ChannelSubscriber, Records } from "../src/optimistic.ts";
import { Bench, settle } from "./fake-gateway.ts";

interface Task {
  readonly id: string;
  readonly title: string;
}

const task = (id: string, title = id): Task => ({ id, title });

/** Subscribed to everything that is asked for, as a gateway that has missed nothing. */
async function bench(): Promise<Bench> {
  return new Bench().connected();
}

function tell(
  at: Bench,
  op: "created" | "updated" | "deleted",
  offset: number,
  meta: object,
  payload: object,
  channel = "entity:Task",
): void {
  at.socket.say({
    type: `entity:${op}`,
    channel,
    position: { epoch: "e1", offset },
    payload,
    meta: { entity: "Task", ...meta },
    timestamp: 1,
  });
}

describe("ChannelSubscriber", () => {
  it("keeps the records of a type as its channel says", async () => {
    const b = await bench();
    const records = new Records<Task>("Task");
    new ChannelSubscriber(b.client).entity(records);
    await settle();
    b.socket.acceptSubscribe();
    tell(b, "created", 1, { id: "1" }, task("1"));
    tell(b, "created", 2, { id: "2", version: 1 }, task("2"));
    tell(b, "updated", 3, { id: "2", version: 3 }, task("2", "newer"));
    tell(b, "updated", 4, { id: "2", version: 2 }, task("2", "older"));
    tell(b, "deleted", 5, { id: "1" }, { id: "1" });
    b.socket.publish("entity:Task", 6, "no entity's event");
    expect(records.rows.value).toEqual([task("2", "newer")]);
  });

  it("fetches what is there when it begins, and again when something was missed for good", async () => {
    const b = await bench();
    const records = new Records<Task>("Task");
    let list = [task("1")];
    let loads = 0;
    new ChannelSubscriber(b.client).entity(records, {
      load: async () => {
        loads++;
        return list;
      },
    });
    await settle();
    expect(loads).toBe(0);
    b.socket.acceptSubscribe();
    await settle();
    expect(records.rows.value).toEqual([task("1")]);
    list = [task("2")];
    b.socket.hangUp(1006);
    b.client.connect();
    await settle();
    b.socket.accept();
    b.socket.authenticate();
    b.socket.acceptSubscribe(() => ({ recovered: true, wasRecovering: true }));
    await settle();
    expect([loads, records.rows.value]).toEqual([1, [task("1")]]);
    b.socket.say({
      type: "lost",
      channel: "entity:Task",
      payload: { count: 3, from: { epoch: "e1", offset: 1 }, to: { epoch: "e1", offset: 3 }, reason: "overrun" },
    });
    await settle();
    expect([loads, records.rows.value]).toEqual([2, [task("2")]]);
  });

  it("keeps one record, and learns that there is none", async () => {
    const b = await bench();
    const records = new Records<Task>("Task");
    const one = records.record("7");
    let stored: Task | undefined = task("7", "seven");
    new ChannelSubscriber(b.client).record(records, "7", { load: async () => stored });
    await settle();
    b.socket.acceptSubscribe();
    await settle();
    expect(one.value).toEqual(task("7", "seven"));
    tell(b, "updated", 1, { id: "7" }, task("7", "VII"), "entity:Task:7");
    expect(one.value?.title).toBe("VII");
    stored = undefined;
    const missed = { epoch: "e1", offset: 2 };
    b.socket.say({
      type: "lost",
      channel: "entity:Task:7",
      payload: { count: 1, from: missed, to: missed, reason: "overrun" },
    });
    await settle();
    expect(one.value).toBeUndefined();
  });

  it("tells who asked that a fetch failed", async () => {
    const b = await bench();
    const errors: unknown[] = [];
    new ChannelSubscriber(b.client).entity(new Records<Task>("Task"), {
      load: () => Promise.reject(new Error("down")),
      onError: (error) => errors.push(error),
    });
    await settle();
    b.socket.acceptSubscribe();
    await settle();
    expect(errors).toEqual([new Error("down")]);
  });

  it("leaves a channel with its last listener, and never one that the application subscribed itself", async () => {
    const b = await bench();
    const subscriber = new ChannelSubscriber(b.client);
    const offs = [new Records<Task>("Task"), new Records<Task>("Task")].map((records) => subscriber.entity(records));
    b.client.channel("entity:Own").subscribe();
    const offOwn = subscriber.entity(new Records<Task>("Own"));
    await settle();
    b.socket.acceptSubscribe();
    offs[0]?.();
    offs[0]?.();
    offOwn();
    expect(b.socket.sent("unsubscribe")).toEqual([]);
    offs[1]?.();
    expect(b.socket.sent("unsubscribe").map(({ channel }) => channel)).toEqual(["entity:Task"]);
  });
});
