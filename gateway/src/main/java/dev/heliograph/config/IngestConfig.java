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

    static IngestConfig read(Section s) {
        ValueType<Integer> bytes = ValueType.fewBytes(1 << 10, 256 << 20);
        var ingest = new IngestConfig(
                s.value("bodyBytesMax", bytes, DEFAULT.bodyBytesMax()),
                s.value("inflatedBytesMax", bytes, DEFAULT.inflatedBytesMax()),
                s.value("eventBytesMax", bytes, DEFAULT.eventBytesMax()),
                s.value("eventsMax", ValueType.integer(1, 1_000_000), DEFAULT.eventsMax()),
                s.value("dedupeWindowMs", ValueType.duration(1_000, 7 * 86_400_000L), DEFAULT.dedupeWindowMs()),
                s.value("dedupeEntriesMax", ValueType.integer(1_000, 100_000_000), DEFAULT.dedupeEntriesMax()),
                s.value("lateAfterMs", ValueType.duration(0, 86_400_000), DEFAULT.lateAfterMs()));
        if (ingest.eventBytesMax > ingest.inflatedBytesMax) {
            s.report("eventBytesMax", "is larger than inflatedBytesMax, so that no event could ever reach it");
        }
        return ingest;
    }
}
