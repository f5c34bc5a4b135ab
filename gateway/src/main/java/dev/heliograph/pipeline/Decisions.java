package dev.heliograph.pipeline;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the pipeline decided about the last {@value #SIZE} events, found by their producers' message ids, of which only a hash is kept; nothing of what they brought. Any
 * thread, without a lock.
 */
public final class Decisions {
    /** How many decisions are remembered. */
    public static final int SIZE = 8_192;

    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private final AtomicReferenceArray<@Nullable Entry> ring = new AtomicReferenceArray<>(SIZE);
    private final AtomicLong next = new AtomicLong();

    /**
     * One decision.
     *
     * @param outcome {@code published}, {@code refused}, or why it was dropped
     * @param channel where it was published; null if it was not
     */
    public record Decision(
            SourceId source,
            long atMs,
            String outcome,
            @Nullable ChannelId channel,
            @Nullable Position position) {}

    /** One event about which something is going to be decided. */
    record Open(Decisions decisions, String messageId, SourceId source, long atMs) {
        static final String PUBLISHED = "published";
        static final String REFUSED = "refused";

        /** @param publication null: it was not published */
        void note(String outcome, @Nullable Publication publication) {
            decisions.note(
                    messageId,
                    new Decision(
                            source,
                            atMs,
                            outcome,
                            publication == null ? null : publication.channel(),
                            publication == null ? null : publication.position()));
        }
    }

    private record Entry(long idHash, Decision decision) {}

    Open open(Passage passage) {
        String given = passage.event.messageId();
        return new Open(
                this, given == null ? passage.messageId : given, passage.policy.id(), passage.arrival.receivedMs());
    }

    void note(String messageId, Decision decision) {
        int slot = (int) (next.getAndIncrement() & (SIZE - 1));
        ring.setRelease(slot, new Entry(hash(messageId), decision));
    }

    /** Those about events of that id, oldest first as far as they are remembered. */
    public List<Decision> of(String messageId) {
        long hash = hash(messageId);
        long end = next.get();
        var found = new ArrayList<Decision>();
        for (long i = Math.max(0, end - SIZE); i < end; i++) {
            Entry entry = ring.getAcquire((int) (i & (SIZE - 1)));
            if (entry != null && entry.idHash() == hash) {
                found.add(entry.decision());
            }
        }
        return found;
    }

    private static long hash(String text) {
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }
}
