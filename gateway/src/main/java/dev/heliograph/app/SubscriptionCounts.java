package dev.heliograph.app;

import dev.heliograph.protocol.message.ChannelId;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Says how many subscribers a channel has: each time it changes while there are few, and every five seconds if it has changed where there are many, since each
 * of them is told. Any thread. Source: Pusher, "Subscription count events".
 */
final class SubscriptionCounts {
    /** From so many subscribers on they are told less often. */
    static final int MANY = 100;

    static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** Is told a count. */
    @FunctionalInterface
    interface Listener {
        void onCount(ChannelId channel, int subscribers);
    }

    private final Listener listener;
    private final LongSupplier ticker;
    /** Channels with many subscribers that were told of late, or are to be. */
    private final Map<ChannelId, Pace> paces = new ConcurrentHashMap<>();

    /** @param changedTo 0: nothing has changed since */
    private record Pace(long toldNanos, int changedTo) {}

    SubscriptionCounts(Listener listener, LongSupplier ticker) {
        this.listener = listener;
        this.ticker = ticker;
    }

    /** A channel has so many subscribers now; in order for each channel. */
    void onCount(ChannelId channel, int subscribers) {
        long now = ticker.getAsLong();
        paces.compute(channel, (_, pace) -> {
            if (subscribers > MANY && pace != null && now - pace.toldNanos() < INTERVAL_NANOS) {
                return new Pace(pace.toldNanos(), subscribers);
            }
            listener.onCount(channel, subscribers);
            return subscribers > MANY ? new Pace(now, 0) : null;
        });
    }

    /** Tells what has changed of channels whose time has come, and forgets those that rest. */
    void sweep() {
        long now = ticker.getAsLong();
        paces.keySet()
                .forEach(channel -> paces.computeIfPresent(channel, (_, pace) -> {
                    if (now - pace.toldNanos() < INTERVAL_NANOS) {
                        return pace;
                    }
                    if (pace.changedTo() == 0) {
                        return null;
                    }
                    listener.onCount(channel, pace.changedTo());
                    return new Pace(now, 0);
                }));
    }
}
