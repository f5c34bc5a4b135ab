package dev.heliograph.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;

/** What an operator sees of two loops, of which the second is slow. */
final class LoopMetersTest {
    private static final long MICRO = 1_000;

    private final AtomicLong clock = new AtomicLong();
    private final List<LoopMeter> loops = List.of(LoopMeter.create(clock::get), LoopMeter.create(clock::get));
    private final LoopMeters meters = new LoopMeters(loops);

    private void deliver(int loop, long micros, int times) {
        for (int i = 0; i < times; i++) {
            long begin = clock.getAndAdd(micros * MICRO);
            loops.get(loop).recorder().onPass(List.of(begin), at -> at, at -> at + MICRO, begin + 2 * MICRO, 3);
        }
    }

    @Test
    void buckets_areOfAllLoopsTogether_andOnlyGrow() {
        deliver(0, 40, 100);
        deliver(1, 400, 10);
        assertEquals(
                Map.of(36_864L, 100L, 393_216L, 10L), meters.latencyBuckets().get("total"));
        assertEquals(Map.of(960L, 110L), meters.latencyBuckets().get("sequenced"));
        meters.tick();
        deliver(0, 40, 1);
        assertEquals(
                Map.of(36_864L, 101L, 393_216L, 10L),
                meters.latencyBuckets().get("total"),
                "an interval's end takes nothing from it");
    }

    private static double line(String text, String name) {
        List<String> found = text.lines().filter(l -> l.startsWith(name + " ")).toList();
        assertEquals(1, found.size(), name + " in\n" + text);
        return Double.parseDouble(found.getFirst().substring(name.length() + 1));
    }

    private static String bucket(int loop, Stage stage, String bound) {
        return "heliograph_delivery_latency_seconds_bucket{loop=\"" + loop + "\",stage=\"" + stage.label() + "\",le=\""
                + bound + "\"}";
    }

    @Test
    void prometheus_getsCumulativeBucketsOfEachLoopAndStage() {
        try (var exposition = new Exposition()) {
            meters.bindTo(exposition);
            deliver(0, 40, 100);
            deliver(0, 400, 10);
            deliver(1, 20_000_000, 1);
            String text = exposition.text();
            assertEquals(
                    1,
                    text.lines()
                            .filter("# TYPE heliograph_delivery_latency_seconds histogram"::equals)
                            .count());
            assertEquals(0, line(text, bucket(0, Stage.TOTAL, "2.5E-5")));
            assertEquals(100, line(text, bucket(0, Stage.TOTAL, "5.0E-5")));
            assertEquals(100, line(text, bucket(0, Stage.TOTAL, "2.5E-4")));
            assertEquals(110, line(text, bucket(0, Stage.TOTAL, "5.0E-4")));
            assertEquals(110, line(text, bucket(0, Stage.TOTAL, "+Inf")));
            assertEquals(110, line(text, bucket(0, Stage.SEQUENCED, "1.0E-5")));
            assertEquals(0, line(text, bucket(1, Stage.TOTAL, "10.0")));
            assertEquals(1, line(text, bucket(1, Stage.WRITTEN, "+Inf")));
            String labels = "{loop=\"0\",stage=\"total\"}";
            assertEquals(110, line(text, "heliograph_delivery_latency_seconds_count" + labels));
            assertEquals(0.008, line(text, "heliograph_delivery_latency_seconds_sum" + labels), 0.00008);
            assertEquals(110, line(text, "heliograph_pass_publications_bucket{loop=\"0\",le=\"1.0\"}"));
            assertEquals(330, line(text, "heliograph_pass_deliveries_sum{loop=\"0\"}"));
        }
    }

    @Test
    void prometheus_getsLagSendsAndRungs() {
        try (var exposition = new Exposition()) {
            meters.bindTo(exposition);
            LoopOutflow outflow = loops.get(1).outflow();
            outflow.onSend(300);
            outflow.onOpen();
            outflow.onOpen();
            outflow.onRung(Rung.HEALTHY, Rung.STALLED);
            outflow.onBacklog(77);
            clock.addAndGet(LoopLag.PERIOD_NANOS + 3_000 * MICRO);
            loops.get(1).lag().onProbe();
            String text = exposition.text();
            assertEquals(0, line(text, "heliograph_send_bytes_bucket{loop=\"1\",le=\"256.0\"}"));
            assertEquals(1, line(text, "heliograph_send_bytes_bucket{loop=\"1\",le=\"512.0\"}"));
            assertEquals(300, line(text, "heliograph_send_bytes_sum{loop=\"1\"}"));
            assertEquals(1, line(text, "heliograph_loop_connections{loop=\"1\",rung=\"healthy\"}"));
            assertEquals(1, line(text, "heliograph_loop_connections{loop=\"1\",rung=\"stalled\"}"));
            assertEquals(77, line(text, "heliograph_backlog_bytes{loop=\"1\"}"));
            assertEquals(1, line(text, "heliograph_loop_lag_seconds_count{loop=\"1\"}"));
            assertEquals(0.003, line(text, "heliograph_loop_lag_recent_seconds{loop=\"1\"}"));
        }
    }

    @Test
    void everyDistribution_isExported_withItsSentence() {
        try (var exposition = new Exposition()) {
            meters.bindTo(exposition);
            String text = exposition.text();
            for (Distribution distribution : Distribution.values()) {
                String name = "heliograph_" + distribution.meter().replace('.', '_');
                assertTrue(text.contains("# HELP " + name + " " + distribution.help() + "\n"), name);
                assertTrue(text.contains("# TYPE " + name + " histogram\n"), name);
            }
        }
    }

    @Test
    void state_tellsOfTheLastIntervalAndOfAll() {
        deliver(0, 100, 10);
        meters.tick();
        deliver(0, 900, 10);
        LoopState loop = Objects.requireNonNull(meters.state().get("loop0"));
        Quantiles interval = Objects.requireNonNull(loop.interval().latencyUs().get("total"));
        Quantiles all = Objects.requireNonNull(loop.sinceStart().latencyUs().get("total"));
        assertEquals(10, interval.count());
        assertEquals(100, interval.max(), 1);
        assertEquals(20, all.count());
        assertEquals(100, all.p50(), 1);
        assertEquals(900, all.p99(), 9);
        assertEquals(0.001, loop.intervalSeconds());
        assertEquals(
                "[healthy, queued, merging, dropping, stalled]",
                loop.connections().keySet().toString());
    }

    @Test
    void latencyOfAllLoops_isTheSumOfEach() {
        deliver(0, 100, 10);
        deliver(1, 900, 30);
        Histogram all = meters.latency(Stage.TOTAL, LoopMeters.Window.START);
        assertEquals(40, all.getTotalCount());
        assertEquals(10, all.getCountBetweenValues(0, 500 * MICRO));
        assertEquals(0, meters.latency(Stage.TOTAL, LoopMeters.Window.INTERVAL).getTotalCount());
        meters.tick();
        assertEquals(40, meters.latency(Stage.TOTAL, LoopMeters.Window.INTERVAL).getTotalCount());
    }
}
