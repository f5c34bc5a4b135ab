package dev.heliograph.config;

import org.jspecify.annotations.Nullable;

/**
 * Rules of the channels whose name matches a pattern.
 *
 * @param pattern {@code *} matches any run of characters, all else is literal
 * @param historyCount most publications kept; 0: none
 * @param historyBytesMax most bytes kept
 * @param historyAgeMs longest a publication is kept
 * @param merge how publications that wait become one; null: as the kind of the channel says
 * @param ratePerSecond publications of one channel per second, on average; 0: as many as come; null: as for channels that no namespace names
 */
public record NamespaceConfig(
        String pattern,
        int historyCount,
        long historyBytesMax,
        long historyAgeMs,
        @Nullable MergeRule merge,
        @Nullable Double ratePerSecond) {
    /** What waits merges as the kind of the channel says, at the rate of channels that no namespace names. */
    public NamespaceConfig(String pattern, int historyCount, long historyBytesMax, long historyAgeMs) {
        this(pattern, historyCount, historyBytesMax, historyAgeMs, null, null);
    }

    /** What holds for a channel that no namespace names. */
    public static final NamespaceConfig DEFAULT = new NamespaceConfig("*", 100, 1 << 20, 60_000);

    /** What holds for channels that ingest fills, if no namespace names them. */
    public static final NamespaceConfig INGESTED =
            new NamespaceConfig("private-*-segment-events*", 1_000, 8 << 20, 600_000);

    static NamespaceConfig read(Section s) {
        return new NamespaceConfig(
                s.required("pattern", Names.CHANNEL_PATTERN, DEFAULT.pattern()),
                s.value("historyCount", ValueType.integer(0, 10_000_000), DEFAULT.historyCount()),
                s.value("historyBytesMax", ValueType.bytes(0, 64L << 30), DEFAULT.historyBytesMax()),
                s.value("historyAgeMs", ValueType.duration(0, 30 * 86_400_000L), DEFAULT.historyAgeMs()),
                s.optional("merge", ValueType.choice(MergeRule.class)),
                s.optional("ratePerSecond", ValueType.decimal(0, 10_000_000)));
    }
}
