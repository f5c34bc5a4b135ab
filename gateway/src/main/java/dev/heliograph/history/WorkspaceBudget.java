package dev.heliograph.history;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What one workspace may keep, all its channels together, so that no tenant takes the memory of another. Any thread. */
public final class WorkspaceBudget {
    private final long bytesMax;
    private final int channelsMax;
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger channels = new AtomicInteger();

    /**
     * @param bytesMax bytes of history; a channel that publishes beyond gives up its own oldest
     * @param channelsMax channels that exist at once
     */
    public WorkspaceBudget(long bytesMax, int channelsMax) {
        this.bytesMax = bytesMax;
        this.channelsMax = channelsMax;
    }

    void add(long change) {
        bytes.addAndGet(change);
    }

    boolean isExceeded() {
        return bytes.get() > bytesMax;
    }

    /** Counts one more channel; false if there are as many as may be. */
    public boolean openChannel() {
        if (channels.incrementAndGet() <= channelsMax) {
            return true;
        }
        channels.decrementAndGet();
        return false;
    }

    /** Whether there are more than half as many channels as may be. */
    public boolean isCrowded() {
        return channels.get() > channelsMax / 2;
    }

    /** One channel is gone. */
    public void closeChannel() {
        channels.decrementAndGet();
    }

    public int channelsMax() {
        return channelsMax;
    }

    /** Bytes of history kept. */
    public long bytes() {
        return bytes.get();
    }
}
