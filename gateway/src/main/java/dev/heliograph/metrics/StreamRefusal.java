package dev.heliograph.metrics;

import java.util.Locale;

/** Why a request for an event stream, or a poll, is refused. */
public enum StreamRefusal implements Label {
    /** It cannot be read, or asks for too much. */
    MALFORMED,
    /** No token, or a bad one. */
    UNAUTHENTICATED,
    /** The keys to check its token could not be fetched. */
    KEYS_UNAVAILABLE,
    /** The page's origin may not use that workspace. */
    ORIGIN,
    /** The token does not grant it. */
    FORBIDDEN,
    /** As many streams and WebSockets are open from its address as may be. */
    CONNECTIONS_PER_ADDRESS,
    /** Too much waits for slow clients already. */
    OVERLOAD,
    /** The workspace has as many channels as it may, or the gateway ends. */
    UNAVAILABLE;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
