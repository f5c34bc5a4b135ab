package dev.heliograph.metrics;

import java.util.Locale;

/** What is bounded for a client, a channel or an address, and was asked for more of. */
public enum Bound implements Label {
    /** Channels of one connection. */
    SUBSCRIPTIONS,
    /** Publications of one channel within a second. */
    CHANNEL_RATE,
    /** Connections from one address. */
    CONNECTIONS_PER_ADDRESS;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
