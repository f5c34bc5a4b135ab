package dev.heliograph.protocol.pusher;

/**
 * The numbers that a {@code pusher:error}, or the Close frame behind it, can carry, with what each makes official clients do. Source: Pusher Channels Protocol,
 * "Error codes".
 */
public enum PusherCode {
    /** Clients come back at once, by TLS. */
    TLS_ONLY(4000, "Application only accepts SSL connections, reconnect using wss://"),
    APP_UNKNOWN(4001, "Application does not exist"),
    APP_DISABLED(4003, "Application disabled"),
    APP_OVER_CONNECTION_QUOTA(4004, "Application is over connection quota"),
    PATH_NOT_FOUND(4005, "Path not found"),
    VERSION_MALFORMED(4006, "Invalid version string format"),
    PROTOCOL_UNSUPPORTED(4007, "Unsupported protocol version"),
    PROTOCOL_MISSING(4008, "No protocol version supplied"),
    /** As every code from 4001 to 4099: clients never come back by themselves. */
    UNAUTHORIZED(4009, "Connection is unauthorized"),
    /** Clients come back after one second, each time, without jitter. */
    OVER_CAPACITY(4100, "Over capacity"),
    /** Clients come back at once. */
    RECONNECT(4200, "Please reconnect immediately"),
    /** Clients come back at once. */
    PONG_MISSING(4201, "Pong reply not received"),
    /** Clients come back at once. */
    INACTIVE(4202, "Closed after inactivity"),
    /** The connection stays open: after a close with this code pusher-js would never come back. */
    CLIENT_EVENT_REFUSED(4301, "Client event rejected due to rate limit"),
    /** The connection stays open. */
    WATCHLIST_TOO_LONG(4302, "Watchlist limit exceeded. Only the first 100 user IDs are accepted.");

    private final int code;
    private final String reason;

    PusherCode(int code, String reason) {
        this.code = code;
        this.reason = reason;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }

    /** What Pusher says it means: short enough for a Close frame. */
    public String reason() {
        return reason;
    }

    /** Whether it may close a connection; else it is only told. */
    public boolean closes() {
        return this != CLIENT_EVENT_REFUSED && this != WATCHLIST_TOO_LONG;
    }

    /** The {@code pusher:error} that tells no more than this. */
    public PusherServerMessage.Failed toMessage() {
        return new PusherServerMessage.Failed(this, reason);
    }
}
