package dev.heliograph.broker.disk;

import dev.heliograph.broker.Receipt;
import dev.heliograph.broker.memory.HeldChannel;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A publication on its way: to the disk, then to the log in memory and the event loops, and then to whoever waits to be told. */
final class Append implements Entry {
    private static final Logger LOG = LoggerFactory.getLogger(Append.class);
    private static final int OVERHEAD_BYTES = 200;

    private final Draft draft;
    private final Receipt receipt;
    private final HeldChannel channel;
    private final KeptChannels kept;
    private final Memos memos;
    private final InstantSource clock;
    private final String epoch;
    private final byte[] record;
    private long offset;
    private long timestampMs;

    /** @param channel held until the publication has come through */
    Append(Draft draft, Receipt receipt, HeldChannel channel, KeptChannels kept, Memos memos, InstantSource clock) {
        this.draft = draft;
        this.receipt = receipt;
        this.channel = channel;
        this.kept = kept;
        this.memos = memos;
        this.clock = clock;
        this.epoch = channel.top().epoch();
        this.record = PublicationRecord.of(draft, epoch);
    }

    @Override
    public int bytes() {
        return record.length + draft.data().length() + OVERHEAD_BYTES;
    }

    @Override
    public void onMake() {
        timestampMs = clock.millis();
        offset = kept.onChannel(draft.channel(), epoch, channel).onAppend(record, timestampMs);
        memos.onMake(receipt.memo(), new Position(epoch, offset));
    }

    @Override
    public void onCommitted() {
        Publication publication;
        try {
            publication = append();
        } catch (RuntimeException e) {
            receipt.refused(new ProtocolException(ErrorCode.INTERNAL, "it is on the disk, but was told to nobody"));
            throw e;
        } finally {
            channel.release();
        }
        tell(publication);
    }

    private Publication append() {
        Publication publication = channel.append(draft, timestampMs);
        if (publication.offset() != offset) {
            throw new IllegalStateException(publication + " lies on the disk at " + offset);
        }
        return publication;
    }

    /** What a listener does wrong is not to be felt by others. */
    private void tell(Publication publication) {
        try {
            receipt.published(publication);
        } catch (RuntimeException e) {
            LOG.error("{} is published, but whoever published it was not told", publication, e);
        }
    }

    @Override
    public void refused(ProtocolException refusal) {
        channel.release();
        receipt.refused(refusal);
    }
}
