package dev.heliograph.history;

import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel's order and what is kept of it: assigns offsets without a gap and holds the newest publications within its limits. Not thread-safe:
 * its owner's lock guards it.
 */
public final class ChannelLog {
    private static final int CAPACITY_MIN = 8;

    private final String epoch;
    private final HistoryLimits limits;
    private final WorkspaceBudget budget;
    /** The kept publications by {@code offset & (length - 1)}; null where a deletion request removed one. */
    private @Nullable Publication[] ring = new Publication[0];
    /** Offset of the oldest kept publication; {@code top + 1} if none is kept. */
    private long first = 1;

    private long top;
    /** The same with the epoch: one object for all who are told it. */
    private Position newest;

    private long bytes;
    /** Kept beside the rest, see {@link HistoryLimits#lastMs}. */
    private @Nullable Publication last;

    /** The answer to the last question, if it would be the same now. */
    private @Nullable HistoryPage shared;

    private long sharedFrom;
    private int sharedLimit;

    /**
     * @param epoch names this log's life; a log that is made anew for the same channel has another
     * @param budget what the channel's workspace may keep in all
     */
    public ChannelLog(String epoch, HistoryLimits limits, WorkspaceBudget budget) {
        this.epoch = epoch;
        this.limits = limits;
        this.budget = budget;
        this.newest = new Position(epoch, 0);
    }

    /** Gives the draft the next offset and keeps it as the limits allow. */
    public Publication append(Draft draft, long nowMs) {
        newest = new Position(epoch, ++top);
        shared = null;
        var publication = new Publication(draft, newest, nowMs);
        place(publication, nowMs);
        return publication;
    }

    /**
     * Takes up what an earlier run of the gateway kept, in the order of the offsets. An offset that is missing in between makes all before it count as forgotten.
     *
     * @param publication its offset is above all before it
     */
    public void restore(Publication publication, long nowMs) {
        skipTo(publication.offset());
        place(publication, nowMs);
    }

    /**
     * Takes up the place of what a deletion request has removed, and which counts as seen.
     *
     * @param offset above all before it
     * @param ofServer whether no client had made it, so that nothing older is what those who come are told
     */
    public void restoreRemoved(long offset, boolean ofServer, long nowMs) {
        skipTo(offset);
        if (ofServer) {
            keep(null);
        }
        place(null, nowMs);
    }

    private void skipTo(long offset) {
        if (offset != top + 1) {
            while (first <= top) {
                dropOldest();
            }
            first = offset;
        }
        top = offset;
        newest = new Position(epoch, top);
        shared = null;
    }

    private void place(@Nullable Publication publication, long nowMs) {
        if (publication != null && limits.lastMs() > 0 && publication.isOfServer()) {
            keep(publication);
        }
        if (limits.countMax() == 0) {
            first = top + 1;
            return;
        }
        makeRoom();
        ring[slot(top)] = publication;
        count(publication == null ? 0 : publication.bytes());
        expire(nowMs);
    }

    private void keep(@Nullable Publication publication) {
        budget.add((publication == null ? 0 : publication.bytes()) - (last == null ? 0 : last.bytes()));
        last = publication;
    }

    /** The last publication that no client made, while it is to be kept; else null. */
    public @Nullable Publication kept(long nowMs) {
        expire(nowMs);
        return last;
    }

    /** Drops what is over the limits at that time. */
    public void expire(long nowMs) {
        if (last != null && (nowMs - last.timestampMs() > limits.lastMs() || budget.isExceeded())) {
            keep(null);
        }
        while (first <= top && isOver(nowMs)) {
            dropOldest();
        }
        if (first > top && ring.length > 0) {
            ring = new Publication[0];
        }
    }

    private boolean isOver(long nowMs) {
        Publication oldest = oldest();
        return oldest == null
                || top - first + 1 > limits.countMax()
                || bytes > limits.bytesMax()
                || budget.isExceeded()
                || nowMs - oldest.timestampMs() > limits.ageMs();
    }

