package dev.heliograph.http;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection's next deadline. Putting it off costs a clock read: the task that waits looks, when it wakes, whether it woke too early. Event loop.
 */
final class Deadline {
    private final EventExecutor loop;
    private final LongSupplier nanoTime;
    private final Runnable onPassed;
    private boolean set;
    private long atNanos;
    private long wakesAtNanos;
    private @Nullable ScheduledFuture<?> waking;

    Deadline(EventExecutor loop, LongSupplier nanoTime, Runnable onPassed) {
        this.loop = loop;
        this.nanoTime = nanoTime;
        this.onPassed = onPassed;
    }

    /** Replaces the one before. */
    void set(long inMs) {
        long now = nanoTime.getAsLong();
        atNanos = now + TimeUnit.MILLISECONDS.toNanos(inMs);
        set = true;
        if (waking == null || wakesAtNanos - atNanos > 0) {
            sleep(now);
        }
    }

    private void sleep(long now) {
        if (waking != null) {
            waking.cancel(false);
        }
        wakesAtNanos = atNanos;
        waking = loop.schedule(this::onWake, atNanos - now, TimeUnit.NANOSECONDS);
    }

    private void onWake() {
        waking = null;
        if (!set) {
            return;
        }
        long now = nanoTime.getAsLong();
        if (atNanos - now > 0) {
            sleep(now);
            return;
        }
        set = false;
        onPassed.run();
    }

    void clear() {
        set = false;
        if (waking != null) {
            waking.cancel(false);
            waking = null;
        }
    }
}
