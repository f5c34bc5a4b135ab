/** The golden frames that the gateway's own tests read too: both sides mean the same. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import {
  type ClientMessage,
  decode,
  encode,
  isPublication,
  type PublicationFrame,
  publication,
  type ServerFrame,
  type ServerMessageType,
} from "../src/protocol.ts";

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

/** One for each type that has a type in TypeScript: the compiler takes neither one more nor one less. */
const known: Record<ServerMessageType, true> = {
  connected: true,
  authenticated: true,
  subscribed: true,
  unsubscribed: true,
  published: true,
  history: true,
  ping: true,
  pong: true,
  skipped: true,
  lost: true,
  degraded: true,
  restored: true,
  stats: true,
  drain: true,
  error: true,
  "presence:sync": true,
  "presence:join": true,
  "presence:update": true,
  "presence:leave": true,
  "presence:joined": true,
  "presence:left": true,
  "presence:seen": true,
  "presence:updated": true,
  "presence:members": true,
};
const SERVER_TYPES = Object.keys(known);
const PUBLICATION_TYPES: string[] = ["event", "entity:created", "entity:updated", "entity:deleted"];

it("has a golden frame for every message that it knows", () => {
  const types = golden.filter(({ direction }) => direction === "server").map(({ frame }) => frame.type);
  expect([...SERVER_TYPES, ...PUBLICATION_TYPES].filter((type) => !types.includes(type))).toEqual([]);
});

it("finds the golden files", () => {
  expect(golden.length, `no golden frames in ${FOLDER}`).toBeGreaterThan(0);
});

describe.each(golden.filter(({ direction }) => direction === "server"))("$file", ({ frame }) => {
  it("is read as it is, and its type is one that this client knows", () => {
    const { version, ...said } = frame;
    expect(decode(JSON.stringify(frame))).toEqual(frame);
    expect(version).toBe(1);
    expect([...SERVER_TYPES, ...PUBLICATION_TYPES]).toContain(said.type);
    expect(isPublication(frame as ServerFrame)).toBe(PUBLICATION_TYPES.includes(said.type));
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
  const frame = (file: string): PublicationFrame =>
    decode(JSON.stringify(golden.find((g) => g.file === file)?.frame)) as PublicationFrame;
  const read = (from: PublicationFrame): unknown => publication(from, (data) => data);
  const position = { epoch: "k3f9", offset: 42 };
  const moved = { type: "event", name: "moved", key: "node-1", position, timestamp: 1701234567890, meta: undefined };

  it("of an event", () => {
    expect(read(frame("server-event-keyed.json"))).toEqual({ ...moved, data: { label: 'é"\n' } });
  });

  it("of an event in a history", () => {
    const { publications } = frame("server-history.json").payload as { publications: PublicationFrame[] };
    expect(publications.map(read)).toEqual([{ ...moved, data: { x: 1 } }]);
  });

  it("of an entity's event, by itself and in a history", () => {
    const entity = frame("server-entity-created.json");
    const { version: _, channel: __, ...item } = entity as unknown as Record<string, unknown>;
    expect(read(entity)).toMatchObject({ type: "entity:created", name: "entity:created", data: entity.payload });
    expect(read(item as unknown as PublicationFrame)).toEqual(read(entity));
  });
});
