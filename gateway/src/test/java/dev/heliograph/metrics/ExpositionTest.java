package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ExpositionTest {
    @Test
    void text_holdsTheCataloguesCountersLevelsAndTheJvm() {
        try (var exposition = new Exposition()) {
            var metrics = new Metrics(exposition.registry());
            var open = new AtomicInteger(3);
            exposition.watch(Level.HTTP_CONNECTIONS_OPEN, open::get);
            metrics.increment(Count.HTTP_REFUSED, HttpRefusal.MALFORMED);
            metrics.increment(Count.HTTP_ANSWERS, StatusClass.of(404));
            String text = exposition.text();
            assertLine(text, "heliograph_http_refused_total{reason=\"malformed\"} 1.0");
            assertLine(text, "heliograph_http_refused_total{reason=\"timeout\"} 0.0");
            assertLine(text, "heliograph_http_answers_total{status=\"4xx\"} 1.0");
            assertLine(text, "heliograph_http_connections_open 3.0");
            assertTrue(text.contains("# HELP heliograph_http_connections_open TCP connections"), text);
            assertTrue(text.contains("jvm_memory_used_bytes") && text.contains("jvm_threads_live_threads"), text);
            open.set(4);
            assertLine(exposition.text(), "heliograph_http_connections_open 4.0");
        }
    }

    @Test
    void counters_areToldByNameAndCause_fromTheStart() {
        try (var exposition = new Exposition()) {
            var metrics = new Metrics(exposition.registry());
            metrics.add(Count.DELIVERIES, 5);
            metrics.increment(Count.HTTP_REFUSED, HttpRefusal.TIMEOUT);
            Map<String, Object> state = metrics.state();
            assertEquals(Count.values().length, state.size());
            assertEquals(5L, state.get("deliveries"));
            assertTrue(
                    String.valueOf(state.get("http.refused")).contains("timeout=1, connections=0"), state.toString());
        }
    }

    private static void assertLine(String text, String line) {
        assertEquals(1, text.lines().filter(line::equals).count(), line);
    }

    @Test
    void statusClass_isTheFirstDigit() {
        assertEquals(StatusClass.INFORMATIONAL, StatusClass.of(101));
        assertEquals(StatusClass.SUCCESS, StatusClass.of(200));
        assertEquals(StatusClass.SERVER_ERROR, StatusClass.of(599));
    }
}
