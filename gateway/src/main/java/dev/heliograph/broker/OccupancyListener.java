package dev.heliograph.broker;

import dev.heliograph.protocol.message.ChannelId;

/** Learns how many subscribers channels have. */
@FunctionalInterface
public interface OccupancyListener {
    /**
     * Called for each that comes or leaves, in order, under the channel's lock: it must only hand over.
     *
     * @param subscribers how many there are now
     * @param change 1 or -1
     */
    void onSubscribers(ChannelId channel, int subscribers, int change);
}
