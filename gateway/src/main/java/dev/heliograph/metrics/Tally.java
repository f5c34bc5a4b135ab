package dev.heliograph.metrics;

/**
 * A histogram as it is exported.
 *
 * @param counts by the bucket of its {@link Ladder}, not added up; the last is what is over all bounds
 * @param sum of the values, in the exported unit
 */
record Tally(long[] counts, double sum) {}
