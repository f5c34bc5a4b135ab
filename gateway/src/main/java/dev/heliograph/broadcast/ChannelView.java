package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.Position;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What one loop has of a channel, for the operator.
 *
 * @param subscribers all of them, also those who are still sent what they missed
 * @param reached up to where it has brought everything to its groups; null if nobody was in one yet
 */
public record ChannelView(int subscribers, @Nullable Position reached, List<GroupView> groups) {
    /**
     * Subscribers who receive the same bytes, and what they were sent since the first of them came, and what not.
     *
     * @param filterPaths where their filter and their sampling look; empty if they have neither
     * @param withheld those that their tokens do not allow
     * @param maxPerSecond null: everything as it comes
     */
    public record GroupView(
            Set<String> filterPaths,
            double sampleRate,
            @Nullable Double maxPerSecond,
            int subscribers,
            long sent,
            long withheld,
            long filtered,
            long sampled,
            long skipped) {}
}
