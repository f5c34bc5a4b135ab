package dev.heliograph.config;

/**
 * Bounds of what one client may cost.
 *
 * @param connectionsMax upgrades beyond it are refused with 503
 * @param headersTimeoutMs from a connection's first byte (or its opening) to the end of a request's headers
 * @param bodyTimeoutMs from the headers to the end of the body
 * @param idleTimeoutMs how long an HTTP connection may rest between two requests
 * @param authTimeoutMs from the upgrade to a valid token
 * @param pingIntervalMs how often the gateway pings; a client silent for two intervals is closed
 * @param frameBytesMax largest WebSocket frame accepted
 * @param messageBytesMax largest message accepted, all its frames together
 * @param fragmentsMax most frames of one message
 * @param messageTimeoutMs from the first to the last frame of one message
 * @param subscriptionsMax most channels of one connection
 * @param outboxBytesMax most bytes that wait for one slow client before its oldest events are dropped
 * @param stallTimeoutMs a client that takes nothing for so long while something waits is closed with 4408
 */
public record LimitsConfig(
        int connectionsMax,
        long headersTimeoutMs,
        long bodyTimeoutMs,
        long idleTimeoutMs,
        long authTimeoutMs,
        long pingIntervalMs,
        int frameBytesMax,
        int messageBytesMax,
        int fragmentsMax,
        long messageTimeoutMs,
        int subscriptionsMax,
        int outboxBytesMax,
        long stallTimeoutMs) {
    public static final LimitsConfig DEFAULT = new LimitsConfig(
            15_000, 5_000, 15_000, 75_000, 10_000, 25_000, 65_536, 65_536, 128, 10_000, 50, 1 << 20, 10_000);
}
