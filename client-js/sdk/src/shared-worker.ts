/** `@heliograph/client/shared-worker`: the public names, and nothing else. */
export { type HubOptions, serveTabs } from "./shared-worker/serve.ts";
export { type SharedWorkerOptions, sharedWorkerTransport } from "./shared-worker/transport.ts";
