package dev.heliograph.broker;

import dev.heliograph.protocol.message.Publication;

/** Receives what a broker has put in order. */
@FunctionalInterface
public interface BrokerListener {
    /**
     * Called once per publication, in the order of its channel, on the publisher's thread and under the channel's lock: it must only hand over.
     *
     * @param loops the event loops that have a subscriber, one bit each; 0 if none has
     */
    void onPublication(Publication publication, long loops);
}
