package dev.heliograph.broadcast;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Whether a consumer has been woken and has not looked yet, so that many producers wake it once. A producer offers, then raises; the consumer lowers, then looks,
 * and raises again if there is something. Then nothing is left behind without a wake. Any thread.
 */
final class WakeFlag {
    private final AtomicBoolean raised = new AtomicBoolean();

    /** True if it was down: who raised it has to wake the consumer. */
    boolean raise() {
        return !raised.get() && raised.compareAndSet(false, true);
    }

    /** The consumer's: before it looks. */
    void lower() {
        raised.set(false);
    }
}
