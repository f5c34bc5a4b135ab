package dev.heliograph.presence;

import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One member of a channel and its connections there. One that is gone without a word lingers: it still counts until its grace has passed, or the user's next
 * connection takes its place, so that nothing about the member changes when a page is loaded again. Under the lock of its {@link Attendance}, but for when it was
 * seen last.
 */
final class Seat {
    final String id;
    /** Its place in the order in which members came. */
    final long number;

    private final long joinedAtMs;
    private @Nullable String name;
    private RawJson metadata = RawJson.EMPTY_OBJECT;
    private int connections;
    /** When those went that linger, in order. */
    private final Deque<Long> lingering = new ArrayDeque<>(1);
    /** Written by any connection of the member. */
    private volatile long lastSeenMs;

    Seat(String id, long number, long nowMs) {
        this.id = id;
        this.number = number;
        this.joinedAtMs = nowMs;
    }

    void describe(@Nullable String newName, @Nullable RawJson newMetadata) {
        name = newName;
        metadata = newMetadata == null ? metadata : newMetadata;
    }

    /** By any connection of the member: the latest counts. Two at once may leave the earlier of the two, until the next. */
    void seen(long atMs) {
        if (atMs > lastSeenMs) {
            lastSeenMs = atMs;
        }
    }

    /** One more connection, or one that was gone is back. */
    void come() {
        lingering.poll();
        connections++;
    }

    /** One connection less. */
    void go() {
        connections--;
    }

    /** One connection is gone and may come back. */
    void linger(long nowNanos) {
        connections--;
        lingering.add(nowNanos);
    }

    /** The grace of one that went then has passed; false if another connection has taken its place. */
    boolean endLingering(long wentNanos) {
        return lingering.removeFirstOccurrence(wentNanos);
    }

    boolean isEmpty() {
        return connections == 0 && lingering.isEmpty();
    }

    PresenceUser user() {
        return new PresenceUser(id, name, lastSeenMs, joinedAtMs, connections + lingering.size(), metadata);
    }

    /** With when it was seen last as it is now. */
    PresenceUser seenAsNow(PresenceUser user) {
        return user.seenAt(lastSeenMs);
    }
}
