/** `@heliograph/client/sse`: the public names, and nothing else. */
export { type FallbackOptions, fallback } from "./fallback.ts";
export { type SseOptions, sseTransport } from "./sse/transport.ts";
