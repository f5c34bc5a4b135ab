package dev.heliograph.session;

import dev.heliograph.broadcast.OfChannel;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.presence.Visit;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/**
 * That one connection has joined a presence channel. Without a sign of life it counts as absent, and is present again with the next. Confined to the connection's
 * event loop.
 */
final class Stay implements OfChannel {
    private final ChannelId channel;
    /** What this connection has said of its user, for when it is present again. */
    @Nullable
    RawJson metadata;
    /** Null: absent. */
    @Nullable
    Visit visit;
    /** When the client last said that its user is here. */
    long saidNanos;
    /** The client sends heartbeats, so nothing else shows that its user is here. */
    boolean beats;
    /** The subscription that came with joining; null: none did. */
    @Nullable
    Subscriber watching;

    Stay(ChannelId channel, Visit visit, long nowNanos) {
        this.channel = channel;
        this.visit = visit;
        this.saidNanos = nowNanos;
    }

    @Override
    public ChannelId channel() {
        return channel;
    }

    /** Since when there has been no sign of life. */
    long silentSinceNanos(long heardNanos) {
        return beats || heardNanos - saidNanos < 0 ? saidNanos : heardNanos;
    }
}
