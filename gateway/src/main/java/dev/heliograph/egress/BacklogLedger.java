package dev.heliograph.egress;

import dev.heliograph.protocol.message.Publication;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * What waits for slow peers in a whole gateway, and how much may: publications, each counted once however many wait for it, and what a single peer waits for.
 * Any thread.
 */
public final class BacklogLedger {
    /** From this part of the bound on no newcomers are let in. */
    private static final double TIGHT = 0.8;

    private final long bytesMax;
    private final AtomicLong shared = new AtomicLong();
    private final AtomicLong own = new AtomicLong();
    private final AtomicLongArray heaviest;

    /** @param bytesMax beyond it, those that hold most have to go */
    public BacklogLedger(long bytesMax, int loops) {
        this.bytesMax = bytesMax;
        this.heaviest = new AtomicLongArray(loops);
    }

    /** One more peer waits for it. */
    void onWait(Publication publication) {
        if (publication.beginsToBeAwaited()) {
            shared.addAndGet(publication.bytes());
        }
    }

    /** One peer less waits for it. */
    void onRelease(Publication publication) {
        if (publication.endsToBeAwaited()) {
            shared.addAndGet(-publication.bytes());
        }
    }

    /** A single peer waits for so much more, or less. */
    void onOwn(long bytesDelta) {
        own.addAndGet(bytesDelta);
    }

    /** Bytes of publications that at least one peer waits for. */
    public long sharedBytes() {
        return shared.get();
    }

    /** Bytes that one peer each waits for. */
    public long ownBytes() {
        return own.get();
    }

    /** Whether more peers would be too many. */
    public boolean isTight() {
        return (double) bytes() > TIGHT * (double) bytesMax;
    }

    /** Whether some have to go. */
    public boolean isOver() {
        return bytes() > bytesMax;
    }

    private long bytes() {
        return shared.get() + own.get();
    }

    /** Notes how much waits for the heaviest peer of a loop; returns how much waits for the heaviest of all. */
    public long heaviest(int loop, long bytes) {
        heaviest.set(loop, bytes);
        long most = bytes;
        for (int i = 0; i < heaviest.length(); i++) {
            most = Math.max(most, heaviest.get(i));
        }
        return most;
    }
}
