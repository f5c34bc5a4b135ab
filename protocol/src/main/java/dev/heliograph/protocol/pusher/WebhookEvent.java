package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import org.jspecify.annotations.Nullable;

/** What an app's server can be told by webhook. Source: Pusher, "Webhooks". */
public sealed interface WebhookEvent {
    /** The first connection has subscribed. */
    record ChannelOccupied(PusherChannel channel) implements WebhookEvent {}

    /** The last connection has left. */
    record ChannelVacated(PusherChannel channel) implements WebhookEvent {}

    /** A connection has subscribed to a cache channel that keeps no event. */
    record CacheMiss(PusherChannel channel) implements WebhookEvent {}

    /** The first connection of a user has subscribed to a presence channel. */
    record MemberAdded(PusherChannel channel, UserId user) implements WebhookEvent {}

    /** The last connection of a user has left a presence channel. */
    record MemberRemoved(PusherChannel channel, UserId user) implements WebhookEvent {}

    /** @param user whom the sender is known as on a presence channel; null on every other */
    record EventByClient(
            ClientEvent event, SocketId sender, @Nullable UserId user) implements WebhookEvent {}

    /** How many connections have subscribed now. */
    record SubscriptionCount(PusherChannel channel, int count) implements WebhookEvent {}
}
