package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

final class LoopRecorderTest {
    private final AtomicLong clock = new AtomicLong(1_000_000);
    private final LoopRecorder recorder = new LoopRecorder(clock::get);

    private record Stamped(long acceptedNanos, long sequencedNanos) {}

    private void pass(List<Stamped> pass, long handedOverNanos, long deliveries) {
        recorder.onPass(pass, Stamped::acceptedNanos, Stamped::sequencedNanos, handedOverNanos, deliveries);
    }

    private static long one(Histogram histogram) {
        assertEquals(1, histogram.getTotalCount());
        return histogram.getMaxValue();
    }

    private static void assertNear(long expected, long actual) {
        assertEquals((double) expected, (double) actual, (double) expected / 100);
    }

    @Test
    void stages_areFromStampToStamp_andAddUp() {
        clock.set(1_900_000);
        pass(List.of(new Stamped(1_000_000, 1_100_000)), 1_400_000, 7);
        LoopHistograms recorded = recorder.snapshot().sinceStart();
        assertNear(100_000, one(recorded.of(Stage.SEQUENCED)));
        assertNear(300_000, one(recorded.of(Stage.HANDED_OVER)));
        assertNear(500_000, one(recorded.of(Stage.WRITTEN)));
        assertNear(900_000, one(recorded.of(Stage.TOTAL)));
        assertEquals(1, one(recorded.of(Distribution.PASS_PUBLICATIONS)));
        assertEquals(7, one(recorded.of(Distribution.PASS_DELIVERIES)));
    }

    @Test
    void stampsFromAnotherThreadsFuture_orFromNever_areBounded() {
        clock.set(Long.MAX_VALUE / 2);
        pass(List.of(new Stamped(0, Long.MAX_VALUE / 2 + 5)), Long.MAX_VALUE / 2 - 5, Long.MAX_VALUE);
        LoopHistograms recorded = recorder.snapshot().sinceStart();
        assertEquals(0, one(recorded.of(Stage.HANDED_OVER)));
        assertNear(LoopHistograms.NANOS_MAX, one(recorded.of(Stage.TOTAL)));
        assertNear(LoopHistograms.PIECES_MAX, one(recorded.of(Distribution.PASS_DELIVERIES)));
    }

    @Test
    void passThatFoundNothing_leavesNoTrace() {
        pass(List.of(), clock.get(), 0);
        LoopHistograms recorded = recorder.snapshot().sinceStart();
        assertEquals(0, recorded.of(Stage.TOTAL).getTotalCount());
        assertEquals(0, recorded.of(Distribution.PASS_PUBLICATIONS).getTotalCount());
    }

    @Test
    void interval_isTheLastWholeOne_forEveryReader_howeverOftenTheyLook() {
        pass(List.of(new Stamped(0, 0)), 0, 1);
        assertEquals(0, recorder.snapshot().interval().of(Stage.TOTAL).getTotalCount());
        assertEquals(0, recorder.snapshot().intervalNanos());
        clock.addAndGet(10_000);
        recorder.tick();
        pass(List.of(new Stamped(0, 0), new Stamped(0, 0)), 0, 2);
        for (int reader = 0; reader < 3; reader++) {
            LoopSnapshot snapshot = recorder.snapshot();
            assertEquals(1, snapshot.interval().of(Stage.TOTAL).getTotalCount());
            assertEquals(3, snapshot.sinceStart().of(Stage.TOTAL).getTotalCount());
            assertEquals(10_000, snapshot.intervalNanos());
        }
        clock.addAndGet(20_000);
        recorder.tick();
        assertEquals(2, recorder.snapshot().interval().of(Stage.TOTAL).getTotalCount());
        assertEquals(20_000, recorder.snapshot().intervalNanos());
        recorder.tick();
        assertEquals(0, recorder.snapshot().interval().of(Stage.TOTAL).getTotalCount());
    }

    @Test
    void snapshot_belongsToWhoeverAskedForIt() {
        pass(List.of(new Stamped(0, 0)), 0, 1);
        recorder.snapshot().sinceStart().of(Stage.TOTAL).reset();
        assertEquals(1, recorder.snapshot().sinceStart().of(Stage.TOTAL).getTotalCount());
    }

    /** A loop that records without a break, two readers and a ticker: nothing is lost, nothing counts twice, no snapshot is torn. */
    @Test
    void readersDuringRecording_seeEveryPassOnceAndWhole() throws Exception {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("LoopRecorderTest seed " + seed);
        var over = new AtomicBoolean();
        try (var threads = Executors.newCachedThreadPool()) {
            Future<Expected> loop = threads.submit(() -> record(new SplittableRandom(seed), over));
            List<Future<Long>> readers = List.of(threads.submit(look(over)), threads.submit(look(over)));
            Histogram ofIntervals = intervals(over);
            Expected expected = get(loop);
            for (Future<Long> reader : readers) {
                assertTrue(get(reader) > 0, "a reader never looked");
            }
            recorder.tick();
            LoopSnapshot last = recorder.snapshot();
            ofIntervals.add(last.interval().of(Stage.TOTAL));
            assertEquals(expected.total, last.sinceStart().of(Stage.TOTAL));
            assertEquals(expected.publications, last.sinceStart().of(Distribution.PASS_PUBLICATIONS));
            assertEquals(expected.total, ofIntervals);
        }
    }

    private record Expected(Histogram total, Histogram publications) {}

    private Expected record(SplittableRandom random, AtomicBoolean over) {
        var expected = new Expected(new Histogram(2), new Histogram(2));
        try {
            for (int i = 0; i < 100_000; i++) {
                long now = clock.addAndGet(1_000);
                var pass = new ArrayList<Stamped>();
                for (int n = random.nextInt(1, 6); n > 0; n--) {
                    long took = random.nextLong(1L << random.nextInt(1, 30));
                    pass.add(new Stamped(now - took, now - took / 2));
                    expected.total.recordValue(took);
                }
                expected.publications.recordValue(pass.size());
                pass(pass, now, pass.size());
            }
            return expected;
        } finally {
            over.set(true);
        }
    }

    /** Returns how often it looked. */
    private Callable<Long> look(AtomicBoolean over) {
        return () -> {
            long looks = 0;
            long seen = 0;
            while (!over.get()) {
                LoopHistograms recorded = recorder.snapshot().sinceStart();
                long count = recorded.of(Stage.TOTAL).getTotalCount();
                assertTrue(count >= seen, "publications were taken back");
                for (Stage stage : Stage.values()) {
                    assertEquals(count, recorded.of(stage).getTotalCount(), "torn at " + stage);
                }
                seen = count;
                looks++;
            }
            return looks;
        };
    }

    private Histogram intervals(AtomicBoolean over) {
        var all = new Histogram(2);
        while (!over.get()) {
            recorder.tick();
            all.add(recorder.snapshot().interval().of(Stage.TOTAL));
        }
        return all;
    }

    private static <T> T get(Future<T> future) throws Exception {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Test
    void recording_allocatesNothing() {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<Stamped> pass = List.of(new Stamped(5, 6), new Stamped(7, 8));
        int passes = 20_000;
        long allocated = Long.MAX_VALUE;
        for (int round = 0; round < 3; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < passes; i++) {
                pass(pass, 9, i);
                recorder.onLag(i, LoopLag.PERIOD_NANOS);
            }
            allocated = threads.getCurrentThreadAllocatedBytes() - before;
        }
        assertTrue(allocated < passes, allocated + " bytes in " + passes + " passes");
    }
}
