package dev.heliograph.app;

import dev.heliograph.broker.Broker;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PusherChannel;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvent;
import dev.heliograph.protocol.pusher.PusherServerMessage.WatchlistEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;

/**
 * Who is online: whoever has a connection that has signed in, or had one until a moment ago, so that a page that is loaded again does not flicker. Tells it to
 * those who watch. Any thread; as large as the users who left within the grace. Source: Pusher, "Watchlist events".
 */
public final class Watchlists {
    static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Broker broker;
    private final BiConsumer<ChannelId, WatchlistEvents> listener;
    private final LongSupplier ticker;
    /** When the last connection of a user left, by the channel of those who watch. */
    private final Map<ChannelId, Leaver> leavers = new ConcurrentHashMap<>();

    private record Leaver(String userId, long leftNanos) {}

    /** @param listener is given the channel of those who watch, and what they are to be told */
    Watchlists(Broker broker, BiConsumer<ChannelId, WatchlistEvents> listener, LongSupplier ticker) {
        this.broker = broker;
        this.listener = listener;
        this.ticker = ticker;
    }

    /** A user has so many connections that have signed in; in order for each user. */
    void onConnections(String workspace, String userId, int connections, int change) {
        ChannelId watchers = NoticeChannel.watchers(workspace, userId);
        if (connections == 0) {
            leavers.put(watchers, new Leaver(userId, ticker.getAsLong()));
        } else if (connections == 1 && change > 0) {
            leavers.compute(watchers, (_, leaver) -> {
                if (leaver == null) {
                    tell(watchers, userId, true);
                }
                return null;
            });
        }
    }

    private void tell(ChannelId watchers, String userId, boolean online) {
        if (broker.subscribers(watchers) > 0) {
            listener.accept(watchers, new WatchlistEvents(List.of(new WatchlistEvent(online, List.of(userId)))));
        }
    }

    void sweep() {
        long now = ticker.getAsLong();
        leavers.keySet()
                .forEach(watchers -> leavers.computeIfPresent(watchers, (_, leaver) -> {
                    if (now - leaver.leftNanos() < GRACE_NANOS) {
                        return leaver;
                    }
                    tell(watchers, leaver.userId(), false);
                    return null;
                }));
    }

    /** An id that nobody can sign in with is that of nobody who is online. */
    private boolean isOnline(String workspace, String userId) {
        PusherChannel user = PusherChannel.ofUser(userId);
        return user != null
                && (broker.subscribers(new ChannelId(workspace, user.name())) > 0
                        || leavers.containsKey(NoticeChannel.watchers(workspace, userId)));
    }

    /** What whoever begins to watch is told first. */
    WatchlistEvents state(String workspace, List<String> userIds) {
        var online = new ArrayList<String>();
        var offline = new ArrayList<String>();
        userIds.forEach(userId -> (isOnline(workspace, userId) ? online : offline).add(userId));
        var events = new ArrayList<WatchlistEvent>();
        if (!online.isEmpty()) {
            events.add(new WatchlistEvent(true, online));
        }
        if (!offline.isEmpty()) {
            events.add(new WatchlistEvent(false, offline));
        }
        return new WatchlistEvents(events);
    }
}
