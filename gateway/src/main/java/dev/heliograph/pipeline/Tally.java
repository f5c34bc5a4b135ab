package dev.heliograph.pipeline;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.metrics.Metrics;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The counts of one request, added to the gateway's counters at once, when it is known of each event what became of it: on the request's thread, or on the broker's. Any
 * thread.
 */
final class Tally {
    private final Map<DropReason, Integer> dropped = new EnumMap<>(DropReason.class);
    private final Consumer<Tally> whenKnown;
    private int allDropped;
    private int published;
    private int refused;
    private int redacted;
    private @Nullable RuntimeException failure;
    /** Events of which nothing is known yet, and one for the request until all of them are on their way. */
    private int open = 1;

    /** @param whenKnown called once, when nothing is open any more */
    Tally(Consumer<Tally> whenKnown) {
        this.whenKnown = whenKnown;
    }

    synchronized void dropped(DropReason reason, int n) {
        if (n > 0) {
            dropped.merge(reason, n, Integer::sum);
            allDropped += n;
        }
    }

    synchronized void redacted(int values) {
        redacted += values;
    }

    synchronized void failed(RuntimeException cause) {
        failure = failure == null ? cause : failure;
    }

    /** One more event is on its way to the broker. */
    synchronized void begin() {
        open++;
    }

    /** That event was published; or not, for a cause. */
    void end(@Nullable RuntimeException cause) {
        synchronized (this) {
            if (cause == null) {
                published++;
            } else {
                refused++;
                failed(cause);
            }
        }
        close();
    }

    /** Whether there were events that had been sent before. */
    synchronized boolean hasDuplicates() {
        return dropped.containsKey(DropReason.DUPLICATE);
    }

    /** Those that were taken for duplicates may be needed after all: the first of them may not be kept. */
    synchronized void duplicatesRefused(RuntimeException cause) {
        Integer duplicates = dropped.remove(DropReason.DUPLICATE);
        if (duplicates != null) {
            allDropped -= duplicates;
            refused += duplicates;
        }
        failed(cause);
    }

    /** One thing less is open. */
    void close() {
        synchronized (this) {
            if (--open > 0) {
                return;
            }
        }
        whenKnown.accept(this);
    }

    /** The first. */
    synchronized @Nullable RuntimeException failure() {
        return failure;
    }

    synchronized Outcome report(Metrics metrics, int events) {
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
