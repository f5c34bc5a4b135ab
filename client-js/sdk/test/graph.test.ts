import { describe, expect, it } from "vitest";
import { readEnvelope, readGraph } from "../src/graph.ts";
import { envelope } from "./events.ts";

describe("readEnvelope", () => {
  it("reads what the gateway publishes", () => {
    expect(readEnvelope(envelope({ event_name: "E", message_id: "m", late: true, traits: { plan: "pro" } }))).toEqual({
      name: "E",
      type: "track",
      messageId: "m",
      traceId: "t-1",
      user: "p_7k2",
      userId: undefined,
      anonymousId: undefined,
      occurredAt: Date.UTC(2026, 1, 3, 12),
      arrivedAt: Date.UTC(2026, 1, 3, 12) + 215,
      late: true,
      properties: {},
      traits: { plan: "pro" },
    });
  });

  it.each([
    null,
    7,
    "text",
    [],
    {},
    { event_name: "E" },
    envelope({ message_id: 3 }),
    envelope({ arrived_at: "soon" }),
  ])("makes nothing of %j", (data) => expect(readEnvelope(data)).toBeUndefined());

  it("takes the arrival for the occurrence if that is unknown", () => {
    const read = readEnvelope(envelope({ occurred_at: null, trace_id: null }));
    expect(read?.occurredAt).toBe(read?.arrivedAt);
    expect(read?.traceId).toBeUndefined();
  });
});

describe("readGraph", () => {
  it.each([
    [{}, "a list `nodes`"],
    [{ nodes: [] }, "not empty"],
    [{ nodes: [{}] }, "nodes[0] has no id"],
    [
      {
        nodes: [
          { uuid: "u", id: "a" },
          { uuid: "u", id: "b" },
        ],
      },
      "the same uuid",
    ],
    [{ nodes: [{ uuid: "u", id: "a" }], edges: [{ from: "u", to: "a" }] }, "edges[0].to names no node by uuid: a"],
    [{ nodes: [{ uuid: "u", id: "a" }], edges: [{ to: "u" }] }, "edges[0].from names no node by uuid: undefined"],
  ])("says what is wrong with %j", (file, message) => expect(() => readGraph(file)).toThrow(message));
});
