package dev.heliograph.metrics;

import java.util.Locale;

/** Why a connection of a trusted proxy ended before its PROXY header was read. */
public enum ProxyFailure implements Label {
    /** It begins with something else. */
    MISSING,
    /** It is not as the protocol has it. */
    MALFORMED,
    /** It is longer than it may be. */
    TOO_LARGE,
    /** It did not arrive in time. */
    TIMEOUT,
    /** The proxy went away in the middle of it. */
    GONE;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
