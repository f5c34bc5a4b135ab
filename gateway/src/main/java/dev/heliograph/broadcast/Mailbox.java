package dev.heliograph.broadcast;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/** A bounded queue of many producers and one consumer. Producers never wait: a full mailbox says so. */
final class Mailbox<T> {
    private final AtomicReferenceArray<@Nullable T> slots;
    private final int mask;
    private final AtomicLong tail = new AtomicLong();
    /** Written by the consumer alone; producers read it to see how much room there is. */
    private final AtomicLong head = new AtomicLong();

    /** @param capacity a power of two */
    Mailbox(int capacity) {
        if (Integer.bitCount(capacity) != 1) {
            throw new IllegalArgumentException("capacity is a power of two, not " + capacity);
        }
        slots = new AtomicReferenceArray<>(capacity);
        mask = capacity - 1;
    }

    /** False if it is full. Any thread; what one thread offers comes out in that order. */
    boolean offer(T item) {
        while (true) {
            long at = tail.get();
            if (at - head.get() > mask) {
                return false;
            }
            if (tail.compareAndSet(at, at + 1)) {
                slots.setRelease((int) at & mask, item);
                return true;
            }
        }
    }

    /** The oldest item; null if there is none, or if its producer has claimed the slot and not filled it yet. The consumer's thread. */
    @Nullable
    T poll() {
        long at = head.getPlain();
        int slot = (int) at & mask;
        T item = slots.getAcquire(slot);
        if (item != null) {
            slots.setPlain(slot, null);
            head.setRelease(at + 1);
        }
        return item;
    }

    /** How many have been offered, polled ones included. Any thread. */
    long offered() {
        return tail.get();
    }

    /** How many have been polled. The consumer's thread. */
    long polled() {
        return head.getPlain();
    }

    /** Whether something has been offered that was not polled yet. */
    boolean isEmpty() {
        return head.get() == tail.get();
    }
}
