package dev.heliograph.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** What is measured of all event loops, as an operator sees it. Any thread. */
public final class LoopMeters {
    /** How often {@link #tick} is to be called. */
    public static final long INTERVAL_SECONDS = 10;

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

    /**
     * All loops' latencies since the start, by stage: how many by the lower bound of their bucket, in nanoseconds. A bucket is an eighth of the power of two that it
     * lies in. Two looks tell what lies between them.
     */
    public Map<String, Map<Long, Long>> latencyBuckets() {
        LoopHistograms all = LoopHistograms.growing();
        loops.forEach(loop -> loop.recorder().addTo(all));
        var stages = new LinkedHashMap<String, Map<Long, Long>>();
        for (Stage stage : Stage.values()) {
            stages.put(stage.label(), Octaves.of(all.of(stage)));
        }
        return stages;
    }

    /** By loop. */
    public Map<String, LoopState> state() {
        var state = new LinkedHashMap<String, LoopState>();
        for (int loop = 0; loop < loops.size(); loop++) {
            state.put("loop" + loop, LoopState.of(loops.get(loop)));
        }
        return state;
    }
}
