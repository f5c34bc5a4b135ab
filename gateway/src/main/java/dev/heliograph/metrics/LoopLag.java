package dev.heliograph.metrics;

import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * How late one event loop runs a task that is due: probed ten times a second by a task on the loop that is scheduled again only when it has run, so that a loop that
 * was held up has one to catch up with and not many. Any thread may look.
 */
public final class LoopLag {
    static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    /** Of what {@link #recentNanos} forgets with each probe: half in about half a second. */
    private static final int FADING_DIVISOR = 8;

    private final LoopRecorder recorder;
    private final LongSupplier ticker;
    private volatile long dueNanos;
    private volatile long fadingNanos;

    LoopLag(LoopRecorder recorder, LongSupplier ticker) {
        this.recorder = recorder;
        this.ticker = ticker;
        this.dueNanos = ticker.getAsLong() + PERIOD_NANOS;
    }

    /** Probes until the loop ends. Once. */
    public void watch(ScheduledExecutorService loop) {
        dueNanos = ticker.getAsLong() + PERIOD_NANOS;
        loop.scheduleWithFixedDelay(this::onProbe, PERIOD_NANOS, PERIOD_NANOS, TimeUnit.NANOSECONDS);
    }

    void onProbe() {
        long now = ticker.getAsLong();
        long lag = Math.max(0, now - dueNanos);
        recorder.onLag(lag, PERIOD_NANOS);
        fadingNanos = Math.max(lag, fadingNanos - fadingNanos / FADING_DIVISOR);
        dueNanos = now + PERIOD_NANOS;
    }

    /**
     * One number for how late the loop is these days: the worst of about the last second, fading; and if the loop is held up right now, at least for how long it
     * is.
     */
    public long recentNanos() {
        return Math.max(fadingNanos, ticker.getAsLong() - dueNanos);
    }
}
