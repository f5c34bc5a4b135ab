package dev.heliograph.publish;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.heliograph.limit.Rate;
import dev.heliograph.limit.TokenBucket;
import dev.heliograph.metrics.Bound;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How often each channel may be published to, whoever publishes: a token bucket for each that was lately. Remembers at most {@value #CHANNELS_MAX}; one that is
 * forgotten begins anew with a full bucket, which its bucket would be by then, unless so many are in use at once. Any thread.
 */
public final class ChannelRates {
    static final int CHANNELS_MAX = 100_000;
    /** In which every bucket is full again. */
    static final Duration IDLE = Duration.ofMinutes(10);

    private final Cache<ChannelId, TokenBucket> buckets;
    private final Function<ChannelId, Rate> rates;
    private final Metrics metrics;
    private final LongSupplier nanoTime;

    /** @param rates of a channel; no burst takes longer than {@link #IDLE} to be refilled */
    public ChannelRates(Function<ChannelId, Rate> rates, Metrics metrics, LongSupplier nanoTime) {
        this.rates = rates;
        this.metrics = metrics;
        this.nanoTime = nanoTime;
        this.buckets = Caffeine.newBuilder()
                .maximumSize(CHANNELS_MAX)
                .expireAfterAccess(IDLE)
                .ticker(nanoTime::getAsLong)
                .executor(Runnable::run)
                .build();
    }

    /**
     * Takes one publication of the channel's.
     *
     * @throws ProtocolException if there is none
     */
    void take(ChannelId channel) {
        TokenBucket bucket = bucket(channel);
        if (bucket != null && !bucket.tryTake(nanoTime.getAsLong())) {
            throw refused(channel);
        }
    }

    /**
     * Takes one publication for each time a channel is named, or none at all.
     *
     * @throws ProtocolException if a channel has none left
     */
    public void takeAll(List<ChannelId> channels) {
        var taken = new ArrayList<TokenBucket>(channels.size());
        for (ChannelId channel : channels) {
            TokenBucket bucket = bucket(channel);
            if (bucket != null && !bucket.tryTake(nanoTime.getAsLong())) {
                taken.forEach(TokenBucket::giveBack);
                throw refused(channel);
            }
            if (bucket != null) {
                taken.add(bucket);
            }
        }
    }

    private @Nullable TokenBucket bucket(ChannelId channel) {
        TokenBucket known = buckets.getIfPresent(channel);
        if (known != null) {
            return known;
        }
        Rate rate = rates.apply(channel);
        return rate.isBounded() ? buckets.get(channel, _ -> rate.bucket(nanoTime.getAsLong())) : null;
    }

    private ProtocolException refused(ChannelId channel) {
        metrics.increment(Count.LIMITS_REACHED, Bound.CHANNEL_RATE);
        return new ProtocolException(
                ErrorCode.RATE_LIMITED,
                "too much is published to " + channel.name() + "; expected at most " + rates.apply(channel));
    }

    /** How many channels are remembered, after those were forgotten that are to be. */
    long channels() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }
}
