/** `@heliograph/client/shared-worker`: the public names, and nothing else. */
export { type SharedWorkerOptions, sharedWorkerTransport } from "./shared-worker/transport.ts";
