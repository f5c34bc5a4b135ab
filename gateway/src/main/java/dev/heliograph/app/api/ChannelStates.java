package dev.heliograph.app.api;

import dev.heliograph.app.App;
import dev.heliograph.broker.Broker;
import dev.heliograph.presence.Rosters;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.pusher.ApiException;
import dev.heliograph.protocol.pusher.ChannelAttribute;
import dev.heliograph.protocol.pusher.ChannelState;
import dev.heliograph.protocol.pusher.PresenceMember;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherChannel.Kind;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Knows what can be told of a channel. Any thread. */
final class ChannelStates {
    private static final long MS_PER_SECOND = 1_000;

    private final Broker broker;
    private final Rosters<PresenceMember> rosters;
    private final InstantSource clock;
    private final long cacheMs;

    /** @param cacheMs how long a cache channel keeps its last event */
    ChannelStates(Broker broker, Rosters<PresenceMember> rosters, InstantSource clock, long cacheMs) {
        this.broker = broker;
        this.rosters = rosters;
        this.clock = clock;
        this.cacheMs = cacheMs;
    }

    Rosters<PresenceMember> rosters() {
        return rosters;
    }

    /** Lets pass what the app allows to ask. */
    void check(App app, Set<ChannelAttribute> asked) throws ApiException {
        if (asked.contains(ChannelAttribute.SUBSCRIPTION_COUNT) && !app.config().subscriptionCount()) {
            throw new ApiException(
                    ApiException.BAD_REQUEST,
                    "Cannot retrieve the subscription count unless it is enabled for this app (subscriptionCount)");
        }
    }

    boolean isOccupied(App app, PusherChannel channel) {
        return broker.subscribers(app.channel(channel)) > 0;
    }

    /** What of it a channel has: one without members has no count of users. */
    ChannelState of(App app, PusherChannel channel, Set<ChannelAttribute> asked) {
        ChannelId id = app.channel(channel);
        boolean users = asked.contains(ChannelAttribute.USER_COUNT) && channel.kind() == Kind.PRESENCE;
        boolean subscribers = asked.contains(ChannelAttribute.SUBSCRIPTION_COUNT);
        return new ChannelState(
                users ? Integer.valueOf(rosters.size(id)) : null,
                subscribers ? Integer.valueOf(broker.subscribers(id)) : null,
                asked.contains(ChannelAttribute.CACHE) ? cache(id) : null);
    }

    private ChannelState.Cache cache(ChannelId id) {
        var answer = new AtomicReference<@Nullable Publication>();
        broker.kept(id, answer::set);
        Publication kept = answer.get();
        if (kept == null) {
            return new ChannelState.Empty();
        }
        long leftMs = kept.timestampMs() + cacheMs - clock.millis();
        return new ChannelState.Kept(kept.data(), Math.max(0, leftMs / MS_PER_SECOND));
    }
}
