/** `@heliograph/client/shared-worker/serve`, for the worker's script: the public names, and nothing else. */
export { type HubOptions, serveTabs } from "./shared-worker/serve.ts";
