package dev.heliograph.app;

import dev.heliograph.broadcast.OfChannel;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.protocol.message.ChannelId;
import org.jspecify.annotations.Nullable;

/**
 * One connection's subscription to one channel, with what belongs to it.
 *
 * @param notices its subscription to what is told about the channel; null if nothing is
 * @param member whom the channel's members know the connection as; null if the channel has none
 */
record Membership(
        Subscriber subscriber,
        @Nullable Subscriber notices,
        @Nullable String member) implements OfChannel {
    @Override
    public ChannelId channel() {
        return subscriber.channel();
    }
}
