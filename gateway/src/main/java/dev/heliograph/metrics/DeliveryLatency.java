package dev.heliograph.metrics;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** The latencies of all event loops, as an operator sees them. Any thread. */
public final class DeliveryLatency {
    private static final double[] QUANTILES = {0.5, 0.9, 0.99, 0.999, 1.0};
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double NANOS_PER_SECOND = 1e9;

    private final List<LoopLatency> loops;

    /** @param loops by the number of their loop */
    public DeliveryLatency(List<LoopLatency> loops) {
        this.loops = List.copyOf(loops);
    }

    /** Exports each loop's quantiles; the maximum is quantile 1. */
    public void bindTo(MeterRegistry registry) {
        for (int loop = 0; loop < loops.size(); loop++) {
            for (double quantile : QUANTILES) {
                Gauge.builder(
                                "heliograph.delivery.latency.seconds",
                                loops.get(loop),
                                latency -> seconds(latency, quantile))
                        .description(
                                "From a producer's request, read in full, to the end of the pass that wrote the event to"
                                        + " the last subscriber of one event loop.")
                        .tag("loop", Integer.toString(loop))
                        .tag("quantile", Double.toString(quantile))
                        .register(registry);
            }
        }
    }

    private static double seconds(LoopLatency latency, double quantile) {
        return (double) latency.total().getValueAtPercentile(quantile * 100) / NANOS_PER_SECOND;
    }

    /** Per loop, in microseconds. */
    public Map<String, Object> state() {
        var state = new LinkedHashMap<String, Object>();
        for (int loop = 0; loop < loops.size(); loop++) {
            Histogram total = loops.get(loop).total();
            var figures = new LinkedHashMap<String, Object>();
            figures.put("publications", total.getTotalCount());
            for (double quantile : QUANTILES) {
                figures.put(
                        "p" + quantile * 100 + "Us",
                        (double) total.getValueAtPercentile(quantile * 100) / NANOS_PER_MICRO);
            }
            state.put("loop" + loop, figures);
        }
        return state;
    }
}
