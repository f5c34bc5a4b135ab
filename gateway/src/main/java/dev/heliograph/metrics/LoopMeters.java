package dev.heliograph.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What is measured of all event loops, as an operator sees it. Any thread. */
public final class LoopMeters {
    /** How often {@link #tick} is to be called. */
    public static final long INTERVAL_SECONDS = 10;

    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    /** How far back to look. */
    public enum Window {
        /** Since the gateway started. */
        START,
        /** The last whole interval. */
        INTERVAL
    }

    private final List<LoopMeter> loops;

    /** @param loops by the number of their loop */
    public LoopMeters(List<LoopMeter> loops) {
        this.loops = List.copyOf(loops);
    }

    public void bindTo(Exposition exposition) {
        exposition.collect(new LoopCollector(loops));
        for (int i = 0; i < loops.size(); i++) {
            LoopMeter loop = loops.get(i);
            String number = Integer.toString(i);
            exposition.watch(Level.LOOP_LAG_RECENT, () -> loop.lag().recentNanos() / NANOS_PER_SECOND, "loop", number);
            exposition.watch(Level.BACKLOG_BYTES, loop.outflow()::backlogBytes, "loop", number);
            for (Rung rung : Rung.values()) {
                exposition.watch(
                        Level.LOOP_CONNECTIONS,
                        () -> loop.outflow().connections(rung),
                        "loop",
                        number,
                        rung.key(),
                        rung.label());
            }
        }
    }

    /** Ends the interval that readers see next. One timer calls it. */
    public void tick() {
        loops.forEach(loop -> loop.recorder().tick());
    }

    /** How many loops there are. */
    public int size() {
        return loops.size();
    }

    /** A stage's latencies on one loop, in nanoseconds. */
    public Histogram latency(int loop, Stage stage, Window window) {
        LoopSnapshot snapshot = loops.get(loop).recorder().snapshot();
        return (window == Window.START ? snapshot.sinceStart() : snapshot.interval()).of(stage);
    }

    /** A stage's latencies on all loops together, in nanoseconds. */
    public Histogram latency(Stage stage, Window window) {
        Histogram all = latency(0, stage, window);
        for (int loop = 1; loop < loops.size(); loop++) {
            all.add(latency(loop, stage, window));
        }
        return all;
    }

    /** Per loop. */
    public Map<String, Object> state() {
        var state = new LinkedHashMap<String, Object>();
        for (int i = 0; i < loops.size(); i++) {
            state.put("loop" + i, state(loops.get(i)));
        }
        return state;
    }

    private static Map<String, Object> state(LoopMeter loop) {
        LoopSnapshot snapshot = loop.recorder().snapshot();
        var connections = new LinkedHashMap<String, Long>();
        for (Rung rung : Rung.values()) {
            connections.put(rung.label(), loop.outflow().connections(rung));
        }
        var state = new LinkedHashMap<String, Object>();
        state.put("lagRecentUs", loop.lag().recentNanos() / NANOS_PER_MICRO);
        state.put("connections", connections);
        state.put("backlogBytes", loop.outflow().backlogBytes());
        state.put("intervalSeconds", snapshot.intervalNanos() / NANOS_PER_SECOND);
        state.put("interval", figures(snapshot.interval()));
        state.put("sinceStart", figures(snapshot.sinceStart()));
        return state;
    }

    private static Map<String, Object> figures(LoopHistograms recorded) {
        var stages = new LinkedHashMap<String, Object>();
        for (Stage stage : Stage.values()) {
            stages.put(stage.label(), Quantiles.of(recorded.of(stage), NANOS_PER_MICRO));
        }
        var figures = new LinkedHashMap<String, Object>();
        figures.put("latencyUs", stages);
        figures.put("lagUs", Quantiles.of(recorded.of(Distribution.LOOP_LAG), NANOS_PER_MICRO));
        figures.put("passPublications", Quantiles.of(recorded.of(Distribution.PASS_PUBLICATIONS), 1));
        figures.put("passDeliveries", Quantiles.of(recorded.of(Distribution.PASS_DELIVERIES), 1));
        return figures;
    }
}
