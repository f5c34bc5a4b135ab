package dev.heliograph.webhook;

/**
 * When a webhook is tried again: after 1, 2, 4, … 60 s, of which the last half is by chance, for five minutes from the first attempt, at whose end is the last.
 */
final class Backoff {
    static final long GIVE_UP_MS = 300_000;

    private static final long FIRST_MS = 1_000;
    private static final long MAX_MS = 60_000;
    private static final int DOUBLINGS_MAX = 6;

    private Backoff() {}

    /**
     * How long to wait, 1 to 60,000 ms; 0: it is given up.
     *
     * @param random from 0 to below 1
     */
    static long delayMs(Attempt attempt, long nowMs, double random) {
        long leftMs = Math.min(attempt.startedMs() + GIVE_UP_MS - nowMs, GIVE_UP_MS);
        long fullMs = Math.min(MAX_MS, FIRST_MS << Math.min(attempt.failures() - 1, DOUBLINGS_MAX));
        long delayMs = fullMs / 2 + (long) (random * (double) fullMs / 2);
        return Math.max(0, Math.min(delayMs, leftMs));
    }
}
