package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * What a subscriber asks of a channel beside being sent it. Source: docs/PROTOCOL.md, "Subscribing".
 *
 * @param filter which publications it wants; null for all
 * @param sampleRate the part of the traces that it wants, above 0 up to 1
 * @param maxPerSecond most publications a second, above 0; {@link #UNPACED} for all
 * @param last how many of the newest publications come first, if nothing is recovered; 0: none
 * @param state whether the channel's state comes first, if nothing is recovered
 * @param watchSessionId names the watch session that this is for, and asks for {@link ServerMessage.Stats}; null: none
 */
public record SubscribeOptions(
        @Nullable Filter filter,
        double sampleRate,
        double maxPerSecond,
        int last,
        boolean state,
        @Nullable String watchSessionId) {
    /** Longest {@code watchSessionId}, in characters. */
    public static final int WATCH_SESSION_ID_LENGTH_MAX = 64;
    /** Most that {@link #last} asks for. */
    public static final int LAST_MAX = 1_000;
    /** Least and most that {@link #maxPerSecond} asks for. */
    public static final double PER_SECOND_MIN = 0.1;

    public static final double PER_SECOND_MAX = 10_000;
    /** No bound on publications a second. */
    public static final double UNPACED = 0;

    /** Everything, as it comes. */
    public static final SubscribeOptions NONE = new SubscribeOptions(null, 1, UNPACED, 0, false, null);

    /** Everything that a filter takes. */
    public static SubscribeOptions filtered(@Nullable Filter filter) {
        return new SubscribeOptions(filter, 1, UNPACED, 0, false, null);
    }
}
