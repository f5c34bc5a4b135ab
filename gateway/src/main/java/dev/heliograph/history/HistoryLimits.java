package dev.heliograph.history;

/**
 * How much of a channel is kept, whichever is least.
 *
 * @param countMax publications; 0: nothing is kept
 * @param bytesMax bytes, images included
 * @param ageMs milliseconds since publication
 * @param lastMs how long the last publication that no client made is kept beside, for those who come; 0: it is not
 */
public record HistoryLimits(int countMax, long bytesMax, long ageMs, long lastMs) {
    /** No last publication is kept beside. */
    public HistoryLimits(int countMax, long bytesMax, long ageMs) {
        this(countMax, bytesMax, ageMs, 0);
    }
}
