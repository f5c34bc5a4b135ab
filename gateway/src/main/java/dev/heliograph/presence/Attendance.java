package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.PresencePage;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Who is at one resource, and what of that has been told. Whoever comes to watch is given what has been told, not what is: then every change of the window
 * at hand reaches it as it reaches all others, and members who came and went within the window are nobody's concern. An attendance that has become empty, and of
 * which that has been told, is retired: it refuses by returning null. Any thread; nothing is called under its lock.
 */
final class Attendance {
    final ChannelId channel;
    private final PresenceLimits limits;
    private final Map<String, Seat> seats = new HashMap<>();
    private final TreeMap<Long, Seat> inOrder = new TreeMap<>();
    private long numbers;

    /** The members as told, by id; null: they are too many, and their count was told. */
    private @Nullable Map<String, Told> told = new LinkedHashMap<>();

    private int toldCount;
    /** Whoever has changed since, by id. */
    private final Map<String, Seat> changed = new LinkedHashMap<>();
    /** Those of them who were shown to somebody before they were told to all. */
    private final Set<String> shown = new HashSet<>();

    /** When the window at hand ends: so long after its first change. Meaningless while there is none. */
    private long endsNanos;

    private long toldNanos;
    private boolean retired;

    private record Told(Seat seat, PresenceUser user) {}

    Attendance(ChannelId channel, PresenceLimits limits, long nowNanos) {
        this.channel = channel;
        this.limits = limits;
        this.toldNanos = nowNanos - limits.windowNanos();
    }

    /** What became of someone who wanted to join. */
    sealed interface Joined {
        /** @param first whether it is the first change of a window, so that somebody has to look when that ends */
        record In(Visit visit, boolean first) implements Joined {}

        record Full() implements Joined {}
    }

    /** Null: retired. */
    synchronized @Nullable Joined join(Arrival arrival, long nowMs, long nowNanos) {
        if (retired) {
            return null;
        }
        Seat seat = seats.get(arrival.id());
        boolean known = seat != null;
        if (seat == null) {
            if (seats.size() >= limits.membersMax()) {
                return new Joined.Full();
            }
            seat = new Seat(arrival.id(), ++numbers, nowMs);
            seats.put(seat.id, seat);
            inOrder.put(seat.number, seat);
        }
        seat.come();
        seat.describe(arrival.name(), known && arrival.again() ? null : arrival.metadata());
        seat.seen(nowMs);
        return new Joined.In(new Visit(this, seat), onChange(seat, nowNanos));
    }

    /** Sets what is known of the member; true if it is the first change of a window. */
    synchronized boolean describe(Visit visit, @Nullable String name, @Nullable RawJson metadata, long nowNanos) {
        if (visit.hasEnded()) {
            return false;
        }
        visit.seat.describe(name, metadata);
        return onChange(visit.seat, nowNanos);
    }

    /** A connection leaves for good; true if it is the first change of a window. */
    synchronized boolean leave(Visit visit, long nowNanos) {
        if (!visit.end()) {
            return false;
        }
        visit.seat.go();
        return onConnectionLess(visit.seat, nowNanos);
    }

    /** A connection is gone and may come back; false if it had left before. */
    synchronized boolean lose(Visit visit, long nowMs, long nowNanos) {
        if (!visit.end()) {
            return false;
        }
        visit.seat.seen(nowMs);
        visit.seat.linger(nowNanos);
        return true;
    }

    /** The grace of a connection that went then has passed; true if it is the first change of a window. */
    synchronized boolean part(Seat seat, long wentNanos, long nowNanos) {
        return seat.endLingering(wentNanos) && onConnectionLess(seat, nowNanos);
    }

    private boolean onConnectionLess(Seat seat, long nowNanos) {
        if (seat.isEmpty()) {
            seats.remove(seat.id);
            inOrder.remove(seat.number);
        }
        return onChange(seat, nowNanos);
    }

    private boolean onChange(Seat seat, long nowNanos) {
        boolean first = changed.isEmpty();
        if (first) {
            endsNanos = nowNanos + limits.windowNanos();
        }
        changed.put(seat.id, seat);
        return first;
    }

