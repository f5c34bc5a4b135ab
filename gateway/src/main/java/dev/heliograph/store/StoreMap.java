package dev.heliograph.store;

import java.util.SortedMap;
import java.util.TreeMap;
import org.h2.mvstore.MVMap;
import org.jspecify.annotations.Nullable;

/** Values by name, in the order of their names. Changed only within {@link Store#write}; read by any thread. */
public final class StoreMap {
    private final Store store;
    private final MVMap<String, byte[]> entries;

    StoreMap(Store store, MVMap<String, byte[]> entries) {
        this.store = store;
        this.entries = entries;
    }

    /** A copy of the value; null if there is none. */
    public byte @Nullable [] get(String name) {
        return store.<byte @Nullable []>read(() -> {
            byte[] sealed = entries.get(name);
            return sealed == null ? null : Checksum.open(name, sealed);
        });
    }

    /** A copy of everything, in the order of the names. */
    public SortedMap<String, byte[]> copy() {
        return store.read(() -> {
            var copy = new TreeMap<String, byte[]>();
            for (var each = entries.cursor(null); each.hasNext(); ) {
                String name = each.next();
                copy.put(name, Checksum.open(name, each.getValue()));
            }
            return copy;
        });
    }

    public void put(String name, byte[] value) {
        store.requireWriter();
        entries.put(name, Checksum.seal(name, value));
    }

    public void remove(String name) {
        store.requireWriter();
        entries.remove(name);
    }

    public int size() {
        return store.read(entries::size);
    }
}
