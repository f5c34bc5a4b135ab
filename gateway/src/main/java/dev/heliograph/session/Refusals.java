package dev.heliograph.session;

import java.util.concurrent.TimeUnit;

/** Counts what one client was refused, by the minute. Made with the first refusal: most clients have none. */
final class Refusals {
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    private int count;
    private long sinceNanos;

    /** One more; returns how many it are in the minute that began with the first of them. */
    int count(long nowNanos) {
        if (count == 0 || nowNanos - sinceNanos > MINUTE_NANOS) {
            sinceNanos = nowNanos;
            count = 0;
        }
        return ++count;
    }
}
