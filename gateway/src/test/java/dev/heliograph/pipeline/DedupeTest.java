package dev.heliograph.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is remembered for how long, and by whom of many at once. */
final class DedupeTest {
    private static final long WINDOW_MS = 1_000;
    private static final long MS = 1_000_000;

    private final AtomicLong nanos = new AtomicLong(-5_000 * MS);
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());

    private Dedupe dedupe(int entriesMax) {
        return new Dedupe(WINDOW_MS, entriesMax, nanos::get, metrics);
    }

    @Test
    void id_isNewOnce() {
        Dedupe dedupe = dedupe(1_000);
        assertTrue(dedupe.reserve(1, 2));
        assertFalse(dedupe.reserve(1, 2));
        assertTrue(dedupe.reserve(2, 1));
    }

    @Test
    void id_isRememberedForItsWindowAndForgottenAfterTwo() {
        Dedupe dedupe = dedupe(1_000);
        for (long offsetMs = 0; offsetMs < WINDOW_MS; offsetMs += 100) {
            nanos.addAndGet(10 * WINDOW_MS * MS + offsetMs * MS);
            dedupe.reserve(77, 5); // begins a generation at some other moment
            long id = 1_000 + offsetMs;
            nanos.addAndGet(offsetMs * MS);
            assertTrue(dedupe.reserve(id, 5));
            nanos.addAndGet((WINDOW_MS - 1) * MS);
            assertFalse(dedupe.reserve(id, 5), "within the window, " + offsetMs);
            nanos.addAndGet((WINDOW_MS + 1) * MS);
            dedupe.reserve(78 + offsetMs, 5);
            nanos.addAndGet(WINDOW_MS * MS);
            assertTrue(dedupe.reserve(id, 5), "after two windows, " + offsetMs);
        }
        assertEquals(0, metrics.value(Count.DEDUPE_OVERFLOWED));
    }

    @Test
    void release_makesAnIdNewAgainAlsoAfterATurn() {
        Dedupe dedupe = dedupe(1_000);
        assertTrue(dedupe.reserve(1, 2));
        dedupe.release(1, 2);
        assertTrue(dedupe.reserve(1, 2));
        nanos.addAndGet((WINDOW_MS + 1) * MS);
        assertTrue(dedupe.reserve(9, 2));
        dedupe.release(1, 2);
        assertTrue(dedupe.reserve(1, 2));
    }

    @Test
    void againstAModel_nothingRememberedIsForgottenAndNothingForgottenStaysTooLong() {
        long seed = System.nanoTime();
        System.out.println("againstAModel seed " + seed);
        var random = new Random(seed);
        Dedupe dedupe = dedupe(1_000_000);
        Map<Long, Long> seenAt = new HashMap<>();
        for (int round = 0; round < 200_000; round++) {
            nanos.addAndGet(random.nextInt(20) * MS / 2);
            long id = random.nextLong(1, 2_001);
            Long seen = seenAt.get(id);
            long ageMs = seen == null ? Long.MAX_VALUE : (nanos.get() - seen) / MS;
            boolean isNew = dedupe.reserve(id, id * 31);
            String where = "seed " + seed + " round " + round + " age " + ageMs;
            assertFalse(isNew && ageMs < WINDOW_MS, where);
            assertTrue(isNew || ageMs <= 2 * WINDOW_MS + 1_000, where);
            if (isNew) {
                seenAt.put(id, nanos.get());
                if (random.nextInt(20) == 0) {
                    dedupe.release(id, id * 31);
                    seenAt.remove(id);
                }
            }
        }
    }

    @Test
    void full_forgetsTheOldestEarlyAndSaysHowMany() {
        Dedupe dedupe = dedupe(32 * 10); // ten ids to a generation of each of the sixteen stripes
        assertEquals(WINDOW_MS, dedupe.effectiveWindowMs());
        for (int id = 1; id <= 20; id++) {
            nanos.addAndGet(MS);
            assertTrue(dedupe.reserve(id, 16));
        }
        assertEquals(0, metrics.value(Count.DEDUPE_OVERFLOWED));
        assertFalse(dedupe.reserve(1, 16), "both generations are still known");
        nanos.addAndGet(MS);
        assertTrue(dedupe.reserve(21, 16));
        assertEquals(10, metrics.value(Count.DEDUPE_OVERFLOWED));
        assertFalse(dedupe.reserve(11, 16));
        assertEquals(10, dedupe.effectiveWindowMs());
        nanos.addAndGet(500 * MS);
        assertEquals(500, dedupe.effectiveWindowMs());
        nanos.addAndGet(10 * WINDOW_MS * MS);
        assertEquals(WINDOW_MS, dedupe.effectiveWindowMs());
    }

    @Test
    void manyThreads_eachIdIsNewToExactlyOne() throws InterruptedException, ExecutionException {
        int threads = 8;
        int ids = 20_000;
        Dedupe dedupe = dedupe(1_000_000);
        var start = new CountDownLatch(1);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var wins = IntStream.range(0, threads)
                    .<Future<Integer>>mapToObj(thread -> pool.submit(() -> {
                        start.await();
                        int won = 0;
                        for (long id = 1; id <= ids; id++) {
                            won += dedupe.reserve(id * 0x9e3779b97f4a7c15L, id) ? 1 : 0;
                        }
                        return won;
                    }))
                    .toList();
            start.countDown();
            int all = 0;
            for (Future<Integer> win : wins) {
                all += win.get();
            }
            assertEquals(ids, all);
        }
    }
}
