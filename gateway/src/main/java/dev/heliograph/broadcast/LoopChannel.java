package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
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

    private @Nullable Position reached;
    private int catchingUp;

    LoopChannel(ChannelId id) {
        this.id = id;
    }

    /** The group that the subscriber is in, or belongs in. */
    Group group(Subscriber subscriber) {
        for (Group group : groups) {
            if (group.serves(subscriber.outbox.format(), subscriber.selection)) {
                return group;
            }
        }
        var group = new Group(subscriber.outbox.format(), subscriber.selection);
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

    /** Up to where everyone in a group has been sent everything, or told that it is lost; null if nobody was in one yet. */
    @Nullable
    Position reached() {
        return reached;
    }

    /** Somebody has joined a group having been sent everything up to there. */
    void joined(Position position) {
        if (reached == null) {
            reached = position;
        }
    }

    /** Everything up to there has been delivered. */
    void delivered(Position position) {
        if (reached == null || position.offset() > reached.offset()) {
            reached = position;
        }
    }

    /** Behind the last of those that arrived without a gap from that one on. */
    int endOfRun(int from) {
        int to = from + 1;
        while (to < arrived.size()
                && arrived.get(to).offset() == arrived.get(to - 1).offset() + 1) {
            to++;
        }
        return to;
    }
}
