import type { Position } from "../protocol.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const KEY_LENGTH = 8;

/** How far a client has seen its channels, in the gateway's words. Source: docs/PROTOCOL.md, "Server-sent events". */
export class Cursor {
  /** What stands in the word for a channel, by the channel's key. */
  readonly #entries = new Map<string, string>();

  /** Takes up where the channels stand that an id speaks of. */
  take(id: string): void {
    for (const entry of id.split("~")) {
      this.#entries.set(entry.slice(0, KEY_LENGTH), entry);
    }
  }

  /** The client says where it stands; an id may know better, as what is filtered out moves only ids. */
  put(channel: string, position: Position): void {
    const known = this.position(channel);
    if (known?.epoch !== position.epoch || known.offset < position.offset) {
      this.take(idOf(channel, position));
    }
  }

  forget(channel: string): void {
    this.#entries.delete(keyOf(channel));
  }

  position(channel: string): Position | undefined {
    return positionIn(this.#entries.get(keyOf(channel)) ?? "");
  }

  /** The id for a stream of these channels; empty if nothing is known of any. */
  of(channels: Iterable<string>): string {
    return [...channels].flatMap((channel) => this.#entries.get(keyOf(channel)) ?? []).join("~");
  }
}

/** Of an id that speaks of one channel. */
export function positionIn(id: string): Position | undefined {
  const [, offset, epoch] = /^.{8}(\d+)\.([\w-]*)$/.exec(id) ?? [];
  return epoch === undefined ? undefined : { epoch, offset: Number(offset) };
}

/** The id for one channel alone. */
export function idOf(channel: string, { epoch, offset }: Position): string {
  return `${keyOf(channel)}${offset}.${epoch}`;
}

/** FNV-1a of the name in 64 bits, 48 of which are written. */
function keyOf(channel: string): string {
  let hash = 0xcbf29ce484222325n;
  for (let i = 0; i < channel.length; i++) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(channel.charCodeAt(i))) * 0x100000001b3n);
  }
  let key = "";
  for (let i = 1; i <= KEY_LENGTH; i++) {
    key += ALPHABET[Number((hash >> BigInt(6 * i)) & 63n)];
  }
  return key;
}
