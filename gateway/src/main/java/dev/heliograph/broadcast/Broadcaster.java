package dev.heliograph.broadcast;

import dev.heliograph.broker.BrokerListener;
import dev.heliograph.metrics.Usage;
import dev.heliograph.protocol.message.Publication;
import java.util.function.LongSupplier;

/** Hands each publication to the event loops that have a subscriber, and to no other, and counts it. Called under the channel's lock. */
public final class Broadcaster implements BrokerListener {
    private final LoopHub[] hubs;
    private final LongSupplier ticker;
    private final Usage usage;

    /**
     * @param hubs by the number of their loop, at most 64; filled before the first subscriber comes
     * @param ticker stamps what was given its place; monotonic nanoseconds
     */
    public Broadcaster(LoopHub[] hubs, LongSupplier ticker, Usage usage) {
        this.usage = usage;
        this.hubs = hubs;
        this.ticker = ticker;
    }

    @Override
    public void onPublication(Publication publication, long loops) {
        usage.published(publication.channel().workspace());
        publication.sequencedAt(ticker.getAsLong());
        for (long left = loops; left != 0; left &= left - 1) {
            hubs[Long.numberOfTrailingZeros(left)].deliver(publication);
        }
    }
}
