package dev.heliograph.broker.disk;

import dev.heliograph.protocol.message.ProtocolException;

/** Something that waits to be written together with others: made in their order, committed at once, and then told in their order. */
interface Entry {
    /** About what it holds in memory while it waits. */
    default int bytes() {
        return 0;
    }

    /** Whether what came before has to be committed and told before this is made. */
    default boolean standsAlone() {
        return false;
    }

    /** Changes the store. On its thread. */
    default void onMake() {}

    /** It is on the disk, as is all that came before. On the store's thread. */
    void onCommitted();

    /** It may not be on the disk. Any thread; {@link #onMake} may have run or not. */
    void refused(ProtocolException refusal);
}
