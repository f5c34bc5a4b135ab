package dev.heliograph.presence;

import dev.heliograph.presence.Admission.Admitted;
import dev.heliograph.presence.Admission.Full;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The members of one channel, each with how many connections it has there. One whose last connection is gone stays for a while, so that a page that is loaded
 * again does not flicker. A roster that has become empty is retired: it refuses everything by returning null, and the channel's next member opens a new one.
 * Any thread; its lock is held to change it and to hand over.
 */
final class Roster<M> {
    private final ChannelId channel;
    private final PresenceListener<M> listener;
    private final Map<String, Seat<M>> seats = new LinkedHashMap<>();
    private @Nullable Position told;
    /** Null: has changed since it was asked for. */
    private @Nullable List<M> members;

    private boolean retired;

    private static final class Seat<M> {
        final M member;
        int connections;
        /** When the last connection left; meaningless while there is one. */
        long leftNanos;

        Seat(M member) {
            this.member = member;
        }
    }

    Roster(ChannelId channel, PresenceListener<M> listener) {
        this.channel = channel;
        this.listener = listener;
    }

    synchronized @Nullable Admission<M> join(String key, M member, int membersMax) {
        if (retired) {
            return null;
        }
        Seat<M> seat = seats.get(key);
        if (seat == null) {
            if (seats.size() >= membersMax) {
                return new Full<>();
            }
            told = listener.onAdded(channel, member); // first: whoever cannot be told of is no member
            seat = new Seat<>(member);
            seats.put(key, seat);
            members = null;
        }
        if (++seat.connections == 1) {
            listener.onPresent(channel, seat.member);
        }
        return new Admitted<>(members(), toldSoFar());
    }

    private Position toldSoFar() {
        if (told == null) {
            throw new IllegalStateException("somebody is here who was never told of: " + channel);
        }
        return told;
    }

    /** One connection of the member leaves for good. */
    synchronized void leave(String key, long nowNanos) {
        if (lose(key, nowNanos)) {
            part(key, nowNanos);
        }
    }

    /** One connection of the member is gone and may come back; true if that was its last. */
    synchronized boolean lose(String key, long nowNanos) {
        Seat<M> seat = seats.get(key);
        if (seat == null || seat.connections == 0 || --seat.connections > 0) {
            return false;
        }
        seat.leftNanos = nowNanos;
        listener.onAbsent(channel, seat.member);
        return true;
    }

    /** The member whose last connection left then is removed, unless one has come since. */
    synchronized void part(String key, long leftNanos) {
        Seat<M> seat = seats.get(key);
        if (seat != null && seat.connections == 0 && seat.leftNanos == leftNanos) {
            seats.remove(key);
            members = null;
            Position removed = listener.onRemoved(channel, seat.member);
            told = removed == null ? told : removed;
        }
    }

    /** Retires it if nobody is left. */
    synchronized boolean retireIfEmpty() {
        retired |= seats.isEmpty();
        return retired;
    }

    /** One list for all who ask until it changes. */
    synchronized List<M> members() {
        List<M> known = members;
        if (known == null) {
            known = seats.values().stream().map(seat -> seat.member).toList();
            members = known;
        }
        return known;
    }

    synchronized int size() {
        return seats.size();
    }
}
