package dev.heliograph.limit;

/**
 * How often something may happen.
 *
 * @param perSecond on average; 0: as often as it likes
 * @param burst how often at once
 */
public record Rate(double perSecond, int burst) {
    /** As often as it likes. */
    public static final Rate UNBOUNDED = new Rate(0, 0);

    /** That often on average, and as much at once as in one second. */
    public static Rate perSecond(double perSecond) {
        return perSecond == 0 ? UNBOUNDED : new Rate(perSecond, (int) Math.max(1, Math.ceil(perSecond)));
    }

    public boolean isBounded() {
        return perSecond > 0;
    }

    @Override
    public String toString() {
        String number =
                perSecond == Math.rint(perSecond) ? Long.toString((long) perSecond) : Double.toString(perSecond);
        return isBounded() ? number + " a second on average, " + burst + " at once" : "unbounded";
    }

    /** @param nowNanos the bucket is full at this time */
    public TokenBucket bucket(long nowNanos) {
        return new TokenBucket(perSecond, burst, nowNanos);
    }
}
