package dev.heliograph.pipeline;

import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** Where an event's {@code occurred_at} comes from, as envelopes say it in {@code time_source}. */
enum TimeSource {
    /** The producer's clock, corrected by what it showed when the event was sent. */
    SKEW_CORRECTED,
    /** A gateway before us has corrected it already. */
    UPSTREAM,
    /** The producer's clock as it is: it did not say what it showed when the event was sent. */
    TIMESTAMP,
    /** The producer gave no time that can be read, so it is the time of arrival. */
    ARRIVAL;

    @SuppressWarnings("ImmutableEnumChecker") // only read
    private final byte[] json = ('"' + name().toLowerCase(Locale.ROOT) + '"').getBytes(StandardCharsets.US_ASCII);

    byte[] json() {
        return json;
    }
}
