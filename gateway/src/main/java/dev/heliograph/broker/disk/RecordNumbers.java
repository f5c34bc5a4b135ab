package dev.heliograph.broker.disk;

/** Under which numbers the records of consecutive offsets lie in the store. Confined to whoever holds its channel. */
final class RecordNumbers {
    private static final int CAPACITY_MIN = 8;

    private long[] ring = new long[CAPACITY_MIN];
    /** Offset of the oldest. */
    private long first = 1;

    private int size;

    boolean isEmpty() {
        return size == 0;
    }

    long first() {
        return first;
    }

    /** @param offset one behind the newest; any, if there is none */
    void add(long offset, long number) {
        if (size == 0) {
            first = offset;
        } else if (offset != first + size) {
            throw new IllegalArgumentException("offset " + offset + " does not follow " + (first + size - 1));
        }
        if (size == ring.length) {
            grow();
        }
        ring[slot(offset)] = number;
        size++;
    }

    /** Of an offset that is there. */
    long of(long offset) {
        if (offset < first || offset >= first + size) {
            throw new IllegalArgumentException("no record of offset " + offset);
        }
        return ring[slot(offset)];
    }

    long removeFirst() {
        long number = of(first);
        first++;
        size--;
        return number;
    }

    private int slot(long offset) {
        return (int) offset & (ring.length - 1);
    }

    private void grow() {
        long[] old = ring;
        ring = new long[2 * old.length];
        for (long offset = first; offset < first + size; offset++) {
            ring[slot(offset)] = old[(int) offset & (old.length - 1)];
        }
    }
}
