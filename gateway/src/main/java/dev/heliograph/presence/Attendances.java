package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.PresencePage;
import dev.heliograph.protocol.message.PresenceState;
import dev.heliograph.protocol.message.RawJson;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Who is in which presence channel of the native protocol, on this node: of each channel one owner of that truth. Changes are collected over a window and told
 * in net, of a channel at most one each window, by the thread that sweeps and under no lock. Any thread. As large as the members that are there, and at most
 * {@value #LINGERING_MAX} connections that have gone within the grace.
 */
public final class Attendances {
    /** Connections that are gone beyond so many within a grace leave at once. */
    static final int LINGERING_MAX = 100_000;

    private final Map<ChannelId, Attendance> attendances = new ConcurrentHashMap<>();
    /** Those with a window under way, in the order in which these began. */
    private final Queue<Attendance> windows = new ConcurrentLinkedQueue<>();
    /** Connections that are gone, in that order. */
    private final Queue<Parting> partings = new ConcurrentLinkedQueue<>();

    private final AtomicInteger lingering = new AtomicInteger();
    private final PresenceLimits limits;
    private final LongSupplier ticker;
    private final InstantSource clock;
    private final Consumer<PresenceChange> listener;

    private record Parting(Attendance attendance, Seat seat, long wentNanos) {}

    /**
     * @param ticker monotonic nanoseconds
     * @param listener called under no lock, by the sweeping thread, in the order of each channel
     */
    public Attendances(
            PresenceLimits limits, LongSupplier ticker, InstantSource clock, Consumer<PresenceChange> listener) {
        this.limits = limits;
        this.ticker = ticker;
        this.clock = clock;
        this.listener = listener;
    }

    public PresenceLimits limits() {
        return limits;
    }

    /**
     * One more connection of a user.
     *
     * @param id two members are one if their ids are equal
     * @param metadata null: as another connection of the user has set it, if there is one
     * @return null: the channel has as many members as it may
     */
    public @Nullable Visit join(ChannelId channel, String id, @Nullable String name, @Nullable RawJson metadata) {
        return come(channel, new Arrival(id, name, metadata, false));
    }

    /**
     * The same for a connection that was there before.
     *
     * @param metadata what it said then: it counts only if no other connection of the user is there, which may have said something since
     */
    public @Nullable Visit comeBack(ChannelId channel, String id, @Nullable String name, @Nullable RawJson metadata) {
        return come(channel, new Arrival(id, name, metadata, true));
    }

    private @Nullable Visit come(ChannelId channel, Arrival arrival) {
        while (true) {
            long nowNanos = ticker.getAsLong();
            Attendance attendance =
                    attendances.computeIfAbsent(channel, absent -> new Attendance(absent, limits, nowNanos));
            Attendance.Joined joined = attendance.join(arrival, clock.millis(), nowNanos);
            switch (joined) {
                case Attendance.Joined.In(Visit visit, boolean first) -> {
                    began(attendance, first);
                    return visit;
                }
                case Attendance.Joined.Full _ -> {
                    return null;
                }
                case null -> attendances.remove(channel, attendance);
            }
        }
    }

    /** Sets what is known of a member. */
    public void describe(Visit visit, @Nullable String name, @Nullable RawJson metadata) {
        visit.seen(clock.millis());
        began(visit.attendance, visit.attendance.describe(visit, name, metadata, ticker.getAsLong()));
    }

    /** The connection is none of the member's any more; if it was the last, the member has left. */
    public void leave(Visit visit) {
        began(visit.attendance, visit.attendance.leave(visit, ticker.getAsLong()));
    }

    /** The connection is gone and may come back: it counts until the grace has passed. */
    public void lose(Visit visit) {
        if (lingering.get() >= LINGERING_MAX) {
            leave(visit);
            return;
        }
        long nowNanos = ticker.getAsLong();
        if (visit.attendance.lose(visit, clock.millis(), nowNanos)) {
            lingering.incrementAndGet();
            partings.add(new Parting(visit.attendance, visit.seat, nowNanos));
        }
    }

    private void began(Attendance attendance, boolean first) {
        if (first) {
            windows.add(attendance);
        }
    }

    /** What a subscriber is told who has its place in the channel's stream: what is told later comes to it by the stream. */
    public PresenceState state(ChannelId channel) {
        Attendance attendance = attendances.get(channel);
        return attendance == null ? PresenceState.EMPTY : attendance.state();
    }

    /** The same, and the member itself. */
    public PresenceState stateFor(Visit visit) {
        return visit.attendance.stateFor(visit);
    }

    /**
     * The members in the order in which they came. Who is there from the first page to the last is on exactly one of them.
     *
     * @param after {@link PresencePage#next} of the page before; 0: from the beginning
     * @param bytesMax about the most bytes, unless the first member alone has more
     */
    public PresencePage page(ChannelId channel, long after, int limit, int bytesMax) {
        Attendance attendance = attendances.get(channel);
        return attendance == null ? new PresencePage(List.of(), null, 0) : attendance.page(after, limit, bytesMax);
    }

    /** Ends what has had its grace and tells the windows that have ended; to be called several times a second, by one thread. */
    public void sweep() {
        long nowNanos = ticker.getAsLong();
        endGraces(nowNanos);
        for (Attendance next = windows.peek(); next != null && next.isDue(nowNanos); next = windows.peek()) {
            windows.remove();
            PresenceChange change = next.endWindow();
            if (change != null) {
                listener.accept(change);
                next.told(ticker.getAsLong());
            }
            if (next.retireIfEmpty()) {
                attendances.remove(next.channel, next);
            }
        }
    }

    private void endGraces(long nowNanos) {
        long wentUntilNanos = nowNanos - limits.graceNanos();
        for (Parting next = partings.peek();
                next != null && next.wentNanos() - wentUntilNanos <= 0;
                next = partings.peek()) {
            partings.remove();
            lingering.decrementAndGet();
            began(next.attendance(), next.attendance().part(next.seat(), next.wentNanos(), nowNanos));
        }
    }

    /** How many presence channels have a member. */
    public int channels() {
        return attendances.size();
    }

    /** How many members they have, all together. */
    public int members() {
        return attendances.values().stream().mapToInt(Attendance::size).sum();
    }
}
