/** The golden frames that the gateway's own tests read too: both sides mean the same. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type ClientMessage, decode, encode } from "../src/protocol.ts";

interface Golden {
  readonly file: string;
  readonly description: string;
  readonly direction: "client" | "server";
  readonly frame: Record<string, unknown> & { type: string };
}

const FOLDER = fileURLToPath(new URL("../../../protocol/src/test/resources/wire/", import.meta.url));

const golden: Golden[] = (existsSync(FOLDER) ? readdirSync(FOLDER) : [])
  .filter((file) => file.endsWith(".json"))
  .map((file) => ({ file, ...(JSON.parse(readFileSync(FOLDER + file, "utf8")) as Omit<Golden, "file">) }));

/** Types of which this client's present version makes nothing. */
const NOT_YET = [
  "presence:sync",
  "presence:join",
  "presence:leave",
  "presence:update",
  "presence:joined",
  "presence:left",
  "presence:seen",
  "presence:updated",
  "presence:members",
  "snapshot",
  "update",
  "stats",
];

it("finds the golden files", () => {
  expect(golden.length, `no golden frames in ${FOLDER}`).toBeGreaterThan(0);
});

describe.each(golden.filter(({ direction }) => direction === "server"))("$file", ({ frame }) => {
  it.skipIf(NOT_YET.includes(frame.type))("is understood", () => {
    const message = decode(JSON.stringify(frame));
    expect(message, `frame ${frame.type}`).toBeDefined();
    const published = frame.type === "event" || frame.type.startsWith("entity:");
    expect(message?.type).toBe(published ? "publication" : frame.type);
    expect(message?.requestId).toBe(frame["requestId"]);
    expect(message?.channel).toBe(frame["channel"]);
  });
});

describe.each(golden.filter(({ direction }) => direction === "client"))("$file", ({ frame }) => {
  it("is a message that this client can say", () => {
    const { version, timestamp, ...rest } = frame;
    expect(JSON.parse(encode(rest as unknown as ClientMessage))).toEqual({ version: 1, ...rest });
    expect(version ?? 1).toBe(1);
    expect(["undefined", "number"]).toContain(typeof timestamp);
  });
});

describe("what the golden frames say arrives", () => {
  const frame = (file: string): unknown => decode(JSON.stringify(golden.find((g) => g.file === file)?.frame));
  const position = { epoch: "k3f9", offset: 42 };

  it("of an event", () => {
    const publication = {
      type: "event",
      name: "moved",
      key: "node-1",
      data: { label: 'é"\n' },
      position,
      timestamp: 1701234567890,
    };
    expect(frame("server-event-keyed.json")).toMatchObject({ channel: "board", publication });
  });

  it("of a history", () => {
    const publication = {
      type: "event",
      name: "moved",
      key: "node-1",
      data: { x: 1 },
      position,
      timestamp: 1701234567890,
    };
    expect(frame("server-history.json")).toMatchObject({ publications: [publication], position, complete: true });
  });

  it("of subscriptions, joined and refused", () => {
    expect(frame("server-subscribed-many.json")).toMatchObject({
      results: [
        { channel: "entity:Task", position, recovered: false, wasRecovering: true },
        { channel: "user:u_7", error: { code: "FORBIDDEN" } },
      ],
    });
    expect(frame("server-subscribed.json")).toMatchObject({
      results: [{ channel: "entity:Task", position, recovered: true }],
    });
  });

  it("of a loss, a connection, a renewal and an error", () => {
    expect(frame("server-lost.json")).toMatchObject({
      gap: { count: 3, from: { offset: 40 }, to: position, reason: "slow_consumer" },
    });
    expect(frame("server-connected.json")).toMatchObject({
      userId: undefined,
      pingIntervalMs: 25_000,
      maxMessageBytes: 65_536,
    });
    expect(frame("server-authenticated.json")).toMatchObject({
      expiresAt: 1701238167000,
      sentAt: 1701234567890,
      lost: ["entity:Secret"],
    });
    expect(frame("server-error.json")).toMatchObject({
      code: "FORBIDDEN",
      requestId: "req_8",
      channel: "entity:Secret",
    });
  });
});
