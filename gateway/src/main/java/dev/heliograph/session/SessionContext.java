package dev.heliograph.session;

import dev.heliograph.auth.TokenVerifier;
import dev.heliograph.broker.Broker;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.Attendances;
import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.publish.Publisher;
import java.time.InstantSource;
import java.util.function.BiPredicate;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What all sessions of a gateway share.
 *
 * @param node this gateway's name
 * @param codec of the messages that go to one client, and come from it
 * @param connectionIds makes a unique one for each client, which is told it
 * @param origins whether pages of an origin (second) may use a workspace (first)
 * @param filterable whether a filter may look at a path (second) of a channel (first)
 * @param keepsState whether a channel has a last publication for those who come
 * @param ticker monotonic nanoseconds
 * @param random a number from 0 to below that one
 */
public record SessionContext(
        String node,
        Codec codec,
        Supplier<String> connectionIds,
        LimitsConfig limits,
        TokenVerifier verifier,
        BiPredicate<String, RequestOrigin> origins,
        BiPredicate<ChannelId, String> filterable,
        Predicate<ChannelId> keepsState,
        Broker broker,
        Publisher publisher,
        Attendances attendances,
        Metrics metrics,
        InstantSource clock,
        LongSupplier ticker,
        LongUnaryOperator random) {
    private static final int ANSWER_BYTES_MAX = 256 * 1024;

    /** The same in other words. */
    public SessionContext speaking(Codec other) {
        return new SessionContext(
                node,
                other,
                connectionIds,
                limits,
                verifier,
                origins,
                filterable,
                keepsState,
                broker,
                publisher,
                attendances,
                metrics,
                clock,
                ticker,
                random);
    }

    /** Most bytes in one answer, unless the first publication alone is larger: so that it leaves room for what is live. */
    public int answerBytesMax() {
        return Math.min(ANSWER_BYTES_MAX, limits.outboxBytesMax() / 2);
    }
}
