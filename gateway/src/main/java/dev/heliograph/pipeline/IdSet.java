package dev.heliograph.pipeline;

/**
 * A set of 128-bit ids in one array, by open addressing with linear probing; it doubles up to a bound and holds no entry object. 16 bytes a slot, at
 * most half of them taken. The id (0, 0) is not storable. Confined to whoever holds the lock of its owner.
 */
final class IdSet {
    private static final int SLOTS_FIRST = 16;

    private final int entriesMax;
    private long[] slots = new long[2 * SLOTS_FIRST];
    private int size;

    IdSet(int entriesMax) {
        this.entriesMax = entriesMax;
    }

    int size() {
        return size;
    }

    boolean isFull() {
        return size >= entriesMax;
    }

    boolean contains(long high, long low) {
        int at = find(slots, high, low);
        return slots[at] == high && slots[at + 1] == low;
    }

    /** Adds an id that is not in the set; the set must not be full. */
    void add(long high, long low) {
        if (4 * (size + 1) > slots.length) {
            grow();
        }
        put(slots, high, low);
        size++;
    }

    private void grow() {
        long[] bigger = new long[2 * slots.length];
        for (int at = 0; at < slots.length; at += 2) {
            if ((slots[at] | slots[at + 1]) != 0) {
                put(bigger, slots[at], slots[at + 1]);
            }
        }
        slots = bigger;
    }

    /** Takes an id out and closes the gap, so that no tombstones gather. */
    boolean remove(long high, long low) {
        int gap = find(slots, high, low);
        if (slots[gap] != high || slots[gap + 1] != low) {
            return false;
        }
        size--;
        int mask = slots.length - 1;
        for (int at = (gap + 2) & mask; (slots[at] | slots[at + 1]) != 0; at = (at + 2) & mask) {
            int home = home(slots, slots[at]);
            if (((at - home) & mask) >= ((at - gap) & mask)) {
                slots[gap] = slots[at];
                slots[gap + 1] = slots[at + 1];
                gap = at;
            }
        }
        slots[gap] = 0;
        slots[gap + 1] = 0;
        return true;
    }

    private static void put(long[] slots, long high, long low) {
        int at = find(slots, high, low);
        slots[at] = high;
        slots[at + 1] = low;
    }

    /** The id's slot, or the empty one where it belongs. */
    private static int find(long[] slots, long high, long low) {
        int at = home(slots, high);
        while ((slots[at] | slots[at + 1]) != 0 && (slots[at] != high || slots[at + 1] != low)) {
            at = (at + 2) & (slots.length - 1);
        }
        return at;
    }

    private static int home(long[] slots, long high) {
        return ((int) high << 1) & (slots.length - 1);
    }
}
