package dev.heliograph.app;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.OccupancyListener;
import dev.heliograph.presence.PresenceListener;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import dev.heliograph.protocol.pusher.PusherServerMessage;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberAdded;
import dev.heliograph.protocol.pusher.PusherServerMessage.MemberRemoved;
import dev.heliograph.protocol.pusher.WebhookEvent;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells what happens around the channels of apps: to members who comes and goes, to subscribers how many they are, to watchers who is online, and to webhooks
 * all of it. It is told under the locks of channels and rosters, and only hands over: what clients are told is published on a {@link NoticeChannel}. Any thread.
 */
public final class Announcer implements OccupancyListener, PresenceListener<PresenceMember> {
    private static final String NOTICE = "notice";

    private final Apps apps;
    private final Broker broker;
    private final WebhookSink webhooks;
    private final LongSupplier ticker;
    private final SubscriptionCounts counts;
    private final Watchlists watchlists;

    /** @param ticker monotonic nanoseconds */
    public Announcer(Apps apps, Broker broker, WebhookSink webhooks, LongSupplier ticker) {
        this.apps = apps;
        this.broker = broker;
        this.webhooks = webhooks;
        this.ticker = ticker;
        this.counts = new SubscriptionCounts(this::announceCount, ticker);
        this.watchlists = new Watchlists(broker, this::announceWatched, ticker);
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
            webhooks.offer(app.workspace(), new WebhookEvent.ChannelVacated(named));
        } else if (subscribers == 1 && change > 0) {
            webhooks.offer(app.workspace(), new WebhookEvent.ChannelOccupied(named));
        }
        if (app.config().subscriptionCount() && named.kind() != Kind.PRESENCE) {
            webhooks.offer(app.workspace(), new WebhookEvent.SubscriptionCount(named, subscribers));
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
            publish(
                    NoticeChannel.count(channel),
                    new PusherServerMessage.SubscriptionCount(new PusherChannel(channel.name()), subscribers));
        }
    }

    private void announceWatched(ChannelId watchers, PusherServerMessage.WatchlistEvents events) {
        publish(watchers, events);
    }

    @Override
    public Position onAdded(ChannelId channel, PresenceMember member) {
        return publish(NoticeChannel.members(channel), new MemberAdded(new PusherChannel(channel.name()), member));
    }

    @Override
    public Position onRemoved(ChannelId channel, PresenceMember member) {
        return publish(
                NoticeChannel.members(channel), new MemberRemoved(new PusherChannel(channel.name()), member.id()));
    }

    /** Webhooks have a grace of their own. */
    @Override
    public void onPresent(ChannelId channel, PresenceMember member) {
        webhooks.offer(
                channel.workspace(), new WebhookEvent.MemberAdded(new PusherChannel(channel.name()), member.id()));
    }

    @Override
    public void onAbsent(ChannelId channel, PresenceMember member) {
        webhooks.offer(
                channel.workspace(), new WebhookEvent.MemberRemoved(new PusherChannel(channel.name()), member.id()));
    }

    /** Somebody has subscribed to a cache channel that keeps nothing. */
    void onCacheMiss(App app, PusherChannel channel) {
        webhooks.offer(app.workspace(), new WebhookEvent.CacheMiss(channel));
    }

    void onClientEvent(App app, WebhookEvent.EventByClient event) {
        webhooks.offer(app.workspace(), event);
    }

    /** Tells what was held back and is due; to be called several times a second. */
    public void sweep() {
        counts.sweep();
        watchlists.sweep();
    }

    private Position publish(ChannelId channel, PusherServerMessage message) {
        var draft = new Draft(channel, NOTICE, NoticeChannel.notice(message), null, 0, ticker.getAsLong());
        var published = new AtomicReference<@Nullable Publication>();
        broker.publish(draft, published::set);
        Publication publication = published.get();
        if (publication == null) {
            throw new IllegalStateException("the broker has to publish at once: " + channel);
        }
        return publication.position();
    }
}
