package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import dev.heliograph.protocol.segment.Slice;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the source's share of traces; events without a trace are sampled by their person, else one by one. Comes before all that is done to make an event fit
 * to be seen, so it goes by what the producer gave, of which the rest of the way tells nothing apart that this does not.
 */
final class Sampling implements Step {
    @Override
    public @Nullable DropReason take(Passage passage) {
        Sampler sampler = passage.policy.sampler();
        if (sampler.keepsAll()) {
            return null;
        }
        Slice properties = passage.event.content().properties();
        passage.traceId =
                properties == null ? null : passage.policy.properties().captured(properties);
        return sampler.keeps(randomness(passage)) ? null : DropReason.SAMPLED;
    }

    private static long randomness(Passage passage) {
        Pseudonyms pseudonyms = passage.policy.pseudonyms();
        Person person = passage.event.person();
        String trace = passage.givenTrace();
        if (trace != null) {
            return pseudonyms.sample("trace", trace);
        }
        if (person.userId() != null) {
            return pseudonyms.sample("user", person.userId());
        }
        if (person.anonymousId() != null) {
            return pseudonyms.sample("anonymous", person.anonymousId());
        }
        return pseudonyms.sample("message", passage.messageId);
    }
}
