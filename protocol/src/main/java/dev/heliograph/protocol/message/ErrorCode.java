package dev.heliograph.protocol.message;

/** What was wrong with a request, as the {@code code} of an {@code error} message. Source: docs/PROTOCOL.md, "Error codes". */
public enum ErrorCode {
    BAD_MESSAGE,
    UNKNOWN_MESSAGE_TYPE,
    UNSUPPORTED_VERSION,
    UNAUTHENTICATED,
    FORBIDDEN,
    BAD_CHANNEL,
    NOT_SUBSCRIBED,
    SUBSCRIPTION_LIMIT,
    RATE_LIMITED,
    TOO_LARGE,
    BAD_FILTER,
    CONFLICT,
    TIMEOUT,
    UNAVAILABLE,
    INTERNAL
}
