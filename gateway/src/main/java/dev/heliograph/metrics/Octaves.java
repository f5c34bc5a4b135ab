package dev.heliograph.metrics;

import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/**
 * A histogram for charts: each power of two is cut into eight buckets of equal width, so that a bucket is 6 to 12 % wide, and only those that hold something are
 * told. Buckets of the recorders nest in them, so nothing is counted in a wrong one.
 */
final class Octaves {
    private static final int CUTS_BITS = 3;

    private Octaves() {}

    /** Counts by their bucket's lower bound. */
    static Map<Long, Long> of(Histogram histogram) {
        var counts = new TreeMap<Long, Long>();
        for (HistogramIterationValue step : histogram.recordedValues()) {
            long value = histogram.lowestEquivalentValue(step.getValueIteratedTo());
            counts.merge(lowerBound(value), step.getCountAtValueIteratedTo(), Long::sum);
        }
        return counts;
    }

    /** Of the bucket that the value is in, which is {@code max(1, highestOneBit / 8)} wide. */
    static long lowerBound(long value) {
        long octave = Long.highestOneBit(value);
        return value & -Math.max(1, octave >> CUTS_BITS);
    }
}
