package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The subscribers of one channel on one loop. Confined to that loop. */
final class LoopChannel {
    final ChannelId id;
    final List<Group> groups = new ArrayList<>(1);
    /** What of the batch at hand belongs to this channel, in order. */
    final List<Publication> arrived = new ArrayList<>();

    private @Nullable Publication last;
    private int catchingUp;

    LoopChannel(ChannelId id) {
        this.id = id;
    }

    /** The group that the subscriber is in, or belongs in. */
    Group group(Subscriber subscriber) {
        for (Group group : groups) {
            if (group.serves(subscriber.outbox.format(), subscriber.filter)) {
                return group;
            }
        }
        var group = new Group(subscriber.outbox.format(), subscriber.filter);
        groups.add(group);
        return group;
    }

    void remove(Subscriber subscriber) {
        Group group = group(subscriber);
        group.remove(subscriber);
        if (group.size() == 0) {
            groups.remove(group);
        }
    }

    void catchingUp(int change) {
        catchingUp += change;
    }

    boolean isEmpty() {
        return groups.isEmpty() && catchingUp == 0;
    }

    /** The publication handed to this loop last; null if there was none since its first subscriber came. */
    @Nullable
    Publication last() {
        return last;
    }

    /** Everything that arrived has been delivered. */
    void delivered() {
        last = arrived.getLast();
        arrived.clear();
    }
}
