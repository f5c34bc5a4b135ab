package dev.heliograph.store;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.h2.mvstore.Cursor;
import org.h2.mvstore.MVMap;

/**
 * Values in the order in which they were appended, each under a number that rises. Numbers go on while the store is open; one that is opened with an empty
 * queue begins at 1 again. Changed only within {@link Store#write}; read by any thread.
 */
public final class StoreQueue {
    private final Store store;
    private final MVMap<Long, byte[]> entries;
    private long last;

    /** @param value a copy of its own */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(long number, byte[] value) {}

    StoreQueue(Store store, MVMap<Long, byte[]> entries) {
        this.store = store;
        this.entries = entries;
        Long newest = entries.lastKey();
        this.last = newest == null ? 0 : newest;
    }

    /** Returns the value's number. */
    public long append(byte[] value) {
        store.requireWriter();
        last++;
        entries.put(last, Checksum.seal(last, value));
        return last;
    }

    /** Puts another value in the place of the one under that number; if there is none, none is put there. */
    public void replace(long number, byte[] value) {
        store.requireWriter();
        entries.replace(number, Checksum.seal(number, value));
    }

    /** Removes the value under that number, if there is one. */
    public void remove(long number) {
        store.requireWriter();
        entries.remove(number);
    }

    /** Removes everything up to that number, itself included. */
    public void removeTo(long number) {
        store.requireWriter();
        Long first = entries.firstKey();
        while (first != null && first <= number) {
            entries.remove(first);
            first = entries.firstKey();
        }
    }

    /** Removes the oldest until no more than that many are left; returns how many it removed. */
    public int trimTo(int sizeMax) {
        store.requireWriter();
        int excess = Math.max(0, size() - sizeMax);
        for (int i = 0; i < excess; i++) {
            entries.remove(entries.firstKey());
        }
        return excess;
    }

    /** Up to {@code max} of those behind that number, the oldest first. */
    public List<Entry> after(long number, int max) {
        return store.read(() -> {
            var found = new ArrayList<Entry>();
            Cursor<Long, byte[]> cursor = entries.cursor(number + 1);
            while (found.size() < max && cursor.hasNext()) {
                long at = cursor.next();
                found.add(new Entry(at, Checksum.open(at, cursor.getValue())));
            }
            return found;
        });
    }

    /** Up to {@code max} of the newest, the oldest of them first. */
    public List<Entry> newest(int max) {
        return store.read(() -> {
            var found = new ArrayList<Entry>();
            Cursor<Long, byte[]> cursor = entries.cursor(entries.lastKey(), null, true);
            while (found.size() < max && cursor.hasNext()) {
                long at = cursor.next();
                found.add(new Entry(at, Checksum.open(at, cursor.getValue())));
            }
            Collections.reverse(found);
            return found;
        });
    }

    public int size() {
        return store.read(entries::size);
    }
}
