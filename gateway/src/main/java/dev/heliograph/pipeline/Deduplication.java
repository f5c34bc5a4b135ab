package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Drops an event whose message id this source has sent before. Ids are told apart within a workspace and source, so that nobody can suppress another's
 * events by guessing. An event without an id is given one and is always new.
 */
final class Deduplication implements Step {
    private final Dedupe dedupe;
    private final Supplier<String> ids;
    private final MessageDigest fresh = Hashes.sha256();

    /** @param ids makes ids that are unique */
    Deduplication(Dedupe dedupe, Supplier<String> ids) {
        this.dedupe = dedupe;
        this.ids = ids;
    }

    @Override
    public @Nullable DropReason take(Passage passage) {
        String messageId = passage.event.messageId();
        if (messageId == null) {
            passage.messageId = "gw-" + ids.get();
            return null;
        }
        byte[] hash = hash(passage.policy.id(), passage.event.context().origin(), messageId);
        passage.idHigh = Hashes.longAt(hash, 0);
        passage.idLow = Hashes.longAt(hash, Long.BYTES);
        passage.reserved = dedupe.reserve(passage.idHigh, passage.idLow);
        passage.messageId = messageId;
        return passage.reserved ? null : DropReason.DUPLICATE;
    }

    /** Each part goes in with its length, so that two different rows of parts never become the same bytes. */
    private byte[] hash(SourceId source, String origin, String messageId) {
        byte[][] parts = {
            utf8(source.workspace()), utf8(source.env()), utf8(source.name()), utf8(origin), utf8(messageId)
        };
        int length = 0;
        for (byte[] part : parts) {
            length += Integer.BYTES + part.length;
        }
        var row = ByteBuffer.allocate(length);
        for (byte[] part : parts) {
            row.putInt(part.length).put(part);
        }
        return Hashes.copy(fresh).digest(row.array());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
