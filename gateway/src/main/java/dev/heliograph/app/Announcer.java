package dev.heliograph.app;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.OccupancyListener;
import dev.heliograph.presence.PresenceListener;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import dev.heliograph.protocol.pusher.PusherServerMessage;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberAdded;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens around the channels of apps: to members who comes and goes, to subscribers how many they are, to watchers who is online, and to webhooks
 * all of it. It is told under the locks of channels and rosters: under a channel's it only hands over, under a roster's it publishes on a {@link NoticeChannel}. Any
 * thread.
 */
public final class Announcer implements OccupancyListener, PresenceListener<PresenceMember> {
    private final Apps apps;
    private final Broker broker;
    private final NoticeBoard notices;
    private final WebhookSink webhooks;
    private final SubscriptionCounts counts;
    private final Watchlists watchlists;

    /**
     * @param ticker monotonic nanoseconds
     * @param offLock runs one task at a time, on a thread that holds no lock of a channel
     */
    public Announcer(Apps apps, Broker broker, WebhookSink webhooks, LongSupplier ticker, Executor offLock) {
        this.apps = apps;
        this.broker = broker;
        this.notices = new NoticeBoard(broker, ticker, offLock);
        this.webhooks = webhooks;
        this.counts = new SubscriptionCounts(this::announceCount, ticker);
        this.watchlists = new Watchlists(broker, notices::post, ticker);
    }

    /** Who of all users is online. */
    public Watchlists watchlists() {
        return watchlists;
    }

    @Override
    public void onSubscribers(ChannelId channel, int subscribers, int change) {
        App app = apps.ofWorkspace(channel.workspace());
        PusherChannel named = app == null ? null : PusherChannel.parse(channel.name(), PusherChannel.LENGTH_MAX);
        if (app == null || named == null) {
            return;
        }
        if (named.kind() == Kind.USER) {
            watchlists.onConnections(channel.workspace(), String.valueOf(named.userId()), subscribers, change);
            return;
        }
        if (subscribers == 0) {
            webhooks.offer(app.workspace(), "channel_vacated", () -> new WebhookEvent.ChannelVacated(named));
        } else if (subscribers == 1 && change > 0) {
            webhooks.offer(app.workspace(), "channel_occupied", () -> new WebhookEvent.ChannelOccupied(named));
        }
        if (app.config().subscriptionCount() && named.kind() != Kind.PRESENCE) {
            webhooks.offer(
                    app.workspace(),
                    "subscription_count",
                    () -> new WebhookEvent.SubscriptionCount(named, subscribers));
            if (tellsCount(app, named)) {
                counts.onCount(channel, subscribers);
            }
        }
    }

    /** Pusher's Java client takes whatever comes on an encrypted channel for an encrypted event, and fails. */
    static boolean tellsCount(App app, PusherChannel channel) {
        return app.config().subscriptionCount() && channel.kind() != Kind.PRESENCE && channel.kind() != Kind.ENCRYPTED;
    }

    private void announceCount(ChannelId channel, int subscribers) {
        if (subscribers > 0) {
            notices.post(
                    NoticeChannel.count(channel),
                    new PusherServerMessage.SubscriptionCount(new PusherChannel(channel.name()), subscribers));
        }
    }

    @Override
    public Position onAdded(ChannelId channel, PresenceMember member) {
        var added = new MemberAdded(new PusherChannel(channel.name()), member);
        return notices.publish(NoticeChannel.members(channel), added).position();
    }

    @Override
    public @Nullable Position onRemoved(ChannelId channel, PresenceMember member) {
        ChannelId members = NoticeChannel.members(channel);
        if (broker.subscribers(members) == 0) {
            return null;
        }
        var removed = new MemberRemoved(new PusherChannel(channel.name()), member.id());
        return notices.publish(members, removed).position();
    }

    /** Webhooks have a grace of their own. */
    @Override
    public void onPresent(ChannelId channel, PresenceMember member) {
        webhooks.offer(
                channel.workspace(),
                "member_added",
                () -> new WebhookEvent.MemberAdded(new PusherChannel(channel.name()), member.id()));
    }

    @Override
    public void onAbsent(ChannelId channel, PresenceMember member) {
        webhooks.offer(
                channel.workspace(),
                "member_removed",
                () -> new WebhookEvent.MemberRemoved(new PusherChannel(channel.name()), member.id()));
    }

    /** Somebody has subscribed to a cache channel that keeps nothing. */
    void onCacheMiss(App app, PusherChannel channel) {
        webhooks.offer(app.workspace(), "cache_miss", () -> new WebhookEvent.CacheMiss(channel));
    }

    void onClientEvent(App app, Supplier<WebhookEvent> event) {
        webhooks.offer(app.workspace(), "client_event", event);
    }

    /** Tells what was held back and is due; to be called several times a second. */
    public void sweep() {
        counts.sweep();
        watchlists.sweep();
    }
}
