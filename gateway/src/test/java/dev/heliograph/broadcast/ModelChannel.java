package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;

/** Everything that was ever published on one channel, reduced to what tells who should get it. Offsets begin at 1 and have no gap. */
final class ModelChannel {
    final ChannelId id;
    private final BitSet even = new BitSet();
    /** The connection that does not get a publication, by its offset, where there is one. */
    private final Map<Long, Long> senders = new HashMap<>();

    private long top;

    ModelChannel(ChannelId id) {
        this.id = id;
    }

    /** @param sender the connection that does not get it; 0: all do */
    void published(long offset, boolean isEven, long sender) {
        if (offset != top + 1) {
            throw new AssertionError("offset " + offset + " was given behind " + top + " on " + id);
        }
        top = offset;
        even.set((int) offset, isEven);
        if (sender != 0) {
            senders.put(offset, sender);
        }
    }

    long top() {
        return top;
    }

    /** The first publication from {@code offset} on that goes to a subscriber, whether or not it filters; beyond the top if there is none. */
    long firstWanted(long offset, boolean evenOnly, long connection) {
        long wanted = offset;
        while (wanted <= top && !isFor(wanted, evenOnly, connection)) {
            wanted++;
        }
        return wanted;
    }

    private boolean isFor(long offset, boolean evenOnly, long connection) {
        return (!evenOnly || even.get((int) offset)) && senders.getOrDefault(offset, 0L) != connection;
    }
}
