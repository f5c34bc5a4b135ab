/** `@heliograph/client/watch`: the public names, and nothing else. */
export { matches } from "./watch/filter.ts";
export {
  type Restriction,
  type SessionLog,
  toNdjson,
  type WatchCounters,
  type WatchEvents,
  type WatchItem,
  type WatchOptions,
  type WatchPause,
  WatchSession,
  type WatchState,
} from "./watch/session.ts";
