package dev.heliograph.metrics;

import java.util.Arrays;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.HistogramIterationValue;

/** The upper bounds of exported buckets: fixed, so that histograms of all loops, gateways and versions can be added up. */
enum Ladder {
    /** 10 µs to 10 s, of nanoseconds. */
    SECONDS(
            1e9,
            10_000,
            25_000,
            50_000,
            100_000,
            250_000,
            500_000,
            1_000_000,
            2_500_000,
            5_000_000,
            10_000_000,
            25_000_000,
            50_000_000,
            100_000_000,
            250_000_000,
            500_000_000,
            1_000_000_000,
            2_500_000_000L,
            5_000_000_000L,
            10_000_000_000L),
    PUBLICATIONS(1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512),
    DELIVERIES(1, 1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576),
    /** 64 B to 1 MiB. */
    BYTES(
            1, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072, 262_144, 524_288,
            1_048_576);

    private final double perUnit;

    @SuppressWarnings("ImmutableEnumChecker") // never changed
    private final long[] bounds;

    /** @param perUnit how many of what is recorded make one of what is exported */
    Ladder(double perUnit, long... bounds) {
        this.perUnit = perUnit;
        this.bounds = bounds;
    }

    /** As exported; the last is infinite. */
    double[] bounds() {
        double[] exported = new double[bounds.length + 1];
        Arrays.setAll(exported, i -> i < bounds.length ? (double) bounds[i] / perUnit : Double.POSITIVE_INFINITY);
        return exported;
    }

    /** The bucket of a recorded value. */
    int bucket(long value) {
        int found = Arrays.binarySearch(bounds, value);
        return found >= 0 ? found : -found - 1;
    }

    /** Counts by bucket. Values that HDR does not tell apart count as the least of them, so that what is right on a bound is within. */
    Tally tally(Histogram histogram) {
        long[] counts = new long[bounds.length + 1];
        double sum = 0;
        for (HistogramIterationValue step : histogram.recordedValues()) {
            long value = step.getValueIteratedTo();
            long count = step.getCountAtValueIteratedTo();
            counts[bucket(histogram.lowestEquivalentValue(value))] += count;
            sum += (double) count * (double) histogram.medianEquivalentValue(value);
        }
        return new Tally(counts, sum / perUnit);
    }
}
