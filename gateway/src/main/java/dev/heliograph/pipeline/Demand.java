package dev.heliograph.pipeline;

import dev.heliograph.broker.Broker;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.protocol.message.ChannelId;
import org.jspecify.annotations.Nullable;

/** Ends the way of events that nobody would notice, before any of the work that would make them fit to be seen. */
final class Demand implements Step {
    private final Broker broker;

    Demand(Broker broker) {
        this.broker = broker;
    }

    @Override
    public @Nullable DropReason take(Passage passage) {
        ChannelId identified = passage.policy.identified();
        passage.wanted = broker.wanted(passage.policy.channel());
        passage.identifiedWanted = identified != null && broker.wanted(identified);
        return passage.wanted || passage.identifiedWanted ? null : DropReason.UNWATCHED;
    }
}
