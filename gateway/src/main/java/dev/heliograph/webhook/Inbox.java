package dev.heliograph.webhook;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * What has happened and was not looked at yet: without a lock, bounded in events and in bytes. Any thread offers; one thread takes, and is woken only if it sleeps.
 */
final class Inbox {
    static final int EVENTS_MAX = 65_536;
    static final int DATA_BYTES_MAX = 32 << 20;

    private final Queue<Occurrence> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger events = new AtomicInteger();
    private final AtomicLong dataBytes = new AtomicLong();
    private final AtomicBoolean asleep = new AtomicBoolean();
    private volatile @Nullable Thread taker;

    /** False: it is full. */
    boolean offer(Occurrence occurrence) {
        int bytes = occurrence.dataBytes();
        boolean many = events.incrementAndGet() > EVENTS_MAX;
        if (dataBytes.addAndGet(bytes) > DATA_BYTES_MAX || many) {
            events.decrementAndGet();
            dataBytes.addAndGet(-bytes);
            return false;
        }
        waiting.add(occurrence);
        wake();
        return true;
    }

    void wake() {
        if (asleep.compareAndSet(true, false)) {
            LockSupport.unpark(taker);
        }
    }

    @Nullable
    Occurrence poll() {
        Occurrence next = waiting.poll();
        if (next != null) {
            events.decrementAndGet();
            dataBytes.addAndGet(-next.dataBytes());
        }
        return next;
    }

    /** Sleeps until there is something to take, {@link #wake} is called, or that time has passed. */
    void await(long nanos) {
        taker = Thread.currentThread();
        asleep.set(true);
        if (waiting.isEmpty()) {
            LockSupport.parkNanos(this, nanos);
        }
        asleep.set(false);
    }
}
