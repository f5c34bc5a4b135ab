package dev.heliograph.broadcast;

import dev.heliograph.protocol.message.ChannelId;

/** What one connection has in one channel. */
public interface OfChannel {
    ChannelId channel();
}
