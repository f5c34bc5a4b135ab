package dev.heliograph.loadtest.swarm;

import dev.heliograph.loadtest.EventReader;
import dev.heliograph.loadtest.Report;
import java.util.LinkedHashMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long publications took: to each subscriber, to the first and to the last, from the time each was due. Those of the
 * warm-up are counted, not timed. Confined to the event loop.
 */
final class Scoreboard {
    private final Histogram deliveries = histogram();
    private final Histogram firsts = histogram();
    private final Histogram lasts = histogram();
    private final int[] arrivals;
    private final int subscribers;
    private final int untimed;
    private long delivered;

    /**
     * @param publications how many there will be
     * @param untimed how many of them, from the first, are the warm-up
     */
    Scoreboard(int publications, int untimed, int subscribers) {
        this.arrivals = new int[publications];
        this.untimed = untimed;
        this.subscribers = subscribers;
    }

    private static Histogram histogram() {
        return new Histogram(Report.HIGHEST_MICROS, Report.DIGITS);
    }

    void delivered(EventReader event, long nowMicros) {
        delivered++;
        int number = (int) event.number();
        int arrived = ++arrivals[number];
        if (number < untimed) {
            return;
        }
        long micros = Math.clamp(nowMicros - event.sentMicros(), 0, Report.HIGHEST_MICROS);
        deliveries.recordValue(micros);
        if (arrived == 1) {
            firsts.recordValue(micros);
        }
        if (arrived == subscribers) {
            lasts.recordValue(micros);
        }
    }

    /** Every publication of the run that reached a subscriber, repeats too. */
    long delivered() {
        return delivered;
    }

    long p99Micros() {
        return deliveries.getValueAtPercentile(99);
    }

    Map<String, Histogram> latenciesMicros() {
        var latencies = new LinkedHashMap<String, Histogram>();
        latencies.put("delivery", deliveries);
        latencies.put("first", firsts);
        latencies.put("last", lasts);
        return latencies;
    }
}
