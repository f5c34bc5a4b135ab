package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/**
 * Who is in which channel: of each channel one owner of that truth, on this node. Any thread. As large as the members that are there, and those who left within
 * the grace.
 *
 * @param <M> what is known of a member
 */
public final class Rosters<M> {
    private final Map<ChannelId, Roster<M>> rosters = new ConcurrentHashMap<>();
    /** Who has lost its last connection, in that order. */
    private final Queue<Parting> partings = new ConcurrentLinkedQueue<>();

    private final PresenceListener<M> listener;
    private final LongSupplier ticker;
    private final long graceNanos;

    private record Parting(ChannelId channel, String key, long leftNanos) {}

    /**
     * @param ticker monotonic nanoseconds
     * @param graceNanos how long a member whose last connection is gone still counts as one
     */
    public Rosters(PresenceListener<M> listener, LongSupplier ticker, long graceNanos) {
        this.listener = listener;
        this.ticker = ticker;
        this.graceNanos = graceNanos;
    }

    /**
     * One more connection of a member.
     *
     * @param key two members are one if their keys are equal
     * @param membersMax most members of the channel
     */
    public Admission<M> join(ChannelId channel, String key, M member, int membersMax) {
        while (true) {
            Roster<M> roster = rosters.computeIfAbsent(channel, id -> new Roster<>(id, listener));
            Admission<M> admission = roster.join(key, member, membersMax);
            if (admission != null) {
                return admission;
            }
            rosters.remove(channel, roster);
        }
    }

    /** A connection of that member has left: at once if it was its last. */
    public void leave(ChannelId channel, String key) {
        Roster<M> roster = rosters.get(channel);
        if (roster != null) {
            roster.leave(key, ticker.getAsLong());
            forgetIfEmpty(channel, roster);
        }
    }

    /** A connection of that member is gone: if it was its last, the member is removed when the grace has passed. */
    public void lose(ChannelId channel, String key) {
        Roster<M> roster = rosters.get(channel);
        long nowNanos = ticker.getAsLong();
        if (roster != null && roster.lose(key, nowNanos)) {
            partings.add(new Parting(channel, key, nowNanos));
        }
    }

    /** Removes those whose grace has passed; to be called several times a second. */
    public void sweep() {
        long leftUntilNanos = ticker.getAsLong() - graceNanos;
        for (Parting next = partings.peek();
                next != null && next.leftNanos() - leftUntilNanos <= 0;
                next = partings.peek()) {
            partings.remove();
            Roster<M> roster = rosters.get(next.channel());
            if (roster != null) {
                roster.part(next.key(), next.leftNanos());
                forgetIfEmpty(next.channel(), roster);
            }
        }
    }

    private void forgetIfEmpty(ChannelId channel, Roster<M> roster) {
        if (roster.retireIfEmpty()) {
            rosters.remove(channel, roster);
        }
    }

    /** In the order in which they came. */
    public List<M> members(ChannelId channel) {
        Roster<M> roster = rosters.get(channel);
        return roster == null ? List.of() : roster.members();
    }

    public int size(ChannelId channel) {
        Roster<M> roster = rosters.get(channel);
        return roster == null ? 0 : roster.size();
    }
}
