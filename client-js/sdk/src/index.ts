/** `@heliograph/client`: the public names, and nothing else. */
export type { BackoffOptions } from "./backoff.ts";
export type { ChannelType, ChannelTypes } from "./channels.ts";
export { type ClientEvents, type ClientOptions, HeliographClient } from "./client.ts";
export { type Clock, systemClock } from "./clock.ts";
export type { ConnectionState, StateChange } from "./connection.ts";
export {
  DisconnectedError,
  GatewayError,
  HeliographError,
  NotSentError,
  OverflowError,
  ProtocolError,
  RequestTimeoutError,
  TokenError,
  UnauthorizedError,
} from "./errors.ts";
export type { IterateOptions } from "./iterate.ts";
export { type Lifecycle, type LifecycleEvent, pageLifecycle } from "./lifecycle.ts";
export type {
  ClientMessageType,
  Degradation,
  ErrorCode,
  Filter,
  FilterValue,
  Gap,
  Granted,
  Position,
  PresenceUser,
  Publication,
  ServerMessage,
  ServerMessageType,
  WatchStats,
} from "./protocol.ts";
export type { SubscriptionState } from "./roster.ts";
export { type ReadonlySignal, type Signal, signal } from "./signal.ts";
export type {
  History,
  HistoryOptions,
  PublishOptions,
  StreamOptions,
  Subscription,
  SubscriptionEvents,
  SubscriptionOptions,
} from "./subscription.ts";
export type { TokenProvider, TokenReason } from "./token.ts";
export {
  type Transport,
  type TransportFactory,
  type TransportListener,
  type WebSocketConstructor,
  type WebSocketLike,
  webSocketTransport,
} from "./transport.ts";
