package dev.heliograph.metrics;

import java.util.Locale;

/** What is bounded for a client or a channel, and was asked for more of. */
public enum Bound implements Label {
    /** Channels of one connection. */
    SUBSCRIPTIONS,
    /** Publications of one channel within a second. */
    CHANNEL_RATE;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
