package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.SplittableRandom;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LadderTest {
    @ParameterizedTest
    @EnumSource(Ladder.class)
    void buckets_addUpToWhatHdrCountsBelowTheirBounds(Ladder ladder) {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("LadderTest seed " + seed);
        var random = new SplittableRandom(seed);
        double[] bounds = ladder.bounds();
        double perUnit = ladder == Ladder.SECONDS ? 1e9 : 1;
        long most = (long) (bounds[bounds.length - 2] * perUnit * 2);
        var histogram = new Histogram(most, 2);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            // as many small ones as large ones
            long value = random.nextLong(1L << (1 + random.nextInt(Long.SIZE - 2 - Long.numberOfLeadingZeros(most))));
            histogram.recordValue(value);
            sum += (double) value / perUnit;
        }
        for (double bound : bounds) {
            if (bound < Double.POSITIVE_INFINITY) {
                histogram.recordValue(Math.round(bound * perUnit));
                sum += bound;
            }
        }
        Tally tally = ladder.tally(histogram);
        long below = 0;
        for (int i = 0; i < bounds.length - 1; i++) {
            below += tally.counts()[i];
            assertEquals(
                    histogram.getCountBetweenValues(0, Math.round(bounds[i] * perUnit)), below, "up to " + bounds[i]);
        }
        assertEquals(histogram.getTotalCount(), below + tally.counts()[bounds.length - 1]);
        assertEquals(sum, tally.sum(), sum / 100);
    }

    @Test
    void seconds_beginAtTenMicroseconds_andEndAtTen() {
        double[] bounds = Ladder.SECONDS.bounds();
        assertEquals(1e-5, bounds[0]);
        assertEquals(2.5e-5, bounds[1]);
        assertEquals(10, bounds[bounds.length - 2]);
        assertEquals(Double.POSITIVE_INFINITY, bounds[bounds.length - 1]);
    }

    @Test
    void valueOnABound_isWithin() {
        var full = new Histogram(10_000, 2);
        full.recordValue(512);
        long[] counts = new long[11];
        counts[9] = 1;
        assertArrayEquals(counts, Ladder.PUBLICATIONS.tally(full).counts());
    }
}
