package dev.heliograph.pipeline;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.metrics.Metrics;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The counts of one request, added to the gateway's counters at once. One thread. */
final class Tally {
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private int allDropped;
    private int published;
    private int refused;
    private int redacted;
    private @Nullable RuntimeException failure;

    void dropped(DropReason reason, int n) {
        if (n > 0) {
            dropped.merge(reason, n, Integer::sum);
            allDropped += n;
        }
    }

    void published() {
        published++;
    }

    void refused() {
        refused++;
    }

    void redacted(int values) {
        redacted += values;
    }

    void failed(RuntimeException cause) {
        failure = failure == null ? cause : failure;
    }

    /** The first. */
    @Nullable
    RuntimeException failure() {
        return failure;
    }

    Outcome report(Metrics metrics, int events) {
        metrics.add(Count.INGEST_EVENTS, events);
        add(metrics, Count.EVENTS_PUBLISHED, published);
        add(metrics, Count.VALUES_REDACTED, redacted);
        if (allDropped > 0) {
            dropped.forEach((reason, n) -> metrics.add(Count.EVENTS_DROPPED, reason, n));
        }
        if (refused > 0) {
            metrics.add(Count.EVENTS_DROPPED, DropReason.FAILED, refused);
        }
        return new Outcome(published, allDropped, refused);
    }

    private static void add(Metrics metrics, Count count, int n) {
        if (n > 0) {
            metrics.add(count, n);
        }
    }
}
