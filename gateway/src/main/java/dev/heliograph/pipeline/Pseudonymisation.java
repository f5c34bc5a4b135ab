package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import org.jspecify.annotations.Nullable;

/** Finds out what stands for the person and for the trace. */
final class Pseudonymisation implements Step {
    private static final int TRACE_LENGTH_MAX = 128;

    @Override
    public @Nullable DropReason take(Passage passage) {
        Pseudonyms pseudonyms = passage.policy.pseudonyms();
        Person person = passage.event.person();
        if (person.userId() != null) {
            passage.user = pseudonyms.user("user", person.userId());
            passage.subject = pseudonyms.subject(person.userId());
        } else if (person.anonymousId() != null) {
            passage.user = pseudonyms.user("anonymous", person.anonymousId());
        }
        passage.traceId = trace(passage, pseudonyms);
        return null;
    }

    /** The given one, else, where that is allowed, the person. */
    private static @Nullable String trace(Passage passage, Pseudonyms pseudonyms) {
        String own = passage.givenTrace();
        if (own != null) {
            boolean fit = own.length() <= TRACE_LENGTH_MAX && !ValueDetector.isSensitive(own);
            return fit ? own : pseudonyms.trace("trace", own);
        }
        Person person = passage.event.person();
        if (!passage.policy.traceFromUser()) {
            return null;
        }
        if (person.userId() != null) {
            return pseudonyms.trace("user", person.userId());
        }
        return person.anonymousId() == null ? null : pseudonyms.trace("anonymous", person.anonymousId());
    }
}
