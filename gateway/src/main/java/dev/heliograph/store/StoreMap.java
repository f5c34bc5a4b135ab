package dev.heliograph.store;

import java.util.List;
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

    public void put(String name, byte[] value) {
        store.requireWriter();
        entries.put(name, Checksum.seal(name, value));
    }

    public void remove(String name) {
        store.requireWriter();
        entries.remove(name);
    }

    /** All names, in their order. */
    public List<String> names() {
        return store.read(() -> List.copyOf(entries.keyList()));
    }

    public int size() {
        return store.read(entries::size);
    }
}
