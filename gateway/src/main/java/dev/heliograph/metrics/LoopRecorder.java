package dev.heliograph.metrics;

import java.util.List;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.WriterReaderPhaser;

/**
 * The histograms of one event loop. That loop alone records, and never waits; any thread may look, and every look sees all that was recorded before it.
 *
 * <p>The loop writes one of two sets of histograms; a reader swaps them, waits until the loop has left the other, and adds that up. A whole pass is one visit,
 * so that what it costs the loop is two atomic additions per pass and a few nanoseconds per publication, and all stages of a snapshot tell of the same
 * publications.
 */
public final class LoopRecorder {
    private final LongSupplier ticker;
    private final WriterReaderPhaser visits = new WriterReaderPhaser();
    private volatile LoopHistograms active = LoopHistograms.fixed();

    private LoopHistograms resting = LoopHistograms.fixed();
    private final LoopHistograms sinceStart = LoopHistograms.growing();
    private LoopHistograms sinceTick = LoopHistograms.growing();
    private LoopHistograms interval = LoopHistograms.growing();
    private long intervalNanos;
    private long tickedNanos;

    /** @param ticker the clock that publications are stamped with */
    public LoopRecorder(LongSupplier ticker) {
        this.ticker = ticker;
        this.tickedNanos = ticker.getAsLong();
    }

    /** The time. */
    public long now() {
        return ticker.getAsLong();
    }

    /**
     * Records a pass that ends now; one that found nothing to deliver leaves no trace. The loop's thread.
     *
     * @param acceptedNanos when a publication was accepted; must not throw
     * @param sequencedNanos when it got its place; must not throw
     * @param handedOverNanos when the pass had taken up all of them
     * @param deliveries how many of them subscribers were given, all together
     */
    public <P> void onPass(
            List<P> pass,
            ToLongFunction<P> acceptedNanos,
            ToLongFunction<P> sequencedNanos,
            long handedOverNanos,
            long deliveries) {
        if (pass.isEmpty()) {
            return;
        }
        long writtenNanos = ticker.getAsLong();
        long visit = visits.writerCriticalSectionEnter();
        try {
            LoopHistograms now = active;
            Histogram sequencing = now.of(Stage.SEQUENCED);
            Histogram handingOver = now.of(Stage.HANDED_OVER);
            Histogram total = now.of(Stage.TOTAL);
            for (int i = 0; i < pass.size(); i++) {
                long accepted = acceptedNanos.applyAsLong(pass.get(i));
                long sequenced = sequencedNanos.applyAsLong(pass.get(i));
                sequencing.recordValue(nanos(accepted, sequenced));
                handingOver.recordValue(nanos(sequenced, handedOverNanos));
                total.recordValue(nanos(accepted, writtenNanos));
            }
            now.of(Stage.WRITTEN).recordValueWithCount(nanos(handedOverNanos, writtenNanos), pass.size());
            now.of(Distribution.PASS_PUBLICATIONS).recordValue(pass.size());
            now.of(Distribution.PASS_DELIVERIES).recordValue(Math.clamp(deliveries, 0, LoopHistograms.PIECES_MAX));
        } finally {
            visits.writerCriticalSectionExit(visit);
        }
    }

    /** Records how late a task ran that is due once in a period, and how late those would have been that were due meanwhile. The loop's thread. */
    void onLag(long lagNanos, long periodNanos) {
        long visit = visits.writerCriticalSectionEnter();
        try {
            active.of(Distribution.LOOP_LAG).recordValueWithExpectedInterval(nanos(0, lagNanos), periodNanos);
        } finally {
            visits.writerCriticalSectionExit(visit);
        }
    }

    private static long nanos(long from, long to) {
        return Math.clamp(to - from, 0, LoopHistograms.NANOS_MAX);
    }

    /** Everything recorded until now. Any thread; takes nothing from other readers. */
    public synchronized LoopSnapshot snapshot() {
        collect();
        return new LoopSnapshot(sinceStart.copy(), interval.copy(), intervalNanos);
    }

    /** Adds everything recorded until now to what others recorded. Any thread; takes nothing from other readers. */
    synchronized void addTo(LoopHistograms sum) {
        collect();
        sum.add(sinceStart);
    }

    /** Ends one interval and begins the next. Any thread, but one timer. */
    public synchronized void tick() {
        collect();
        interval = sinceTick;
        sinceTick = LoopHistograms.growing();
        long now = ticker.getAsLong();
        intervalNanos = now - tickedNanos;
        tickedNanos = now;
    }

    private void collect() {
        visits.readerLock();
        try {
            LoopHistograms recorded = active;
            active = resting;
            resting = recorded;
            visits.flipPhase();
        } finally {
            visits.readerUnlock();
        }
        sinceStart.add(resting);
        sinceTick.add(resting);
        resting.reset();
    }
}
