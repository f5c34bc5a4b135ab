package dev.heliograph.streaming;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which channels a request asks for, and what of them. Immutable.
 *
 * @param channels each once, their names valid
 * @param options the same for all
 */
record Query(List<String> channels, SubscribeOptions options) {
    /** Most channels of one stream, whatever the configuration allows a connection: each has its part in every id. */
    static final int CHANNELS_MAX = 100;

    private static final double SAMPLE_RATE_MIN = 1e-9;

    /**
     * Of a stream.
     *
     * @param named as the request has them
     * @param max most channels that the configuration allows
     * @throws ProtocolException if it cannot be read
     */
    static Query ofStream(Parameters parameters, List<String> named, int max) {
        double maxPerSecond = parameters.decimal(
                "maxPerSecond",
                SubscribeOptions.PER_SECOND_MIN,
                SubscribeOptions.PER_SECOND_MAX,
                "a number from 0.1 up to 10000",
                SubscribeOptions.UNPACED);
        var options = new SubscribeOptions(
                parameters.filter("filter"),
                sampleRate(parameters),
                maxPerSecond,
                parameters.whole("last", 0, SubscribeOptions.LAST_MAX, 0),
                parameters.flag("state"),
                watchSessionId(parameters));
        return new Query(channels(named, max), options);
    }

    /** Of a poll: one subscription of its own, so it has no rate, and nobody keeps books about it. */
    static Query ofPoll(Parameters parameters, List<String> named, int max) {
        for (String name : List.of("maxPerSecond", "watchSessionId")) {
            if (parameters.text(name) != null) {
                throw Parameters.bad(
                        name, "for streams: each poll begins anew, and comes as often as its client likes");
            }
        }
        var options = new SubscribeOptions(
                parameters.filter("filter"),
                sampleRate(parameters),
                SubscribeOptions.UNPACED,
                0,
                parameters.flag("state"),
                null);
        return new Query(channels(named, max), options);
    }

    private static double sampleRate(Parameters parameters) {
        return parameters.decimal("sampleRate", SAMPLE_RATE_MIN, 1, "a number above 0 up to 1", 1);
    }

    private static @Nullable String watchSessionId(Parameters parameters) {
        String id = parameters.text("watchSessionId");
        int max = SubscribeOptions.WATCH_SESSION_ID_LENGTH_MAX;
        if (id != null && id.length() > max) {
            throw Parameters.bad("watchSessionId", "a string of 1 to " + max + " characters");
        }
        return id;
    }

    private static List<String> channels(List<String> named, int max) {
        var channels = new LinkedHashSet<>(named);
        int most = Math.min(max, CHANNELS_MAX);
        if (channels.isEmpty()) {
            throw new ProtocolException(ErrorCode.BAD_MESSAGE, "name at least one channel: ?channel=…");
        }
        if (channels.size() > most) {
            throw new ProtocolException(
                    ErrorCode.SUBSCRIPTION_LIMIT, "at most " + most + " channels, not " + channels.size());
        }
        channels.forEach(channel -> ChannelId.named("", channel));
        checkKeys(channels);
        return List.copyOf(channels);
    }

    private static void checkKeys(Iterable<String> channels) {
        Map<String, String> byKey = new HashMap<>();
        for (String channel : channels) {
            String other = byKey.put(Cursor.key(channel), channel);
            if (other != null) {
                throw new ProtocolException(
                        ErrorCode.BAD_CHANNEL,
                        channel + " and " + other + " cannot be told apart in a cursor: ask for them one by one");
            }
        }
    }

    /** Whether something that is published is not sent, or not at once: the last that was sent does not say how far the channels are. */
    boolean isSelective() {
        return options.filter() != null
                || options.sampleRate() < 1
                || options.maxPerSecond() != SubscribeOptions.UNPACED;
    }

    /** @param recover where the client stands in a channel; null: it wants what is live */
    List<Subscription> subscriptions(Function<String, @Nullable Position> recover) {
        return channels.stream()
                .map(channel -> new Subscription(channel, recover.apply(channel), options))
                .toList();
    }
}
