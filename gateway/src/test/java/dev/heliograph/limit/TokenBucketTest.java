package dev.heliograph.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** How much a source gets through. */
final class TokenBucketTest {
    private static final long SECOND = 1_000_000_000L;

    private static int take(TokenBucket bucket, int tries, long nowNanos) {
        int taken = 0;
        for (int i = 0; i < tries; i++) {
            taken += bucket.tryTake(nowNanos) ? 1 : 0;
        }
        return taken;
    }

    @Test
    void burst_thenAsManyAsTheRateRefills() {
        long start = Long.MAX_VALUE - SECOND; // nanoTime may overflow
        var bucket = new TokenBucket(10, 5, start);
        assertEquals(5, take(bucket, 100, start));
        assertEquals(0, take(bucket, 100, start + SECOND / 10 - 1));
        assertEquals(1, take(bucket, 100, start + SECOND / 10));
        assertEquals(3, take(bucket, 100, start + 4 * SECOND / 10));
        assertEquals(5, take(bucket, 100, start + 100 * SECOND));
    }

    @Test
    void rateOfZero_letsNothingThrough() {
        assertFalse(new TokenBucket(0, 5, 0).tryTake(SECOND));
    }

    @Test
    void highRates_areKept() {
        var bucket = new TokenBucket(1_000_000, 1, 0);
        int taken = 0;
        for (long now = 0; now < SECOND / 100; now += 100) {
            taken += bucket.tryTake(now) ? 1 : 0;
        }
        assertEquals(10_000, taken);
    }

    @Test
    void manyThreadsAtOneMoment_takeExactlyTheBurst() throws InterruptedException, ExecutionException {
        var bucket = new TokenBucket(10, 1_000, 0);
        try (var pool = Executors.newFixedThreadPool(8)) {
            var takes = IntStream.range(0, 8)
                    .<Future<Integer>>mapToObj(i -> pool.submit(() -> take(bucket, 1_000, 0)))
                    .toList();
            int all = 0;
            for (Future<Integer> taken : takes) {
                all += taken.get();
            }
            assertEquals(1_000, all);
        }
    }
}
