package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OctavesTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "1, 1",
        "15, 15",
        "16, 16",
        "17, 16",
        "18, 18",
        "31, 30",
        "32, 32",
        "1023, 960",
        "1024, 1024",
        "1151, 1024",
        "1152, 1152",
        "59999999999, 55834574848"
    })
    void bucket_isAnEighthOfItsPowerOfTwo(long value, long lowerBound) {
        assertEquals(lowerBound, Octaves.lowerBound(value));
    }

    @Test
    void everyValue_isCountedInItsBucket_thoughTheHistogramHasRoundedIt() {
        var random = new SplittableRandom(7);
        var histogram = new Histogram(LoopHistograms.NANOS_MAX, 2);
        var expected = new TreeMap<Long, Long>();
        for (int i = 0; i < 20_000; i++) {
            long value = (long) Math.exp(random.nextDouble(Math.log(LoopHistograms.NANOS_MAX)));
            histogram.recordValue(value);
            expected.merge(Octaves.lowerBound(value), 1L, Long::sum);
        }
        Map<Long, Long> counts = Octaves.of(histogram);
        assertEquals(expected, counts);
        assertTrue(counts.size() <= 8 * 36, "bounded by the powers of two up to a minute");
    }

    @Test
    void quantileOfTheBuckets_isWithinOneOfThem() {
        var random = new SplittableRandom(11);
        var histogram = new Histogram(LoopHistograms.NANOS_MAX, 2);
        for (int i = 0; i < 50_000; i++) {
            histogram.recordValue((long) (20_000 * Math.exp(random.nextGaussian())));
        }
        long rank = (long) Math.ceil(0.99 * (double) histogram.getTotalCount());
        long seen = 0;
        long found = -1;
        for (Map.Entry<Long, Long> bucket : Octaves.of(histogram).entrySet()) {
            seen += bucket.getValue();
            if (seen >= rank) {
                found = bucket.getKey();
                break;
            }
        }
        assertEquals(Octaves.lowerBound(histogram.getValueAtPercentile(99)), found);
    }

    /** What the console's tests read, to hold its quantiles against HdrHistogram's. */
    @Test
    void golden_isWhatHistogramsMake() throws Exception {
        var random = new SplittableRandom(2_026);
        var made = new ArrayList<Map<String, Object>>();
        made.add(golden("log-normal", 20_000, () -> (long) (30_000 * Math.exp(random.nextGaussian()))));
        made.add(golden(
                "two humps",
                5_000,
                () -> random.nextInt(10) == 0
                        ? 40_000_000 + random.nextInt(9_000_000)
                        : 25_000 + random.nextInt(9_000)));
        made.add(golden("one", 1, () -> 123_456));
        made.add(golden(
                "of every size", 20_000, () -> (long) Math.exp(random.nextDouble(Math.log(LoopHistograms.NANOS_MAX)))));
        var json = new ObjectMapper();
        try (InputStream file = OctavesTest.class.getResourceAsStream("/octaves/golden.json")) {
            assertEquals(json.readTree(file), json.readTree(json.writeValueAsBytes(made)));
        }
    }

    private static Map<String, Object> golden(String name, int count, LongSupplier values) {
        var histogram = new Histogram(LoopHistograms.NANOS_MAX, 2);
        for (int i = 0; i < count; i++) {
            histogram.recordValue(values.getAsLong());
        }
        var percentiles = new LinkedHashMap<String, Long>();
        for (String percentile : List.of("1", "50", "90", "99", "99.9", "100")) {
            percentiles.put(percentile, histogram.getValueAtPercentile(Double.parseDouble(percentile)));
        }
        return Map.of("name", name, "percentiles", percentiles, "buckets", Octaves.of(histogram));
    }
}
