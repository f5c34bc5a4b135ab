package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.InboundEvent.Content;
import org.jspecify.annotations.Nullable;

/** Makes of name, properties and traits what may be seen, and finds the trace id among the properties. */
final class Redaction implements Step {
    static final String REDACTED = "[redacted]";

    @Override
    public @Nullable DropReason take(Passage passage) {
        Content content = passage.event.content();
        JsonOut out = passage.content;
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
        return null;
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
