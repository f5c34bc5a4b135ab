package dev.heliograph.session;

import java.util.concurrent.TimeUnit;

/** Counts what one client does within a span of time that begins with the first of it. Made when it is first needed: most clients need none. One thread. */
public final class SpanCount {
    private final long spanNanos;
    private int count;
    private long sinceNanos;

    public SpanCount(long span, TimeUnit unit) {
        this.spanNanos = unit.toNanos(span);
    }

    /** One more; returns how many it are in the span at hand. */
    public int count(long nowNanos) {
        if (count == 0 || nowNanos - sinceNanos >= spanNanos) {
            sinceNanos = nowNanos;
            count = 0;
        }
        return ++count;
    }
}
