package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LoopLagTest {
    private static final long MILLI = 1_000_000;

    private final AtomicLong clock = new AtomicLong(5_000_000_000L);
    private final LoopRecorder recorder = new LoopRecorder(clock::get);
    private final LoopLag lag = new LoopLag(recorder, clock::get);

    private void probeAfter(long nanos) {
        clock.addAndGet(nanos);
        lag.onProbe();
    }

    private static Histogram of(LoopRecorder recorder) {
        return recorder.snapshot().sinceStart().of(Distribution.LOOP_LAG);
    }

    @Test
    void probeInTime_isNotLate() {
        probeAfter(LoopLag.PERIOD_NANOS);
        assertEquals(0, lag.recentNanos());
        assertEquals(1, of(recorder).getTotalCount());
        assertEquals(0, of(recorder).getMaxValue());
    }

    @Test
    void heldUpLoop_showsAtOnce_andFadesWhenItIsOver() {
        probeAfter(LoopLag.PERIOD_NANOS);
        clock.addAndGet(LoopLag.PERIOD_NANOS + 250 * MILLI);
        assertEquals(250 * MILLI, lag.recentNanos(), "while it is held up");
        lag.onProbe();
        assertEquals(250 * MILLI, lag.recentNanos(), "right after");
        for (int i = 0; i < 6; i++) {
            probeAfter(LoopLag.PERIOD_NANOS);
        }
        assertTrue(lag.recentNanos() < 125 * MILLI, "half is forgotten: " + lag.recentNanos());
        assertTrue(lag.recentNanos() > 0);
    }

    /** A task that was due at any time during the stall would have waited for the rest of it. */
    @Test
    void oneLateProbe_countsForThoseThatWereDueMeanwhile() {
        probeAfter(LoopLag.PERIOD_NANOS + 1_000 * MILLI);
        assertEquals(10, of(recorder).getTotalCount());
        assertEquals(1_000 * MILLI, (double) of(recorder).getMaxValue(), 10.0 * MILLI);
        assertEquals(500 * MILLI, (double) of(recorder).getValueAtPercentile(50), (double) LoopLag.PERIOD_NANOS);
    }

    @Test
    void blockedLoop_isSeenFromOutside_andRecordedWhenItGoesOn_withoutAStorm() throws Exception {
        var real = LoopMeter.create(System::nanoTime);
        try (var loop = Executors.newSingleThreadScheduledExecutor()) {
            real.lag().watch(loop);
            var blocked = new CountDownLatch(1);
            var release = new CountDownLatch(1);
            loop.execute(() -> {
                blocked.countDown();
                awaitQuietly(release);
            });
            blocked.await();
            long probes = of(real.recorder()).getTotalCount();
            long held = 4 * LoopLag.PERIOD_NANOS;
            while (real.lag().recentNanos() < held) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertEquals(probes, of(real.recorder()).getTotalCount(), "it cannot have recorded anything yet");
            release.countDown();
            while (of(real.recorder()).getTotalCount() == probes) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
            assertTrue(of(real.recorder()).getMaxValue() >= held, "the stall was recorded");
            assertTrue(real.lag().recentNanos() >= held / 2, "and is not forgotten at once");
            loop.shutdownNow();
        }
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
