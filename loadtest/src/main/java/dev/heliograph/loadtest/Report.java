package dev.heliograph.loadtest;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * What a run found, for people and for machines: {@code NAME.json}, and for each distribution an {@code .hgrm} that
 * HdrHistogram's plotter reads, the first as {@code NAME.hgrm}. Histograms are in microseconds. Immutable.
 *
 * @param startedAt the time, ISO 8601
 * @param settings what was asked for
 * @param counts what was counted
 * @param latenciesMicros by name; the first is the one that counts most
 * @param faults what is wrong, in words; empty if the run passed
 */
public record Report(
        String name,
        String startedAt,
        Map<String, Object> settings,
        Map<String, Long> counts,
        Map<String, Histogram> latenciesMicros,
        List<String> faults) {
    /** The highest latency that is told from higher ones. */
    public static final long HIGHEST_MICROS = 60_000_000;

    /** How many digits of a latency hold. */
    public static final int DIGITS = 3;

    private static final int TICKS_PER_HALF_DISTANCE = 5;
    private static final double MICROS_PER_MILLI = 1_000;

    /** Writes the files into a folder, which is made if it is missing. */
    public void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        new ObjectMapper()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .writeValue(folder.resolve(name + ".json").toFile(), json());
        boolean first = true;
        for (Map.Entry<String, Histogram> latency : latenciesMicros.entrySet()) {
            Path file = folder.resolve((first ? name : name + "-" + latency.getKey()) + ".hgrm");
            try (var out = new PrintStream(file.toFile(), StandardCharsets.UTF_8)) {
                latency.getValue().outputPercentileDistribution(out, TICKS_PER_HALF_DISTANCE, MICROS_PER_MILLI);
            }
            first = false;
        }
    }

    /** The same in a few lines, for a terminal. */
    public String text() {
        var text = new StringBuilder(name)
                .append(faults.isEmpty() ? ": passed" : ": FAILED")
                .append('\n');
        faults.forEach(fault -> text.append("  ").append(fault).append('\n'));
        text.append("  ").append(counts).append('\n');
        latenciesMicros.forEach(
                (name, latency) -> text.append("  %-10s %9d   ms p50 %.2f  p90 %.2f  p99 %.2f  p99.9 %.2f  max %.2f%n"
                        .formatted(
                                name,
                                latency.getTotalCount(),
                                millis(latency, 50),
                                millis(latency, 90),
                                millis(latency, 99),
                                millis(latency, 99.9),
                                millis(latency, 100))));
        return text.toString();
    }

    private static double millis(Histogram latency, double percentile) {
        return latency.getValueAtPercentile(percentile) / MICROS_PER_MILLI;
    }

    private Map<String, Object> json() {
        var json = new LinkedHashMap<String, Object>();
        json.put("name", name);
        json.put("startedAt", startedAt);
        json.put("passed", faults.isEmpty());
        json.put("faults", faults);
        json.put("settings", settings);
        json.put("counts", counts);
        var latencies = new LinkedHashMap<String, Object>();
        latenciesMicros.forEach((name, latency) -> latencies.put(name, summary(latency)));
        json.put("latenciesMicros", latencies);
        return json;
    }

    private static Map<String, Object> summary(Histogram latency) {
        var summary = new LinkedHashMap<String, Object>();
        summary.put("count", latency.getTotalCount());
        summary.put("mean", Math.round(latency.getMean()));
        summary.put("p50", latency.getValueAtPercentile(50));
        summary.put("p90", latency.getValueAtPercentile(90));
        summary.put("p99", latency.getValueAtPercentile(99));
        summary.put("p999", latency.getValueAtPercentile(99.9));
        summary.put("max", latency.getMaxValue());
        return summary;
    }
}
