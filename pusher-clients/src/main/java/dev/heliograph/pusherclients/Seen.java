package dev.heliograph.pusherclients;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** What somebody has seen, in order, for a test to wait for. Any threads add, one waits. */
final class Seen<T> {
    static final int SECONDS = 20;

    private final List<T> all = new ArrayList<>();
    private int passed;

    synchronized void add(T one) {
        all.add(one);
        notifyAll();
    }

    /** The next one that fits; those before it are passed over. */
    T await(String what, Predicate<? super T> fits) {
        return await(what, fits, SECONDS);
    }

    synchronized T await(String what, Predicate<? super T> fits, int seconds) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        while (true) {
            while (passed < all.size()) {
                T next = all.get(passed++);
                if (fits.test(next)) {
                    return next;
                }
            }
            long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            if (leftMs <= 0) {
                throw new AssertionError(what + " did not come within " + seconds + " s; came: " + all);
            }
            try {
                wait(leftMs);
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while waiting for " + what, e);
            }
        }
    }

    synchronized List<T> all() {
        return List.copyOf(all);
    }

    /** Those that fit. */
    List<T> all(Predicate<? super T> fits) {
        return all().stream().filter(fits).toList();
    }
}
