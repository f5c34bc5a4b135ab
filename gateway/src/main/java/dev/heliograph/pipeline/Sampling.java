package dev.heliograph.pipeline;

import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.segment.InboundEvent.Person;
import org.jspecify.annotations.Nullable;

/** Keeps the source's share of traces; events without a trace are sampled by their person, else one by one. */
final class Sampling implements Step {
    @Override
    public @Nullable DropReason take(Passage passage) {
        Sampler sampler = passage.policy.sampler();
        return sampler.keepsAll() || sampler.keeps(randomness(passage)) ? null : DropReason.SAMPLED;
    }

    private static long randomness(Passage passage) {
        Pseudonyms pseudonyms = passage.policy.pseudonyms();
        Person person = passage.event.person();
        if (passage.traceId != null) {
            return pseudonyms.sample("trace", passage.traceId);
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
