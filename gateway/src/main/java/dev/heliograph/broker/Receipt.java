package dev.heliograph.broker;

import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import org.jspecify.annotations.Nullable;

/**
 * Whoever is told what became of a draft. One of the two is called, once: on the publisher's thread by a broker that needs no network or disk, else later on the
 * broker's. Neither may block.
 */
public interface Receipt {
    /** It has its position, and keeps it: also after a crash, as far as the broker promises that for its channel. */
    void published(Publication publication);

    /** It was not published, or nobody knows; nobody was sent it. */
    void refused(ProtocolException refusal);

    /** What a broker that outlives a restart is to remember together with the publication, in one commit; null: nothing. */
    default @Nullable Memo memo() {
        return null;
    }
}
