package dev.heliograph.config;

/**
 * What all channels together may keep; what each may keep is its namespace's.
 *
 * @param bytesMax bytes of history over all workspaces, each of which has an equal share; 0: a quarter of the heap
 * @param channelsMax channels of one workspace that exist at once
 * @param store where it is kept
 */
public record HistoryConfig(long bytesMax, int channelsMax, Place store) {
    public static final HistoryConfig DEFAULT = new HistoryConfig(0, 100_000, Place.MEMORY);

    /** Where history is kept. */
    public enum Place {
        /** Until the gateway ends. */
        MEMORY,
        /** And on disk, in {@code store.folder}: until it is over its limits. */
        DISK
    }

    static HistoryConfig read(Section s) {
        return new HistoryConfig(
                s.value("bytesMax", ValueType.bytes(0, 1L << 40), DEFAULT.bytesMax()),
                s.value("channelsMax", ValueType.integer(1, 100_000_000), DEFAULT.channelsMax()),
                s.value("store", ValueType.choice(Place.class), DEFAULT.store()));
    }
}
