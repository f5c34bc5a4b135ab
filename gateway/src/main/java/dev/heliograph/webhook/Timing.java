package dev.heliograph.webhook;

import java.time.InstantSource;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The time and the chance that webhooks depend on, which tests take into their own hands.
 *
 * @param clock what time it is; it may be set
 * @param uptimeMs milliseconds since some moment; never set
 * @param pause how time passes between two attempts
 * @param random from 0 to below 1; any thread
 */
record Timing(InstantSource clock, LongSupplier uptimeMs, Pause pause, DoubleSupplier random) {
    /** How a sender waits. */
    interface Pause {
        /** Until that time has passed or the end begins. */
        void await(CountDownLatch end, long ms) throws InterruptedException;
    }

    static Timing real(InstantSource clock) {
        return new Timing(
                clock,
                () -> System.nanoTime() / 1_000_000,
                (end, ms) -> end.await(ms, TimeUnit.MILLISECONDS),
                () -> ThreadLocalRandom.current().nextDouble());
    }
}
