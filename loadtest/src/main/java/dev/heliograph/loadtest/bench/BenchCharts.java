package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.Color;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.BitmapEncoder.BitmapFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Results as charts. A chart without data is not made. */
final class BenchCharts {
    private static final int WIDTH = 760;
    private static final int HEIGHT = 420;
    /** Twice what a plain screen has. */
    private static final int DOTS_PER_INCH = 144;

    private static final int PLAIN_BYTES = 128;
    /** Above it everything is the maximum, and an axis of 1 / (1 - p) has no end. */
    private static final double PERCENTILE_MAX = 99.9999;

    private BenchCharts() {}

    /** The names of the files that were written into {@code folder}. */
    static List<String> write(Map<String, JsonNode> results, Path folder) throws IOException {
        Files.createDirectories(folder);
        var written = new ArrayList<String>();
        save(latency(results), folder, "bench-latency-by-percentile.png", written);
        save(cost(results), folder, "bench-cost-per-delivery-against-subscribers.png", written);
        save(ratio(results), folder, "bench-ratio-to-limit-against-subscribers.png", written);
        save(memory(results), folder, "bench-memory-against-connections.png", written);
        return written;
    }

    private static void save(XYChart chart, Path folder, String name, List<String> written) throws IOException {
        if (!chart.getSeriesMap().isEmpty()) {
            BitmapEncoder.saveBitmapWithDPI(chart, folder.resolve(name).toString(), BitmapFormat.PNG, DOTS_PER_INCH);
            written.add(name);
        }
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder()
                .width(WIDTH)
                .height(HEIGHT)
                .title(title)
                .xAxisTitle(x)
                .yAxisTitle(y)
                .build();
        chart.getStyler()
                .setLegendPosition(LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false);
        return chart;
    }

    private static XYChart latency(Map<String, JsonNode> results) {
        XYChart chart = chart("Latency by percentile", "1 / (1 − percentile): 10 is p90, 1000 is p99.9", "ms");
        chart.getStyler().setXAxisLogarithmic(true).setMarkerSize(0);
        results.forEach((name, result) -> result.at("/latency/percentileMillis")
                .properties()
                .forEach(series -> {
                    var x = new ArrayList<Double>();
                    var y = new ArrayList<Double>();
                    series.getValue().forEach(pair -> {
                        if (pair.path(0).asDouble() <= PERCENTILE_MAX) {
                            x.add(1 / (1 - pair.path(0).asDouble() / 100));
                            y.add(pair.path(1).asDouble());
                        }
                    });
                    if (!x.isEmpty()) {
                        chart.addSeries(name + ": " + series.getKey(), x, y);
                    }
                }));
        return chart;
    }

    /** Of one channel and 128 bytes, a line for each number of publications in flight. */
    private static XYChart cost(Map<String, JsonNode> results) {
        XYChart chart = chart("CPU per delivery", "subscribers", "µs");
        results.forEach((name, result) -> {
            bySubscribers(chart, result, name, "gatewayCpuMicros");
            bySubscribers(chart, result, name + ": limit", "limitCpuMicros");
        });
        return chart;
    }

    private static XYChart ratio(Map<String, JsonNode> results) {
        XYChart chart = chart("CPU per delivery against the kernel's limit", "subscribers", "× limit");
        chart.getStyler().setYAxisMin(0.0);
        results.forEach((name, result) -> bySubscribers(chart, result, name, "ratio"));
        return chart;
    }

    private static void bySubscribers(XYChart chart, JsonNode result, String name, String figure) {
        var byInFlight = new TreeMap<Integer, TreeMap<Integer, Double>>();
        result.path("fanOut").forEach(shape -> {
            if (shape.path("channels").asInt() == 1
                    && shape.path("payloadBytes").asInt() == PLAIN_BYTES
                    && shape.has(figure)) {
                byInFlight
                        .computeIfAbsent(shape.path("inFlight").asInt(), _ -> new TreeMap<>())
                        .put(
                                shape.path("subscribers").asInt(),
                                shape.path(figure).asDouble());
            }
        });
        byInFlight.forEach((inFlight, points) -> chart.addSeries(
                name + ", " + inFlight + " in flight", List.copyOf(points.keySet()), List.copyOf(points.values())));
    }

    private static XYChart memory(Map<String, JsonNode> results) {
        XYChart chart = chart("Memory (RSS) of the gateway", "connections", "MiB");
        chart.getStyler().setYAxisMin(0.0);
        results.forEach((name, result) -> {
            var points = new TreeMap<Integer, Double>();
            if (result.path("memory").isArray() && result.path("start").isObject()) {
                points.put(0, result.at("/start/rssKib").asDouble() / 1024);
                result.path("memory")
                        .forEach(memory -> points.put(
                                memory.path("connections").asInt(),
                                memory.path("rssKib").asDouble() / 1024));
                chart.addSeries(name, List.copyOf(points.keySet()), List.copyOf(points.values()));
            }
        });
        return chart;
    }
}
