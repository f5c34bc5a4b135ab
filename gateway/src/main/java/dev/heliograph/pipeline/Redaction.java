package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.segment.InboundEvent.Content;
import org.jspecify.annotations.Nullable;

/** Makes of name, message id, properties and traits what may be seen, and finds the trace id among the properties. */
final class Redaction implements Step {
    private static final String REDACTED = "[redacted]";
    private static final int MESSAGE_ID_LENGTH_MAX = 100;

    @Override
    public @Nullable DropReason take(Passage passage) {
        Content content = passage.event.content();
        JsonBytes out = passage.content;
        out.cut(0);
        if (content.properties() != null) {
            passage.traceId = passage.policy.properties().copy(content.properties(), out, passage.tally);
        }
        passage.propertiesEnd = out.length();
        if (content.traits() != null) {
            passage.policy.traits().copy(content.traits(), out, passage.tally);
        }
        passage.traitsEnd = out.length();
        passage.eventName = shown(passage.event.names().display(), passage.tally);
        passage.messageId = shownId(passage);
        return null;
    }

    /** The first characters of a long id; a hash of one that holds something personal. */
    private static String shownId(Passage passage) {
        String id = passage.messageId;
        if (ValueDetector.isSensitive(id)) {
            return "h_" + Hashes.base32(passage.idHigh, passage.idLow);
        }
        return id.length() <= MESSAGE_ID_LENGTH_MAX ? id : id.substring(0, MESSAGE_ID_LENGTH_MAX);
    }

    private static String shown(String name, Tally tally) {
        String cut = Urls.withoutQueries(name);
        if (ValueDetector.isSensitive(cut)) {
            tally.redacted(1);
            return REDACTED;
        }
        return cut;
    }
}
