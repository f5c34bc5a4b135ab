package dev.heliograph.webhook;

import dev.heliograph.config.ChannelPattern;
import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.PusherKeyConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.WebhookConfig;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.SocketId;
import dev.heliograph.protocol.pusher.UserId;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelOccupied;
import dev.heliograph.protocol.pusher.WebhookEvent.ChannelVacated;
import dev.heliograph.protocol.pusher.WebhookEvent.EventByClient;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberAdded;
import dev.heliograph.protocol.pusher.WebhookEvent.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent.SubscriptionCount;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Apps and events of tests. */
final class Apps {
    private Apps() {}

    static WebhookConfig every(URI url) {
        return new WebhookConfig(url, Set.copyOf(WebhookConfig.EVENTS), ChannelPattern.of("*"));
    }

    /** A workspace whose keys are its name with {@code -old} and {@code -new} behind, the secrets the keys with {@code -secret}. */
    static WorkspaceConfig app(String name, boolean batches, WebhookConfig... webhooks) {
        var app = new PusherConfig(
                name,
                true,
                List.of(key(name + "-old"), key(name + "-new")),
                true,
                10,
                true,
                false,
                PusherConfig.SubscriptionErrors.CHANNEL,
                0,
                1_000,
                10_240,
                100,
                null,
                "",
                batches,
                List.of(webhooks),
                null);
        return new WorkspaceConfig(name, List.of(), null, null, List.of(), List.of(), null, List.of(), Map.of(), app);
    }

    private static PusherKeyConfig key(String key) {
        return new PusherKeyConfig(key, new Secret(key + "-secret"));
    }

    static ChannelOccupied occupied(String channel) {
        return new ChannelOccupied(new PusherChannel(channel));
    }

    static ChannelVacated vacated(String channel) {
        return new ChannelVacated(new PusherChannel(channel));
    }

    static MemberAdded added(String channel, String user) {
        return new MemberAdded(new PusherChannel(channel), UserId.of(user));
    }

    static MemberRemoved removed(String channel, String user) {
        return new MemberRemoved(new PusherChannel(channel), UserId.of(user));
    }

    static SubscriptionCount count(String channel, int count) {
        return new SubscriptionCount(new PusherChannel(channel), count);
    }

    static EventByClient sent(String channel, String json) {
        return new EventByClient(
                new ClientEvent(new PusherChannel(channel), "client-x", RawJson.of(json)), new SocketId("1.2"), null);
    }
}
