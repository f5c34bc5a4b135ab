package dev.heliograph.history;

/**
 * How much of a channel is kept, whichever is least.
 *
 * @param countMax publications; 0: nothing is kept
 * @param bytesMax bytes, images included
 * @param ageMs milliseconds since publication
 */
public record HistoryLimits(int countMax, long bytesMax, long ageMs) {}
