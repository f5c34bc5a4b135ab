package dev.heliograph.session;

import dev.heliograph.broker.Broker;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.presence.PresenceChange;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes what has changed in presence channels on these channels themselves. Where nobody is subscribed nobody misses it: who comes later is told the state. To be
 * called by one thread that holds no lock.
 */
public final class PresencePublisher implements Consumer<PresenceChange> {
    private static final Logger LOG = LoggerFactory.getLogger(PresencePublisher.class);

    private final Broker broker;
    private final Metrics metrics;
    private final LongSupplier ticker;

    /** @param ticker monotonic nanoseconds */
    public PresencePublisher(Broker broker, Metrics metrics, LongSupplier ticker) {
        this.broker = broker;
        this.metrics = metrics;
        this.ticker = ticker;
    }

    @Override
    public void accept(PresenceChange change) {
        if (broker.subscribers(change.channel()) == 0) {
            return;
        }
        try {
            broker.publish(
                    new Draft(
                            change.channel(),
                            change.type(),
                            change.payload(),
                            change.key(),
                            0,
                            ticker.getAsLong(),
                            null,
                            OwnType.BARE),
                    _ -> metrics.increment(Count.PRESENCE_CHANGES));
        } catch (ProtocolException e) {
            LOG.warn("who is in {} is not told: {}", change.channel(), e.getMessage());
        }
    }
}
