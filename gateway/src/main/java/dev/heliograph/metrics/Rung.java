package dev.heliograph.metrics;

import java.util.Locale;

/** How far a connection's peer has fallen behind. */
public enum Rung implements Label {
    /** Nothing waits for it. */
    HEALTHY,
    /** Something waits, and it takes. */
    QUEUED,
    /** So much waits that what can be merged is. */
    MERGING,
    /** What waits reached its bound: the oldest events are dropped. */
    DROPPING,
    /** It takes nothing although something waits: it is closed unless that changes. */
    STALLED;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    @Override
    public String key() {
        return "rung";
    }
}