    /** What has been told of the members. */
    synchronized PresenceState state() {
        return new PresenceState(users(), toldCount);
    }

    /** The same for a member who has just joined, and who wants to see itself. */
    synchronized PresenceState stateFor(Visit visit) {
        List<PresenceUser> users = users();
        if (told == null || told.containsKey(visit.seat.id) || visit.hasEnded()) {
            return new PresenceState(users, toldCount);
        }
        shown.add(visit.seat.id);
        users.add(visit.seat.user());
        return new PresenceState(users, users.size());
    }

    private List<PresenceUser> users() {
        var users = new ArrayList<PresenceUser>();
        if (told != null) {
            told.values().forEach(each -> users.add(each.seat.seenAsNow(each.user)));
        }
        return users;
    }

    /** The members behind that number, up to so many and about so many bytes. */
    synchronized PresencePage page(long after, int limit, int bytesMax) {
        var users = new ArrayList<PresenceUser>();
        int bytes = 0;
        long last = after;
        for (Seat seat : inOrder.tailMap(after, false).values()) {
            PresenceUser user = seat.user();
            bytes += user.bytesAbout();
            if (users.size() == limit || (bytes > bytesMax && !users.isEmpty())) {
                return new PresencePage(users, last, seats.size());
            }
            users.add(user);
            last = seat.number;
        }
        return new PresencePage(users, null, seats.size());
    }

    synchronized boolean isDue(long nowNanos) {
        return nowNanos - endsNanos >= 0 && nowNanos - toldNanos >= limits.windowNanos();
    }

    /** The last change has been told: the next may follow a window later. */
    synchronized void told(long nowNanos) {
        toldNanos = nowNanos;
    }

    /** What is to be told of the window that has ended; null: nothing has changed in net. From here on it counts as told. */
    synchronized @Nullable PresenceChange endWindow() {
        PresenceChange change = isListed() ? endListed() : endCounted();
        changed.clear();
        shown.clear();
        return change;
    }

    private boolean isListed() {
        int bytes = 0;
        if (seats.size() <= limits.listMax()) {
            for (Seat seat : seats.values()) {
                bytes += seat.user().bytesAbout();
            }
        }
        return seats.size() <= limits.listMax() && bytes <= limits.listBytesMax();
    }

    private @Nullable PresenceChange endCounted() {
        boolean listed = told != null;
        boolean same = !listed && toldCount == seats.size();
        told = null;
        toldCount = seats.size();
        return same ? null : PresenceChange.synced(channel, new PresenceState(List.of(), toldCount));
    }

    private @Nullable PresenceChange endListed() {
        Map<String, Told> before = told;
        if (before == null) {
            told = new LinkedHashMap<>();
            inOrder.values().forEach(seat -> note(seat.user(), seat));
            toldCount = seats.size();
            return PresenceChange.synced(channel, state());
        }
        var net = new ArrayList<PresenceChange>();
        changed.values().forEach(seat -> {
            PresenceChange change = change(before.get(seat.id), seat);
            if (change != null) {
                net.add(change);
            }
        });
        toldCount = seats.size();
        return switch (net.size()) {
            case 0 -> null;
            case 1 -> net.getFirst();
            default -> PresenceChange.synced(channel, state());
        };
    }

    /** @param seat the last that the user had */
    private @Nullable PresenceChange change(@Nullable Told before, Seat seat) {
        PresenceUser now = seat.user();
        if (seats.get(seat.id) != seat) {
            if (told != null) {
                told.remove(seat.id);
            }
            return before == null && !shown.contains(seat.id) ? null : PresenceChange.left(channel, now.gone());
        }
        note(now, seat);
        if (before == null) {
            return PresenceChange.came(channel, now);
        }
        return now.differsInNothingFrom(before.user) ? null : PresenceChange.updated(channel, now);
    }

    private void note(PresenceUser user, Seat seat) {
        if (told != null) {
            told.put(seat.id, new Told(seat, user));
        }
    }

    /** Retires it if nobody is left and that has been told. */
    synchronized boolean retireIfEmpty() {
        retired |= seats.isEmpty() && changed.isEmpty() && toldCount == 0;
        return retired;
    }

    synchronized int size() {
        return seats.size();
    }
}
