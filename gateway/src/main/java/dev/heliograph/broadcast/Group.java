package dev.heliograph.broadcast;

import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Subscribers of one channel on one loop that receive the same bytes: one wire format, one filter, one rate; what they receive is matched and encoded once for all of
 * them. A dense array in the order of their descriptors, or near it: the kernel's sockets lie in memory in that order, and a walk that jumps costs up to a
 * quarter more. A leaver leaves a hole and a joiner comes last; when either has become frequent, the array is put in order between two walks.
 */
final class Group {
    private static final int CAPACITY_MIN = 4;
    /** Holes and misplaced subscribers up to this part of the array are left as they are. */
    private static final int UNTIDY_DIVISOR = 4;

    private static final Comparator<Subscriber> BY_DESCRIPTOR =
            Comparator.comparingInt(subscriber -> subscriber.outbox.order());

    final WireFormat format;
    private final Selection selection;
    private final int lookCost;
    private final @Nullable Pacing pacing;
    /** What is held back for it cannot be shared: a sum of what one who comes later has in part. It has one subscriber, who has been sent everything up to there. */
    private final boolean own;

    private final long after;
    private final Tally tally = new Tally();
    private @Nullable Subscriber[] slots = new Subscriber[CAPACITY_MIN];
    /** Beside the slots: of those who have settled, the handles by which they are sent to without a look at anything else. */
    private long[] handles = new long[CAPACITY_MIN];

    private int end;
    private int size;
    /** Since the array was last in order: the highest place that was asked for, and how many came after one that is higher. */
    private int highest = Integer.MIN_VALUE;

    private int misplaced;
    /** Up to which slot the batch at hand has been brought. */
    int walked;
    /** Whether the batch at hand has been put together, and what was the oldest that was held back before. */
    private boolean filled;

    private @Nullable Position heldBefore;
    /** Whether a pass is going to come for what was held back. */
    boolean timed;

    /**
     * @param first its first subscriber
     * @param pacing null: it is sent everything as it comes
     */
    Group(Subscriber first, @Nullable Pacing pacing) {
        this.format = first.outbox.format();
        this.selection = first.selection;
        this.lookCost = selection.cost();
        this.pacing = pacing;
        this.own = pacing != null && pacing.sums();
        this.after = own ? first.after : 0;
    }

    /** Whether the subscriber is in it, or may be. */
    boolean serves(Subscriber subscriber) {
        return format == subscriber.outbox.format()
                && selection.equals(subscriber.selection)
                && (!own || (subscriber.slot >= 0 && subscriber.slot < end && slots[subscriber.slot] == subscriber));
    }

    ChannelView.GroupView view() {
        return new ChannelView.GroupView(
                selection.paths(),
                selection.sampleRate(),
                selection.isPaced() ? selection.maxPerSecond() : null,
                size,
                tally.sent,
                tally.withheld,
                tally.filtered,
                tally.sampled,
                tally.skipped);
    }

    /** What it costs to {@link #fill} a batch of so many that have arrived, in deliveries. */
    int cost(int arrived) {
        return 1 + arrived * lookCost;
    }

    /** Puts what it is to be sent of some that have arrived, and what was held back and may go now, into a batch. */
    void fill(Batch batch, List<Publication> arrived, Pace pace) {
        filled = true;
        heldBefore = pacing == null ? null : pacing.oldest();
        for (Publication publication : arrived) {
            if (publication.offset() <= after) {
                continue;
            }
            switch (selection.look(publication)) {
                case WITHHELD -> tally.withheld++;
                case FILTERED -> tally.filtered++;
                case SAMPLED -> tally.sampled++;
                case TAKEN -> take(publication, batch);
            }
        }
        if (pacing != null) {
            long nowMs = pace.clock().millis();
            pacing.release(pace.ticker().getAsLong(), merged -> {
                tally.sent++;
                tally.skipped += merged.skipped();
                batch.add(merged, format, nowMs);
            });
        }
    }

    private void take(Publication publication, Batch batch) {
        if (pacing != null) {
            pacing.hold(publication);
        } else {
            tally.sent++;
            batch.add(publication, format);
        }
    }

    /** The oldest that whoever stands there has not been sent because it was held back; null if there is none. */
    @Nullable
    Position oldestHeld(int slot) {
        if (pacing == null) {
            return null;
        }
        return filled && slot >= walked ? heldBefore : pacing.oldest();
    }

    /** In how many nanoseconds something that was held back may go; -1 if nothing was. */
    long dueInNanos() {
        return pacing == null ? -1 : pacing.dueInNanos();
    }

    /** What its subscribers were sent since it began, and what they were not. */
    Tally tally() {
        return tally;
    }

    void add(Subscriber subscriber) {
        if (end == slots.length) {
            slots = Arrays.copyOf(slots, end * 2);
            handles = Arrays.copyOf(handles, end * 2);
        }
        int order = subscriber.outbox.order();
        if (order < highest) {
            misplaced++;
        }
        highest = Math.max(highest, order);
        subscriber.slot = end;
        slots[end] = subscriber;
        handles[end] = DirectSockets.NONE;
        end++;
        size++;
    }

    /** It has been sent something since it joined: from now on {@link #handle} has its handle. */
    void settle(Subscriber subscriber) {
        subscriber.settled = true;
        handles[subscriber.slot] = subscriber.outbox.handle();
    }

    void remove(Subscriber subscriber) {
        slots[subscriber.slot] = null;
        handles[subscriber.slot] = DirectSockets.NONE;
        subscriber.slot = -1;
        size--;
    }

    /** Closes holes and sorts, if there is reason to. Not during a walk. */
    void tidy() {
        walked = 0;
        filled = false;
        if (end - size + misplaced <= end / UNTIDY_DIVISOR) {
            return;
        }
        @Nullable Subscriber[] tidy = new Subscriber[Math.max(CAPACITY_MIN, size + size / UNTIDY_DIVISOR)];
        int to = 0;
        for (int i = 0; i < end; i++) {
            if (slots[i] != null) {
                tidy[to++] = slots[i];
            }
        }
        slots = tidy;
        handles = new long[tidy.length];
        end = to;
        sort();
    }

    @SuppressWarnings("NullAway") // there are no holes below the end now
    private void sort() {
        if (misplaced > 0) {
            Arrays.sort(slots, 0, end, BY_DESCRIPTOR);
            misplaced = 0;
        }
        highest = end == 0 ? Integer.MIN_VALUE : slots[end - 1].outbox.order();
        for (int i = 0; i < end; i++) {
            slots[i].slot = i;
            handles[i] = slots[i].settled ? slots[i].outbox.handle() : DirectSockets.NONE;
        }
    }

    /** How many subscribers. */
    int size() {
        return size;
    }

    /** Behind the last slot in use; some below may be empty. */
    int end() {
        return end;
    }

    /** By which to send to whoever stands there past the outbox; {@link DirectSockets#NONE} if that may not be, or nobody does. */
    long handle(int slot) {
        return handles[slot];
    }

    /** Who stands there; null if that one has left. */
    @Nullable
    Subscriber get(int slot) {
        return slots[slot];
    }
}
