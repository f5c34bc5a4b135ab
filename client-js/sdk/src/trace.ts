/** `@heliograph/client/trace`: what belongs together, and which way it went. The public names, and nothing else. */
export {
  byUser,
  type Trace,
  type TraceEvent,
  TraceFollower,
  type TraceOptions,
  type TraceStop,
} from "./trace/follower.ts";
export { type Leg, Paths } from "./trace/paths.ts";
