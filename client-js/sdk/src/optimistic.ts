/** `@heliograph/client/optimistic`: what the user does is shown before the server has said so. The public names, and nothing else. */
export {
  ApiError,
  type EntityApi,
  type MutationRequest,
  type MutationResult,
  type RestOptions,
  restApi,
} from "./optimistic/api.ts";
export { type ChannelClient, type ChannelOptions, ChannelSubscriber } from "./optimistic/channels.ts";
export type { Conflict, ConflictPolicy } from "./optimistic/conflict.ts";
export { newId } from "./optimistic/ids.ts";
export { type OptimisticEvents, OptimisticManager, type OptimisticOptions } from "./optimistic/manager.ts";
export {
  type Mutation,
  MutationError,
  type MutationOptions,
  type MutationStatus,
  type RollbackReason,
} from "./optimistic/mutation.ts";
export { type Change, type Identified, Records, type RecordsOptions, type Row } from "./optimistic/records.ts";
