package dev.heliograph.config;

/**
 * Bounds of what producers send, the same for all sources.
 *
 * @param bodyBytesMax largest body, as it arrives
 * @param inflatedBytesMax largest body after decompression
 * @param eventBytesMax largest single event
 * @param eventsMax most events of one batch
 * @param dedupeWindowMs how long a message id is remembered at least, unless {@code dedupeEntriesMax} is reached first
 * @param dedupeEntriesMax most message ids remembered, over all workspaces
 * @param lateAfterMs an event that arrives so long after it occurred is marked late
 */
public record IngestConfig(
        int bodyBytesMax,
        int inflatedBytesMax,
        int eventBytesMax,
        int eventsMax,
        long dedupeWindowMs,
        int dedupeEntriesMax,
        long lateAfterMs) {
    public static final IngestConfig DEFAULT =
            new IngestConfig(512_000, 4 << 20, 32_768, 2_500, 6 * 3_600_000L, 1_000_000, 60_000);
}
