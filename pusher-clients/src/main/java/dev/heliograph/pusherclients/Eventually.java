package dev.heliograph.pusherclients;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** For what nobody tells when it happens. */
final class Eventually {
    private static final int PAUSE_MS = 20;

    private Eventually() {}

    /** Asks again until the answer is the expected one. */
    static <T> void equal(T expected, Supplier<T> actual, String what) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(Seen.SECONDS);
        T last = actual.get();
        while (!Objects.equals(expected, last)) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError(what + ": expected " + expected + ", is " + last);
            }
            try {
                Thread.sleep(PAUSE_MS);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted", e);
            }
            last = actual.get();
        }
    }
}
