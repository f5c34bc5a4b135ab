package dev.heliograph.metrics;

import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongFunction;
import org.HdrHistogram.Histogram;

/**
 * What one event loop recorded in some stretch of time: latencies in nanoseconds, sizes in pieces, all to two significant digits. Not thread-safe: those that
 * are handed out are copies.
 */
public final class LoopHistograms {
    /** Longest time told apart; longer ones count as this. */
    static final long NANOS_MAX = 60_000_000_000L;
    /** Largest size told apart; larger ones count as this. */
    static final long PIECES_MAX = 1 << 30;

    private static final int SIGNIFICANT_DIGITS = 2;

    private final Map<Stage, Histogram> stages = new EnumMap<>(Stage.class);
    private final Map<Distribution, Histogram> others = new EnumMap<>(Distribution.class);

    private LoopHistograms(LongFunction<Histogram> upTo) {
        for (Stage stage : Stage.values()) {
            stages.put(stage, upTo.apply(NANOS_MAX));
        }
        others.put(Distribution.LOOP_LAG, upTo.apply(NANOS_MAX));
        others.put(Distribution.PASS_PUBLICATIONS, upTo.apply(PIECES_MAX));
        others.put(Distribution.PASS_DELIVERIES, upTo.apply(PIECES_MAX));
    }

    /** To record into: recording allocates nothing. */
    static LoopHistograms fixed() {
        return new LoopHistograms(max -> new Histogram(max, SIGNIFICANT_DIGITS));
    }

    /** To add up in: small while what was recorded is. */
    static LoopHistograms growing() {
        return new LoopHistograms(_ -> new Histogram(SIGNIFICANT_DIGITS));
    }

    public Histogram of(Stage stage) {
        return Objects.requireNonNull(stages.get(stage));
    }

    /** Of one that has no stages and is recorded in passes. */
    public Histogram of(Distribution distribution) {
        return Objects.requireNonNull(others.get(distribution), "has stages, or is not recorded in passes");
    }

    void add(LoopHistograms more) {
        stages.forEach((stage, histogram) -> histogram.add(more.of(stage)));
        others.forEach((distribution, histogram) -> histogram.add(more.of(distribution)));
    }

    void reset() {
        stages.values().forEach(Histogram::reset);
        others.values().forEach(Histogram::reset);
    }

    LoopHistograms copy() {
        LoopHistograms copy = growing();
        copy.add(this);
        return copy;
    }
}
