package dev.heliograph.loadtest;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/** The parts of a run whose latencies are told apart, by the number of the event with which each begins. Any thread. */
record Phases(List<Phase> inOrder) {
    /** Events from {@code first} on, until the next phase. */
    record Phase(String name, long first, ConcurrentHistogram micros) {
        Phase(String name, long first) {
            this(name, first, new ConcurrentHistogram(Report.HIGHEST_MICROS, Report.DIGITS));
        }
    }

    static Phases of(Phase... inOrder) {
        return new Phases(List.of(inOrder));
    }

    /** Events before the first phase are not timed. */
    void record(long number, long micros) {
        for (Phase phase : inOrder.reversed()) {
            if (number >= phase.first()) {
                phase.micros().recordValue(Math.clamp(micros, 0, Report.HIGHEST_MICROS));
                return;
            }
        }
    }

    double p99Ms(String name) {
        return inOrder.stream()
                        .filter(phase -> phase.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new NoSuchElementException(name))
                        .micros()
                        .getValueAtPercentile(99)
                / 1e3;
    }

    Map<String, Histogram> histograms() {
        var histograms = new LinkedHashMap<String, Histogram>();
        inOrder.forEach(phase -> histograms.put(phase.name(), phase.micros()));
        return histograms;
    }
}
