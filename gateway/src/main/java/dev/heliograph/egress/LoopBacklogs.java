package dev.heliograph.egress;

import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The backlogs of one event loop: spare ones, and the books about those that wait for a slow peer. A peer that gets several channels in one pass has a backlog for
 * some microseconds too, which is not in the books. One thread.
 */
public final class LoopBacklogs {
    /** Most that are kept to be used again. */
    static final int SPARE_MAX = 1_024;

    private final LoopOutflow outflow;
    private final BacklogLedger ledger;
    private final Deque<Backlog> spare = new ArrayDeque<>();

    /** @param ledger of the whole gateway */
    public LoopBacklogs(LoopOutflow outflow, BacklogLedger ledger) {
        this.outflow = outflow;
        this.ledger = ledger;
    }

    LoopOutflow outflow() {
        return outflow;
    }

    Backlog take() {
        Backlog kept = spare.pollLast();
        return kept == null ? new Backlog(this) : kept;
    }

    /** Takes one back; one that has grown large is let go. */
    void giveBack(Backlog backlog) {
        backlog.clear();
        if (spare.size() < SPARE_MAX && backlog.isSmall()) {
            spare.addLast(backlog);
        }
    }

    /** Wires hold so many bytes more, or fewer, of what their peers do not take. */
    public void onHeld(long bytesDelta) {
        outflow.onBacklog(bytesDelta);
        ledger.onOwn(bytesDelta);
    }

    /** A slow peer waits for an image: for its publication, or alone. */
    void onWait(byte[] image, @Nullable Publication publication) {
        outflow.onBacklog(image.length);
        if (publication == null) {
            ledger.onOwn(image.length);
        } else {
            ledger.onWait(publication);
        }
    }

    /** It does no longer. */
    void onRelease(byte[] image, @Nullable Publication publication) {
        outflow.onBacklog(-image.length);
        if (publication == null) {
            ledger.onOwn(-image.length);
        } else {
            ledger.onRelease(publication);
        }
    }
}
