package dev.heliograph.config;

import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;

/**
 * Bounds of what one client may cost.
 *
 * @param connectionsMax upgrades beyond it are refused with 503
 * @param handshakesMax TLS handshakes under way at once; connections that would begin one beyond it are closed
 * @param headersTimeoutMs from a connection's opening to the end of its TLS handshake, and from there to the end of a request's headers
 * @param bodyTimeoutMs from the headers to the end of the body
 * @param idleTimeoutMs how long an HTTP connection may rest between two requests
 * @param authTimeoutMs from the upgrade to a valid token
 * @param pingIntervalMs how often the gateway pings; a client silent for two intervals is closed
 * @param frameBytesMax largest WebSocket frame accepted
 * @param messageBytesMax largest message accepted, all its frames together
 * @param fragmentsMax most frames of one message
 * @param messageTimeoutMs from the first to the last frame of one message
 * @param subscriptionsMax most channels of one connection
 * @param refusalsPerMinuteMax refused messages of one connection within a minute after which it is closed with 4429
 * @param channelRatePerSecond publications of one channel per second, on average, whoever publishes; 0: as many as come
 * @param connectionsPerAddressMax most WebSockets, event streams and waiting polls from one address, those of an IPv6 /64 together; 0: as many as come
 * @param outboxBytesMax most bytes that wait for one slow client before its oldest events are dropped
 * @param backlogBytesMax most bytes that wait for all slow clients together, shared ones counted once; 0 means an eighth of the heap
 * @param stallTimeoutMs a client that takes nothing for so long while something waits is closed with 4408
 */
public record LimitsConfig(
        int connectionsMax,
        int handshakesMax,
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
        int refusalsPerMinuteMax,
        double channelRatePerSecond,
        int connectionsPerAddressMax,
        int outboxBytesMax,
        long backlogBytesMax,
        long stallTimeoutMs) {
    public static final LimitsConfig DEFAULT = new LimitsConfig(
            15_000, 2_000, 5_000, 15_000, 75_000, 10_000, 25_000, 65_536, 65_536, 128, 10_000, 50, 100, 1_000, 0,
            1 << 20, 0, 10_000);

    /**
     * How long ago a connection that begins now is to count as pinged: at random up to half an interval, so that those who came together, after a restart for example, are
     * not pinged together ever after; nobody is pinged as soon as it has come.
     *
     * @param random a number from 0 to below that one
     */
    public long pingedAgoNanos(LongUnaryOperator random) {
        return random.applyAsLong(TimeUnit.MILLISECONDS.toNanos(pingIntervalMs) / 2);
    }

    static LimitsConfig read(Section s) {
        ValueType<Long> timeout = ValueType.duration(100, 3_600_000);
        return new LimitsConfig(
                s.value("connectionsMax", ValueType.integer(1, 10_000_000), DEFAULT.connectionsMax()),
                s.value("handshakesMax", ValueType.integer(1, 1_000_000), DEFAULT.handshakesMax()),
                s.value("headersTimeoutMs", timeout, DEFAULT.headersTimeoutMs()),
                s.value("bodyTimeoutMs", timeout, DEFAULT.bodyTimeoutMs()),
                s.value("idleTimeoutMs", timeout, DEFAULT.idleTimeoutMs()),
                s.value("authTimeoutMs", timeout, DEFAULT.authTimeoutMs()),
                s.value("pingIntervalMs", timeout, DEFAULT.pingIntervalMs()),
                s.value("frameBytesMax", ValueType.fewBytes(1 << 10, 16 << 20), DEFAULT.frameBytesMax()),
                s.value("messageBytesMax", ValueType.fewBytes(1 << 10, 16 << 20), DEFAULT.messageBytesMax()),
                s.value("fragmentsMax", ValueType.integer(1, 100_000), DEFAULT.fragmentsMax()),
                s.value("messageTimeoutMs", timeout, DEFAULT.messageTimeoutMs()),
                s.value("subscriptionsMax", ValueType.integer(1, 100_000), DEFAULT.subscriptionsMax()),
                s.value("refusalsPerMinuteMax", ValueType.integer(1, 1_000_000), DEFAULT.refusalsPerMinuteMax()),
                s.value("channelRatePerSecond", ValueType.decimal(0, 10_000_000), DEFAULT.channelRatePerSecond()),
                s.value(
                        "connectionsPerAddressMax",
                        ValueType.integer(0, 10_000_000),
                        DEFAULT.connectionsPerAddressMax()),
                s.value("outboxBytesMax", ValueType.fewBytes(16 << 10, 1 << 30), DEFAULT.outboxBytesMax()),
                s.value("backlogBytesMax", ValueType.bytes(0, 1L << 40), DEFAULT.backlogBytesMax()),
                s.value("stallTimeoutMs", timeout, DEFAULT.stallTimeoutMs()));
    }
}
