package dev.heliograph.metrics;

/**
 * What one event loop has recorded. Belongs to whoever asked for it.
 *
 * @param interval of the last whole interval between two ticks; empty before the first tick
 * @param intervalNanos how long that was; 0 before
 */
public record LoopSnapshot(LoopHistograms sinceStart, LoopHistograms interval, long intervalNanos) {}
