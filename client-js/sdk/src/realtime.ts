/** `@heliograph/client/realtime`: the API of Dazzle's realtime document over this client. The public names, and nothing else. */
export {
  type PresenceClient,
  type PresenceEvents,
  PresenceManager,
  type PresenceMember,
  type PresenceMembers,
  type PresenceOptions,
  type PresencePage,
  type PresenceUser,
} from "./presence.ts";
export { RealtimeClient, type RealtimeMessage, type RealtimeOptions } from "./realtime/client.ts";
export { type ApiClient, type MutationContext, OptimisticManager, type ValueSignal } from "./realtime/optimistic.ts";
export { type ReadonlySignal, Signal, signal } from "./signal.ts";
