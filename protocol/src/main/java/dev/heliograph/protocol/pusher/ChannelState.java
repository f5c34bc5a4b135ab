package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * What the HTTP API tells of a channel; null, or {@link #NOTHING}, where it was not asked.
 *
 * @param userCount distinct users in a presence channel
 * @param subscriptionCount connections that have subscribed
 */
public record ChannelState(
        @Nullable Integer userCount,
        @Nullable Integer subscriptionCount,
        @Nullable Cache cache) {
    public static final ChannelState NOTHING = new ChannelState(null, null, null);

    /** What a cache channel keeps. */
    public sealed interface Cache {}

    /** It keeps no event, or not any more. */
    public record Empty() implements Cache {}

    /**
     * The last event.
     *
     * @param data as it was published
     * @param ttlSeconds how long it is kept from now on
     */
    public record Kept(RawJson data, long ttlSeconds) implements Cache {}
}
