package dev.heliograph.metrics;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One event loop in numbers, for people.
 *
 * @param connections by rung
 * @param interval the last whole interval
 */
public record LoopState(
        double lagRecentUs,
        Map<String, Long> connections,
        long backlogBytes,
        double intervalSeconds,
        Figures interval,
        Figures sinceStart) {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    /**
     * What it recorded in one stretch of time.
     *
     * @param latencyUs by stage
     */
    public record Figures(
            Map<String, Quantiles> latencyUs, Quantiles lagUs, Quantiles passPublications, Quantiles passDeliveries) {
        private static Figures of(LoopHistograms recorded) {
            var stages = new LinkedHashMap<String, Quantiles>();
            for (Stage stage : Stage.values()) {
                stages.put(stage.label(), Quantiles.of(recorded.of(stage), NANOS_PER_MICRO));
            }
            return new Figures(
                    stages,
                    Quantiles.of(recorded.of(Distribution.LOOP_LAG), NANOS_PER_MICRO),
                    Quantiles.of(recorded.of(Distribution.PASS_PUBLICATIONS), 1),
                    Quantiles.of(recorded.of(Distribution.PASS_DELIVERIES), 1));
        }
    }

    static LoopState of(LoopMeter loop) {
        LoopSnapshot snapshot = loop.recorder().snapshot();
        LoopOutflow outflow = loop.outflow();
        var connections = new LinkedHashMap<String, Long>();
        for (Rung rung : Rung.values()) {
            connections.put(rung.label(), outflow.connections(rung));
        }
        return new LoopState(
                (double) loop.lag().recentNanos() / NANOS_PER_MICRO,
                connections,
                outflow.backlogBytes(),
                (double) snapshot.intervalNanos() / NANOS_PER_SECOND,
                Figures.of(snapshot.interval()),
                Figures.of(snapshot.sinceStart()));
    }
}