    /** The oldest one that was not purged: what was purged before it counts as seen for as long as it is kept. */
    private @Nullable Publication oldest() {
        for (long offset = first; offset <= top; offset++) {
            Publication publication = ring[slot(offset)];
            if (publication != null) {
                return publication;
            }
        }
        return null;
    }

    private void dropOldest() {
        Publication oldest = ring[slot(first)];
        if (oldest != null) {
            count(-oldest.bytes());
            ring[slot(first)] = null;
        }
        first++;
        shared = null;
    }

    /**
     * What follows a position.
     *
     * @param after null for the newest {@code limit}
     * @param limit most publications returned; 0 asks for the position only
     */
    public HistoryPage read(@Nullable Position after, int limit, long nowMs) {
        expire(nowMs);
        boolean known = after != null && after.epoch().equals(epoch) && after.offset() <= top;
        if (after == null) {
            return page(Math.max(first, top - limit + 1), limit, true);
        }
        if (!known) {
            return page(first, limit, false);
        }
        return page(Math.max(first, after.offset() + 1), limit, after.offset() + 1 >= first);
    }

    /** Those who come back after the same cut ask for the same: they get one page, until the log changes. */
    private HistoryPage page(long from, int limit, boolean complete) {
        HistoryPage known = shared;
        if (known != null && sharedFrom == from && sharedLimit == limit && known.complete() == complete) {
            return known;
        }
        HistoryPage made = make(from, limit, complete);
        shared = made;
        sharedFrom = from;
        sharedLimit = limit;
        return made;
    }

    private HistoryPage make(long from, int limit, boolean complete) {
        List<Publication> publications = new ArrayList<>((int) Math.min(limit, top - from + 1));
        long offset = from;
        for (; offset <= top && publications.size() < limit; offset++) {
            Publication publication = ring[slot(offset)];
            if (publication != null) {
                publications.add(publication);
            }
        }
        return new HistoryPage(publications, top(), complete, offset <= top);
    }

    /**
     * Removes what is kept about a person; the offsets count as seen.
     *
     * @param gone is told what was removed of the log, but not what was kept beside alone
     * @return how many publications were removed
     */
    public int purge(long subject, Consumer<Publication> gone) {
        int removed = 0;
        shared = null;
        for (long offset = first; offset <= top; offset++) {
            Publication publication = ring[slot(offset)];
            if (publication != null && publication.subject() == subject) {
                count(-publication.bytes());
                ring[slot(offset)] = null;
                gone.accept(publication);
                removed++;
            }
        }
        if (last != null && last.subject() == subject) {
            keep(null);
        }
        return removed;
    }

    /** The position of the newest publication, kept or not. */
    public Position top() {
        return newest;
    }

    /** Offset of the oldest kept publication; one behind the newest if none is kept. */
    public long first() {
        return first;
    }

    /** Offset of the last publication, where it is kept beside the others; 0 if it is not. */
    public long beside() {
        return last == null ? 0 : last.offset();
    }

    /** Whether nothing is kept. */
    public boolean isEmpty() {
        return first > top && last == null;
    }

    /** Bytes kept. */
    public long bytes() {
        return bytes;
    }

    private void count(int change) {
        bytes += change;
        budget.add(change);
    }

    private int slot(long offset) {
        return (int) offset & (ring.length - 1);
    }

    /** Makes the slot of {@code top} free, by growing or by dropping the oldest. */
    private void makeRoom() {
        long kept = top - first;
        if (kept < ring.length) {
            return;
        }
        if (kept >= limits.countMax()) {
            dropOldest();
            if (top - first < ring.length) {
                return;
            }
        }
        grow();
    }

    private void grow() {
        @Nullable Publication[] old = ring;
        ring = new Publication[Math.max(CAPACITY_MIN, old.length * 2)];
        for (long offset = first; offset < top; offset++) {
            ring[slot(offset)] = old[(int) offset & (old.length - 1)];
        }
    }
}
