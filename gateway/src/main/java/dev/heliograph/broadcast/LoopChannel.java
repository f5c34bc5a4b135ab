package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** The subscribers of one channel on one loop. Confined to that loop. */
final class LoopChannel {
    final ChannelId id;
    final List<Group> groups = new ArrayList<>(1);
    /** What of the pass at hand belongs to this channel, in order. */
    final List<Publication> arrived = new ArrayList<>();

    private @Nullable Position reached;
    private @Nullable Position reaching;
    /** Up to where everyone in a group is to be told what the pass at hand does not bring; null: what is missing shows by what comes next. */
    private @Nullable Position owed;

    private int subscribers;
    private final LongAdder delivered;
    private final Pace pace;

    /** @param delivered counts deliveries */
    LoopChannel(ChannelId id, LongAdder delivered, Pace pace) {
        this.id = id;
        this.delivered = delivered;
        this.pace = pace;
    }

    void onDelivered(long deliveries) {
        delivered.add(deliveries);
    }

    /** The group that the subscriber is in, or belongs in. */
    Group group(Subscriber subscriber) {
        for (Group group : groups) {
            if (group.serves(subscriber)) {
                return group;
            }
        }
        var group = new Group(subscriber, pacing(subscriber.selection));
        groups.add(group);
        return group;
    }

    private @Nullable Pacing pacing(Selection selection) {
        return selection.isPaced()
                ? new Pacing(
                        selection.maxPerSecond(),
                        pace.merging().apply(id),
                        pace.ticker().getAsLong())
                : null;
    }

    /** Somebody is on the way to a group. */
    void onCome() {
        subscribers++;
    }

    /** That one has been sent everything up to there, and is in a group from now on. */
    void onJoined(Subscriber subscriber, Position position) {
        if (reached == null) {
            reached = position;
        }
        Group group = group(subscriber);
        group.add(subscriber);
        subscriber.onJoined(group.tally());
    }

    ChannelView view(int groupsMax) {
        return new ChannelView(
                subscribers,
                reached,
                groups.stream().limit(groupsMax).map(Group::view).toList());
    }

    void onLeft(Subscriber subscriber) {
        subscribers--;
        if (subscriber.slot >= 0) {
            group(subscriber).remove(subscriber);
            if (reaching == null) {
                tidy();
            }
        }
    }

    private void tidy() {
        for (int i = groups.size() - 1; i >= 0; i--) {
            if (groups.get(i).size() == 0) {
                groups.remove(i);
            } else {
                groups.get(i).tidy();
            }
        }
    }

    boolean isEmpty() {
        return subscribers == 0;
    }

    /** A walk begins that brings everyone in a group up to there. Until its end groups keep their places, and subscribers their slots. */
    void onWalk(@Nullable Position position) {
        reaching = position;
    }

    void onWalked() {
        if (reaching != null && (reached == null || reaching.offset() > reached.offset())) {
            reached = reaching;
        }
        onWalkFailed();
    }

    /** Nobody is in a group yet: who is on the way has to have been sent everything up to there when it joins. */
    void onReached(Position position) {
        reached = position;
    }

    /** What has been published up to there is in no mailbox any more: what this pass does not bring is lost. */
    void owe(Position position) {
        if (owed == null || owed.offset() < position.offset()) {
            owed = position;
        }
    }

    /** What this pass was to bring it does not bring. */
    void oweArrived() {
        if (!arrived.isEmpty()) {
            owe(arrived.getLast().position());
        }
    }

    /** At the end of its part of a pass: up to where something is missing that has to be told now; null if nothing is. */
    @Nullable
    Position takeOwed() {
        Position missing = owed;
        owed = null;
        if (missing != null && reached == null) {
            onReached(missing);
        }
        return missing == null || reached == null || reached.offset() >= missing.offset() ? null : missing;
    }

    /** What the walk was to bring counts as missing. */
    void onWalkFailed() {
        reaching = null;
        tidy();
    }

    /** Up to where everyone in a group has been sent everything, or told that it is lost; null if nobody was in one yet. */
    @Nullable
    Position reached() {
        return reached;
    }

    /** Up to where whoever joins now must have been sent everything: a walk under way may have passed its place. */
    @Nullable
    Position joinsAt() {
        return reaching == null ? reached : reaching;
    }

    /** Up to where one that is in a group has been sent everything by its group: what is held back for its rate counts as not sent. */
    @Nullable
    Position reachedBy(Subscriber subscriber) {
        Group group = group(subscriber);
        Position held = group.oldestHeld(subscriber.slot);
        if (held != null) {
            return new Position(held.epoch(), held.offset() - 1);
        }
        boolean passed = reaching != null && subscriber.slot < group.walked;
        return passed ? reaching : reached;
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
