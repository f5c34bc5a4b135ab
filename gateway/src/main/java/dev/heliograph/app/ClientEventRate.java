package dev.heliograph.app;

import java.util.concurrent.TimeUnit;

/** How many events one client has sent in the second that began with the first of them. One thread. */
final class ClientEventRate {
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private int count;
    private long sinceNanos;

    /** Counts one more, unless there are as many as may be: then false. */
    boolean take(int perSecond, long nowNanos) {
        if (count == 0 || nowNanos - sinceNanos >= SECOND_NANOS) {
            sinceNanos = nowNanos;
            count = 0;
        }
        if (count == perSecond) {
            return false;
        }
        count++;
        return true;
    }
}
