package dev.heliograph.broadcast;

import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Publication;
import java.util.Arrays;

/**
 * Subscribers of one channel on one loop that receive the same bytes: one wire format, one filter. A dense array; what they receive is matched and encoded
 * once for all of them.
 */
final class Group {
    private static final int CAPACITY_MIN = 4;

    final WireFormat format;
    private final Selection selection;
    private Subscriber[] subscribers = new Subscriber[CAPACITY_MIN];
    private int size;

    Group(WireFormat format, Selection selection) {
        this.format = format;
        this.selection = selection;
    }

    boolean serves(WireFormat wanted, Selection shape) {
        return format == wanted && selection.equals(shape);
    }

    boolean takes(Publication publication) {
        return selection.takes(publication);
    }

    void add(Subscriber subscriber) {
        if (size == subscribers.length) {
            subscribers = Arrays.copyOf(subscribers, size * 2);
        }
        subscriber.slot = size;
        subscribers[size++] = subscriber;
    }

    /** The last takes the place of the one that leaves. */
    @SuppressWarnings("NullAway") // a free slot holds null and is never read
    void remove(Subscriber subscriber) {
        Subscriber last = subscribers[--size];
        subscribers[subscriber.slot] = last;
        last.slot = subscriber.slot;
        subscribers[size] = null;
        subscriber.slot = -1;
    }

    int size() {
        return size;
    }

    Subscriber get(int slot) {
        return subscribers[slot];
    }
}
