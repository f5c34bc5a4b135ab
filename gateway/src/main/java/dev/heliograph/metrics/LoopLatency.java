package dev.heliograph.metrics;

import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.SingleWriterRecorder;

/**
 * How long publications take from the producer's request, read in full, to the end of the pass that wrote them to the last subscriber of one event loop. That
 * loop records; any thread may look.
 */
public final class LoopLatency {
    /** Longest latency told apart, in nanoseconds; longer ones count as this. */
    static final long NANOS_MAX = 60_000_000_000L;

    private static final int SIGNIFICANT_DIGITS = 2;

    private final SingleWriterRecorder recorder = new SingleWriterRecorder(NANOS_MAX, SIGNIFICANT_DIGITS);
    private final Histogram total = new Histogram(NANOS_MAX, SIGNIFICANT_DIGITS);
    private final LongSupplier ticker;

    /** @param ticker the clock that the publications' {@code acceptedNanos} were read from */
    public LoopLatency(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** The loop's time. */
    public long now() {
        return ticker.getAsLong();
    }

    /** Records one publication that was accepted then and is written now. */
    public void record(long acceptedNanos, long writtenNanos) {
        recorder.recordValue(Math.clamp(writtenNanos - acceptedNanos, 0, NANOS_MAX));
    }

    /** Everything recorded since the start: a copy. */
    public synchronized Histogram total() {
        total.add(recorder.getIntervalHistogram());
        return total.copy();
    }
}
