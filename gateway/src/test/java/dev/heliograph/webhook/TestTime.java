package dev.heliograph.webhook;

import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/** Time that stands still until a test moves it, or passes at once for whoever waits between two attempts. */
final class TestTime implements InstantSource {
    static final long START_MS = 1_700_000_000_000L;

    private final AtomicLong nowMs = new AtomicLong(START_MS);
    private final List<Long> pausesMs = new CopyOnWriteArrayList<>();

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs.get());
    }

    long nowMs() {
        return nowMs.get();
    }

    void pass(long ms) {
        nowMs.addAndGet(ms);
    }

    /** Every pause that was made. */
    List<Long> pausesMs() {
        return pausesMs;
    }

    /** A pause lets its time pass at once. */
    Timing passing() {
        return new Timing(this, this::millis, this::passAtOnce, () -> 0.5);
    }

    private void passAtOnce(CountDownLatch end, long ms) {
        pausesMs.add(ms);
        pass(ms);
    }

    /** A pause lasts until the end. */
    Timing frozen() {
        return new Timing(
                this,
                this::millis,
                (end, ms) -> {
                    pausesMs.add(ms);
                    end.await();
                },
                () -> 0.5);
    }
}
