package dev.heliograph.limit;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Lets so many events through per second on average and so many at once. It keeps one number, the time at which the bucket will be full again (the
 * generic cell rate algorithm), so that taking is one compare-and-set. Any thread.
 */
public final class TokenBucket {
    private static final double SECOND_NANOS = 1e9;

    private final long intervalNanos;
    private final long toleranceNanos;
    private final AtomicLong fullAtNanos;

    /** @param nowNanos the bucket is full at this time */
    public TokenBucket(double ratePerSecond, int burst, long nowNanos) {
        this.intervalNanos = ratePerSecond > 0 ? Math.max(1, Math.round(SECOND_NANOS / ratePerSecond)) : 0;
        this.toleranceNanos = intervalNanos * Math.max(1, burst);
        this.fullAtNanos = new AtomicLong(nowNanos);
    }

    /** Takes one, if there is one. */
    public boolean tryTake(long nowNanos) {
        if (intervalNanos == 0) {
            return false;
        }
        while (true) {
            long fullAt = fullAtNanos.get();
            long base = fullAt - nowNanos > 0 ? fullAt : nowNanos;
            if (base + intervalNanos - nowNanos > toleranceNanos) {
                return false;
            }
            if (fullAtNanos.compareAndSet(fullAt, base + intervalNanos)) {
                return true;
            }
        }
    }

    /** Puts back what was taken and not used. */
    public void giveBack() {
        fullAtNanos.addAndGet(-intervalNanos);
    }
}
