package dev.heliograph.broadcast;

import dev.heliograph.protocol.codec.FilterValues;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Publication;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of one channel on one loop that receive the same bytes: one wire format, one filter. A dense array; what they receive is matched and encoded
 * once for all of them.
 */
final class Group {
    private static final int CAPACITY_MIN = 4;

    final WireFormat format;
    private final @Nullable Filter filter;
    private final Set<String> paths;
    private Subscriber[] subscribers = new Subscriber[CAPACITY_MIN];
    private int size;

    Group(WireFormat format, @Nullable Filter filter) {
        this.format = format;
        this.filter = filter;
        this.paths = filter == null ? Set.of() : filter.paths();
    }

    boolean serves(WireFormat wanted, @Nullable Filter shape) {
        return format == wanted && Objects.equals(filter, shape);
    }

    boolean matches(Publication publication) {
        return filter == null || filter.matches(FilterValues.read(publication.data(), paths));
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
