package dev.heliograph.broker.disk;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HistoryRefusal;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What waits for the disk, in one order for all channels. While one group is being committed the next one gathers, so that a slow disk makes large groups and
 * a fast one short waits. A commit that fails is the last one: what the disk then holds is not known, so no offset behind it may be given. Any thread; never blocks.
 */
final class Journal {
    /** Most entries that wait. */
    static final int WAITING_MAX = 65_536;
    /** Most bytes that wait. */
    static final long WAITING_BYTES_MAX = 32 << 20;

    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final int GROUP_MAX = 1_000;
    private static final long GROUP_BYTES_MAX = 4 << 20;

    private final Store store;
    private final Metrics metrics;
    private final Runnable endOfGroup;
    private final Queue<Entry> waiting = new ConcurrentLinkedQueue<>();
    private final AtomicInteger entries = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicBoolean awake = new AtomicBoolean();
    private volatile boolean broken;

    /** @param endOfGroup is called on the store's thread when all entries of a group have been made */
    Journal(Store store, Metrics metrics, Runnable endOfGroup) {
        this.store = store;
        this.metrics = metrics;
        this.endOfGroup = endOfGroup;
    }

    /** Takes what somebody else wants written; refuses it, on this thread, if too much waits already, or the disk has failed. */
    void add(Entry entry) {
        if (broken) {
            refuse(entry, HistoryRefusal.FAILED);
        } else if (entries.get() >= WAITING_MAX || bytes.get() + entry.bytes() > WAITING_BYTES_MAX) {
            refuse(entry, HistoryRefusal.BEHIND);
        } else {
            put(entry);
        }
    }

    /** Takes what has to be written, of which there are never many: one for each request that waits, or of the gateway's own. */
    void put(Entry entry) {
        entries.incrementAndGet();
        bytes.addAndGet(entry.bytes());
        waiting.add(entry);
        if (awake.compareAndSet(false, true)) {
            writeWaiting();
        }
    }

    /** By whoever woke it up, and then on the store's thread until nothing waits. */
    private void writeWaiting() {
        boolean handedOver = handOver();
        while (!handedOver && isAwaited()) {
            handedOver = handOver();
        }
    }

    /** Hands the next group to the store, which fills it when its time has come; false if what waits had to be refused. */
    private boolean handOver() {
        if (broken) {
            refuseWaiting(HistoryRefusal.FAILED);
            return false;
        }
        var group = new ArrayList<Entry>();
        StoreException refusal = store.write(() -> onMake(group), failure -> onTold(group, failure));
        if (refusal != null) {
            fail(group, refusal);
        }
        return refusal == null;
    }

    private void onTold(List<Entry> group, @Nullable Throwable failure) {
        if (failure == null) {
            group.forEach(this::onCommitted);
        } else {
            fail(group, failure);
        }
        if (isAwaited()) {
            writeWaiting();
        }
    }

    /** Whether something waits; if not, the next that comes wakes it up. */
    private boolean isAwaited() {
        if (!waiting.isEmpty()) {
            return true;
        }
        awake.set(false);
        return !waiting.isEmpty() && awake.compareAndSet(false, true);
    }

    private void onMake(List<Entry> group) {
        long taken = 0;
        Entry next = waiting.peek();
        while (next != null && group.size() < GROUP_MAX && taken < GROUP_BYTES_MAX) {
            if (next.standsAlone() && !group.isEmpty()) {
                break;
            }
            waiting.remove();
            entries.decrementAndGet();
            bytes.addAndGet(-next.bytes());
            group.add(next);
            taken += next.bytes();
            next.onMake();
            next = next.standsAlone() ? null : waiting.peek();
        }
        endOfGroup.run();
        metrics.increment(Count.HISTORY_COMMITS);
    }

    /** What is on the disk and not in memory would be told to nobody, and known only after a restart. */
    private void onCommitted(Entry entry) {
        try {
            entry.onCommitted();
        } catch (RuntimeException | Error e) {
            broken = true;
            LOG.error(
                    "history on disk and in memory differ; nothing that is to be kept is published until a restart", e);
        }
    }

    private void fail(List<Entry> group, Throwable failure) {
        if (!group.isEmpty() || !store.isUsable()) {
            broken = true;
            LOG.error("history cannot be written; nothing that is to be kept is published until a restart", failure);
        }
        HistoryRefusal reason = broken ? HistoryRefusal.FAILED : HistoryRefusal.BEHIND;
        group.forEach(entry -> refuse(entry, reason));
        refuseWaiting(reason);
    }

    private void refuseWaiting(HistoryRefusal reason) {
        for (Entry entry = waiting.poll(); entry != null; entry = waiting.poll()) {
            entries.decrementAndGet();
            bytes.addAndGet(-entry.bytes());
            refuse(entry, reason);
        }
    }

    private void refuse(Entry entry, HistoryRefusal reason) {
        try {
            entry.refused(refusal(reason));
        } catch (RuntimeException | Error e) {
            LOG.error("a refusal was not told", e);
        }
    }

    private ProtocolException refusal(HistoryRefusal reason) {
        metrics.increment(Count.HISTORY_REFUSED, reason);
        return new ProtocolException(
                ErrorCode.UNAVAILABLE,
                reason == HistoryRefusal.BEHIND
                        ? "the gateway's disk does not keep up; publish again in a moment"
                        : "the gateway's disk has failed, and what this channel publishes is to be kept");
    }

    /** Entries that wait for the disk. */
    int waiting() {
        return entries.get();
    }

    /** Whether nothing can be written any more. */
    boolean isBroken() {
        return broken;
    }
}
