package dev.heliograph.metrics;

import org.HdrHistogram.Histogram;

/** A histogram in six numbers. */
public record Quantiles(long count, double p50, double p90, double p99, double p999, double max) {
    /** @param perUnit how many of what is recorded make one of what is told */
    static Quantiles of(Histogram histogram, double perUnit) {
        return new Quantiles(
                histogram.getTotalCount(),
                histogram.getValueAtPercentile(50) / perUnit,
                histogram.getValueAtPercentile(90) / perUnit,
                histogram.getValueAtPercentile(99) / perUnit,
                histogram.getValueAtPercentile(99.9) / perUnit,
                histogram.getMaxValue() / perUnit);
    }
}
