import { toNdjson, type WatchItem } from "@heliograph/client/watch";
import type { Sighting } from "./sighting.ts";

/** One event a line, as the gateway sent it, with the ids of the nodes it lit: `{"number":1,"at":"…","event":{…},"nodes":["cart"]}`. */
export function sightingsToNdjson(items: readonly WatchItem<Sighting>[]): string {
  return toNdjson(
    items.map(({ number, at, event: { data, nodes } }) => ({
      number,
      at,
      event: data,
      nodes: nodes.map(({ id }) => id),
    })),
  );
}
