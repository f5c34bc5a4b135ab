import type { Graph } from "@heliograph/client/graph";

/** The same for all who look at this graph, wherever they have it from: 14 hexadecimal digits of its nodes' uuids. */
export function graphId({ nodes }: Graph): string {
  const text = nodes
    .map(({ uuid }) => uuid)
    .sort()
    .join("\n");
  // cyrb53: `crypto.subtle` is not there in pages without TLS, and nothing here is secret
  let [high, low] = [0xdeadbeef, 0x41c6ce57];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(16).padStart(14, "0").slice(-14);
}
