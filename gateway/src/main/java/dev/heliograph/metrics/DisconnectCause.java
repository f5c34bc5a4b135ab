package dev.heliograph.metrics;

import java.util.Locale;

/** Why a client's connection ended. */
public enum DisconnectCause implements Label {
    /** The client said goodbye or went away. */
    CLIENT,
    /** No token came in time. */
    AUTH_TIMEOUT,
    /** The token was refused. */
    TOKEN_REFUSED,
    /** The keys to check its token could not be fetched. */
    KEYS_UNAVAILABLE,
    /** The token expired and was not renewed. */
    TOKEN_EXPIRED,
    /** The operator revoked its token. */
    REVOKED,
    /** The page's origin may not use that workspace. */
    ORIGIN_REFUSED,
    /** A frame broke a rule of RFC 6455 or a limit. */
    PROTOCOL_VIOLATION,
    /** The client took nothing for too long, or asked without reading. */
    SLOW_CONSUMER,
    /** All slow clients together held too much, and this one most. */
    MEMORY,
    /** The client did not answer pings. */
    SILENT,
    /** It asked for an app that there is not, or that takes no more connections, or in a protocol that is not spoken. */
    APP_REFUSED,
    /** Its app's server had the user's connections ended. */
    TERMINATED,
    /** Its client has taken the session up again with another connection. */
    RESUMED,
    /** A poll has its answer. */
    ANSWERED,
    /** A channel of an event stream was not to be had. */
    NOT_JOINED,
    /** Too many of its requests were refused. */
    ABUSE,
    /** The gateway drains, and it was this one's turn. */
    DRAIN,
    /** The gateway stops, at once or because the deadline of its drain has come. */
    SHUTDOWN,
    /** A fault of the gateway. */
    INTERNAL;

    @Override
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
