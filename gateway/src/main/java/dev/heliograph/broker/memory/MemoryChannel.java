package dev.heliograph.broker.memory;

import dev.heliograph.broker.BrokerListener;
import dev.heliograph.broker.OccupancyListener;
import dev.heliograph.history.ChannelLog;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One channel's order. Its lock is held to append and to hand over, well under a microsecond. A retired channel refuses everything by returning null or
 * false; the caller then asks the broker for the channel's successor, whose log has another epoch.
 */
final class MemoryChannel implements HeldChannel {
    private final ChannelLog log;
    private final BrokerListener listener;
    private final boolean retains;
    private volatile long loops;
    private volatile int subscribers;
    private long usedMs;
    /** How many have work for it under way. */
    private int holds;

    private boolean retired;

    MemoryChannel(ChannelLog log, boolean retains, BrokerListener listener, long nowMs) {
        this.log = log;
        this.retains = retains;
        this.listener = listener;
        this.usedMs = nowMs;
    }

    synchronized @Nullable Publication publish(Draft draft, long nowMs) {
        if (retired) {
            return null;
        }
        usedMs = nowMs;
        Publication publication = log.append(draft, nowMs);
        listener.onPublication(publication, loops);
        return publication;
    }

    synchronized @Nullable HistoryPage read(@Nullable Position after, int limit, long nowMs) {
        if (retired) {
            return null;
        }
        usedMs = nowMs;
        return log.read(after, limit, nowMs);
    }

    synchronized @Nullable Publication kept(long nowMs) {
        return log.kept(nowMs);
    }

    /** False if retired. */
    synchronized boolean join(ChannelId id, int loop, boolean first, OccupancyListener watcher) {
        if (retired) {
            return false;
        }
        if (first) {
            loops |= 1L << loop;
        }
        watcher.onSubscribers(id, ++subscribers, 1);
        return true;
    }

    synchronized void leave(ChannelId id, int loop, boolean last, long nowMs, OccupancyListener watcher) {
        if (last) {
            loops &= ~(1L << loop);
        }
        usedMs = nowMs;
        watcher.onSubscribers(id, --subscribers, -1);
    }

    int subscribers() {
        return subscribers;
    }

    /** Whether a publication would be noticed; may be asked without the lock. */
    boolean wanted() {
        return retains || loops != 0;
    }

    boolean occupied() {
        return loops != 0;
    }

    /** False if retired. */
    synchronized boolean hold() {
        if (!retired) {
            holds++;
        }
        return !retired;
    }

    @Override
    public synchronized void release() {
        holds--;
    }

    @Override
    public synchronized Publication append(Draft draft, long nowMs) {
        Publication publication = publish(draft, nowMs);
        if (publication == null) {
            throw new IllegalStateException("a channel was given up while it was held: " + draft.channel());
        }
        return publication;
    }

    @Override
    public synchronized Position top() {
        return log.top();
    }

    @Override
    public synchronized long first() {
        return log.first();
    }

    @Override
    public synchronized long beside() {
        return log.beside();
    }

    @Override
    public synchronized void restore(Publication publication, long nowMs) {
        log.restore(publication, nowMs);
    }

    @Override
    public synchronized void restoreRemoved(long offset, boolean ofServer, long nowMs) {
        log.restoreRemoved(offset, ofServer, nowMs);
    }

    @Override
    public synchronized int purge(long subject, Consumer<Publication> gone) {
        return log.purge(subject, gone);
    }

    /** Drops what is too old, and retires the channel if it is empty and has not been used for {@code idleMs}. */
    synchronized boolean retireIfIdle(long nowMs, long idleMs) {
        if (!retired) {
            log.expire(nowMs);
            retired = loops == 0 && holds == 0 && log.isEmpty() && nowMs - usedMs > idleMs;
        }
        return retired;
    }
}
