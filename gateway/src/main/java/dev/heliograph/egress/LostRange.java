package dev.heliograph.egress;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;

/** Publications of one channel that were dropped and that the peer has not been told of yet. */
record LostRange(ChannelId channel, long count, Position from, Position to) {
    static LostRange of(Publication publication) {
        return new LostRange(publication.channel(), 1, publication.position(), publication.position());
    }

    boolean isOf(Publication publication) {
        return channel.equals(publication.channel());
    }

    LostRange and(Publication publication) {
        return new LostRange(channel, count + 1, from, publication.position());
    }

    ServerMessage.Lost message() {
        return new ServerMessage.Lost(channel.name(), count, from, to, "slow_consumer");
    }
}
