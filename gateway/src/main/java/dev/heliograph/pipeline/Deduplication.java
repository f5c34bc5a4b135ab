package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
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

    private byte[] hash(SourceId source, String origin, String messageId) {
        MessageDigest digest = Hashes.copy(fresh);
        part(digest, source.workspace());
        part(digest, source.env());
        part(digest, source.name());
        part(digest, origin);
        part(digest, messageId);
        return digest.digest();
    }

    /** Each part goes in with its length, so that two different rows of parts never become the same bytes. */
    private static void part(MessageDigest digest, String part) {
        byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
        digest.update((byte) (utf8.length >> 24));
        digest.update((byte) (utf8.length >> 16));
        digest.update((byte) (utf8.length >> 8));
        digest.update((byte) utf8.length);
        digest.update(utf8);
    }
}
