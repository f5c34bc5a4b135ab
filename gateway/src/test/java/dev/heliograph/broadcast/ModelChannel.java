package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;
import java.util.BitSet;

/** Everything that was ever published on one channel, reduced to what tells who should get it. Offsets begin at 1 and have no gap. */
final class ModelChannel {
    final ChannelId id;
    private final BitSet even = new BitSet();
    private long top;

    ModelChannel(ChannelId id) {
        this.id = id;
    }

    void published(long offset, boolean isEven) {
        if (offset != top + 1) {
            throw new AssertionError("offset " + offset + " was given behind " + top + " on " + id);
        }
        top = offset;
        even.set((int) offset, isEven);
    }

    long top() {
        return top;
    }

    /** The first publication from {@code offset} on that goes to a subscriber, whether or not it filters; beyond the top if there is none. */
    long firstWanted(long offset, boolean evenOnly) {
        long wanted = !evenOnly || offset > top ? offset : even.nextSetBit((int) offset);
        return wanted < 0 ? top + 1 : wanted;
    }
}
