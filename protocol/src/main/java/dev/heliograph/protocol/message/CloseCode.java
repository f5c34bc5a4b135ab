package dev.heliograph.protocol.message;

/** Why the gateway closes a connection, as the code of the Close frame. Source: docs/PROTOCOL.md, "Close codes"; RFC 6455 section 7.4.1. */
public enum CloseCode {
    NORMAL(1000),
    GOING_AWAY(1001),
    PROTOCOL_ERROR(1002),
    UNSUPPORTED_DATA(1003),
    INVALID_DATA(1007),
    POLICY_VIOLATION(1008),
    TOO_BIG(1009),
    INTERNAL_ERROR(1011),
    SERVICE_RESTART(1012),
    TRY_AGAIN_LATER(1013),
    UNAUTHENTICATED(4401),
    FORBIDDEN(4403),
    SLOW_CONSUMER(4408),
    ABUSE(4429);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }
}
