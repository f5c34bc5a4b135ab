package dev.heliograph.egress;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;

/** Publications of one channel that were dropped and that the peer has not been told of yet. */
record LostRange(ChannelId channel, long count, Position from, Position to) {
    static LostRange of(Publication publication) {
        return of(Merged.of(publication));
    }

    /** With what was merged into it, since the peer has not been told of that either. */
    static LostRange of(Merged merged) {
        Publication publication = merged.publication();
        return new LostRange(publication.channel(), 1 + merged.skipped(), merged.from(), publication.position());
    }

    boolean isOf(ChannelId other) {
        return channel.equals(other);
    }

    LostRange and(LostRange later) {
        Position oldest = later.from.offset() < from.offset() ? later.from : from;
        return new LostRange(channel, count + later.count, oldest, later.to);
    }

    ServerMessage.Lost message() {
        return new ServerMessage.Lost(channel.name(), count, from, to, "slow_consumer");
    }
}
