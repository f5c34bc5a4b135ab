package dev.heliograph.loadtest;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How much load, and what is to hold under it. Every simulation has these knobs; each has defaults of its own, small enough
 * for a build. Immutable.
 *
 * @param users subscribers
 * @param rampSeconds until all of them are there
 * @param events published in all
 * @param rate events a second
 * @param warmupSeconds at the beginning that are counted, not timed
 * @param p99Ms bound of the 99th percentile
 */
record Load(int users, int rampSeconds, int events, int rate, int warmupSeconds, int p99Ms) {
    /** These values, each replaced by its environment variable if that is set. */
    Load from(Knobs knobs) {
        return new Load(
                knobs.number("HELIOGRAPH_LOAD_USERS", users, 15_000),
                knobs.number("HELIOGRAPH_LOAD_RAMP_S", rampSeconds, 3_600),
                knobs.number("HELIOGRAPH_LOAD_EVENTS", events, 10_000_000),
                knobs.number("HELIOGRAPH_LOAD_RATE", rate, 1_000),
                knobs.number("HELIOGRAPH_LOAD_WARMUP_S", warmupSeconds, 3_600),
                knobs.number("HELIOGRAPH_LOAD_P99_MS", p99Ms, 60_000));
    }

    int postingSeconds() {
        return Math.ceilDiv(events, rate);
    }

    /** The first event that is timed. */
    int firstTimed() {
        return Math.min(events - 1, warmupSeconds * rate);
    }

    Map<String, Object> settings() {
        var settings = new LinkedHashMap<String, Object>();
        settings.put("users", users);
        settings.put("rampSeconds", rampSeconds);
        settings.put("events", events);
        settings.put("rate", rate);
        settings.put("warmupSeconds", warmupSeconds);
        settings.put("p99Ms", p99Ms);
        return settings;
    }
}
