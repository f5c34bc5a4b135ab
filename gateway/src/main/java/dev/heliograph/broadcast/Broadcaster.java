package dev.heliograph.broadcast;

import dev.heliograph.broker.BrokerListener;
import dev.heliograph.protocol.message.Publication;

/** Hands each publication to the event loops that have a subscriber, and to no other. Called under the channel's lock. */
public final class Broadcaster implements BrokerListener {
    private final LoopHub[] hubs;

    /** @param hubs by the number of their loop, at most 64; filled before the first subscriber comes */
    public Broadcaster(LoopHub[] hubs) {
        this.hubs = hubs;
    }

    @Override
    public void onPublication(Publication publication, long loops) {
        for (long left = loops; left != 0; left &= left - 1) {
            hubs[Long.numberOfTrailingZeros(left)].deliver(publication);
        }
    }
}
