package dev.heliograph.pipeline;

import dev.heliograph.broker.Memo;
import dev.heliograph.broker.Receipt;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one event, which is published on one channel or on two: it is accepted when all of it is published, and its message id is new again if not. The id is
 * remembered with the last of its publications, so that a producer that was not answered sends again what is not there. Any thread.
 */
final class Acceptance implements Receipt {
    private final Tally tally;
    private final Decisions.Open decision;
    private final Dedupe dedupe;
    private final boolean reserved;
    private final long idHigh;
    private final long idLow;
    // Under this object's lock:
    private int open;
    private @Nullable RuntimeException failure;

    /** @param publications of the event, on which nothing is known yet */
    Acceptance(Passage passage, Decisions.Open decision, Dedupe dedupe, int publications) {
        this.tally = passage.tally;
        this.decision = decision;
        this.dedupe = dedupe;
        this.reserved = passage.reserved;
        this.idHigh = passage.idHigh;
        this.idLow = passage.idLow;
        this.open = publications;
        tally.begin();
    }

    @Override
    public @Nullable Memo memo() {
        if (!reserved) {
            return null;
        }
        byte[] id = ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(idHigh)
                .putLong(idLow)
                .array();
        return new Memo(Memo.Kind.INGESTED, id);
    }

    /** The receipt of a publication of the event that is not its last. */
    Receipt another() {
        return new Receipt() {
            @Override
            public void published(Publication publication) {
                Acceptance.this.published(publication);
            }

            @Override
            public void refused(ProtocolException refusal) {
                settle(1, refusal);
            }
        };
    }

    @Override
    public void published(Publication publication) {
        decision.note(Decisions.Open.PUBLISHED, publication);
        settle(1, null);
    }

    @Override
    public void refused(ProtocolException refusal) {
        settle(1, refusal);
    }

    /**
     * So many of its publications have not been made, nor will they.
     *
     * @param cause null: it is accepted nevertheless, as what was over the rate is the copy of one that is published
     */
    void failed(int publications, @Nullable RuntimeException cause) {
        settle(publications, cause);
    }

    private void settle(int publications, @Nullable RuntimeException cause) {
        RuntimeException first;
        synchronized (this) {
            open -= publications;
            failure = failure == null ? cause : failure;
            if (open > 0) {
                return;
            }
            first = failure;
        }
        if (first != null) {
            fail(first);
        } else {
            tally.end(null);
        }
    }

    private void fail(RuntimeException cause) {
        if (reserved) {
            dedupe.release(idHigh, idLow);
        }
        if (isOverRate(cause)) {
            decision.note(DropReason.CHANNEL_RATE.label(), null);
            tally.dropped(DropReason.CHANNEL_RATE, 1);
            tally.close();
        } else {
            decision.note(Decisions.Open.REFUSED, null);
            tally.end(cause);
        }
    }

    /** As with a source's own rate, the producer is not told. */
    static boolean isOverRate(RuntimeException failure) {
        return failure instanceof ProtocolException refused && refused.code() == ErrorCode.RATE_LIMITED;
    }
}
