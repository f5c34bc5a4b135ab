package dev.heliograph.loadtest.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The bench in its shortest form, and the page made of its result; judged by counts and shape, never by time. */
final class BenchTest {
    private static final BenchPlan SHORTEST = new BenchPlan(
            1, 1, 1, List.of(new BenchPlan.Shape(50, 4, 128, 5)), List.of(50), new BenchPlan.Latency(50, 50, 1));

    @TempDir
    Path folder;

    private final List<String> progress = new ArrayList<>();

    @Test
    void shortestForm_measuresEverything_andItsResultMakesThePage() throws Exception {
        var run = new BenchRun(project(), folder.resolve("out"), Clock.systemUTC(), progress::add);

        BenchResult result = run.measure(SHORTEST);

        JsonNode json =
                new ObjectMapper().readTree(folder.resolve("out/bench.json").toFile());
        assertEquals(json, new ObjectMapper().readTree(result.json().toString()));
        assertTrue(result.passed(), json::toPrettyString);
        checkLatency(json.path("latency"));
        checkIngest(json.path("ingest"));
        if (json.at("/missing").toString().contains("kernel:")) {
            assertEquals(1, json.path("fanOut").size(), "by the swarm, where there is no compiler");
        } else {
            checkFanOut(json.path("fanOut"));
            assertEquals(50, json.at("/memory/0/connections").asInt());
            assertTrue(json.at("/memory/0/rssKib").asLong() > 0);
        }
        checkReport(json);
    }

    private static void checkFanOut(JsonNode fanOut) {
        assertEquals(1, fanOut.size());
        assertEquals(5, fanOut.path(0).path("channels").asInt());
        for (JsonNode shape : fanOut) {
            assertEquals(50, shape.path("subscribers").asInt());
            assertEquals(1, shape.path("gatewayRuns").size());
            assertEquals(1, shape.path("limitRuns").size());
            assertTrue(shape.path("deliveriesPerSecond").asDouble() > 0, shape::toString);
            int difference = shape.path("wireBytes").asInt()
                    - shape.at("/limitRuns/0/bytes_per_delivery").asInt();
            assertTrue(Math.abs(difference) <= 1, () -> "not as many bytes on the wire: " + shape);
        }
    }

    private static void checkIngest(JsonNode ingest) {
        assertEquals(2, ingest.size());
        for (JsonNode kind : ingest) {
            assertTrue(kind.path("eventsPosted").asLong() > 0, kind::toString);
            assertEquals(
                    kind.path("eventsPosted").asLong(),
                    kind.path("eventsPublished").asLong());
        }
    }

    private static void checkLatency(JsonNode latency) {
        assertEquals(100 * 50, latency.at("/counts/delivered").asInt());
        assertEquals(50 * 50, latency.at("/micros/delivery/count").asInt());
        assertEquals(50, latency.at("/micros/last/count").asInt());
        for (String which : List.of("delivery", "first", "last")) {
            JsonNode pairs = latency.at("/percentileMillis/" + which);
            assertEquals(100, pairs.path(pairs.size() - 1).path(0).asDouble(), which);
        }
    }

    private void checkReport(JsonNode json) throws IOException {
        Path docs = folder.resolve("docs");
        Files.createDirectories(docs.resolve("benchmarks"));
        Files.writeString(docs.resolve("benchmarks/a-run.json"), json.toString());
        Files.writeString(docs.resolve("BENCHMARKS.md"), """
                Before.
                <!-- figures: made by ./heliograph bench --report -->
                old
                <!-- end of figures -->
                Behind.
                """);

        BenchReport.write(folder, new PrintWriter(new StringWriter()));

        String page = Files.readString(docs.resolve("BENCHMARKS.md"));
        assertTrue(page.startsWith("Before.") && page.endsWith("Behind.\n"), page);
        assertFalse(page.contains("old"), page);
        assertTrue(page.contains("### a run"), page);
        assertTrue(page.contains("| ingest, 100 events in a post |"), page);
        try (Stream<Path> charts = Files.list(docs.resolve("img"))) {
            for (Path chart : charts.toList()) {
                assertTrue(page.contains("(img/" + chart.getFileName() + ")"), page);
                assertTrue(Files.size(chart) > 1_000, chart::toString);
            }
        }
        assertTrue(page.contains("img/bench-latency-by-percentile.png"), page);
    }

    @Test
    void reportWithoutResults_saysWhatIsExpected() {
        IOException refused =
                assertThrows(IOException.class, () -> BenchReport.write(folder, new PrintWriter(new StringWriter())));

        assertTrue(String.valueOf(refused.getMessage()).contains("docs/benchmarks"), refused::toString);
    }

    @Test
    void planBeyondTheFilesOfAProcess_isCut() {
        BenchPlan cut = BenchPlan.full().atMost(800);

        assertEquals(800, cut.connectionsMax());
        assertEquals(List.of(800), cut.connections());
        assertTrue(cut.shapes().contains(new BenchPlan.Shape(500, 16, 128, 500)), cut::toString);
    }

    /** The folder of the launcher. */
    private static Path project() {
        Path here = Path.of("").toAbsolutePath();
        while (here != null && !Files.isRegularFile(here.resolve("heliograph"))) {
            here = here.getParent();
        }
        return Objects.requireNonNull(here, "no launcher above " + Path.of("").toAbsolutePath());
    }
}
