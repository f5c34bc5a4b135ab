/** `@heliograph/client/presence`: the public names, and nothing else. */
export {
  type PresenceClient,
  type PresenceEvents,
  PresenceManager,
  type PresenceMember,
  type PresenceMembers,
  type PresenceOptions,
} from "./presence/manager.ts";
export type { PresencePage, PresenceUser } from "./protocol.ts";
