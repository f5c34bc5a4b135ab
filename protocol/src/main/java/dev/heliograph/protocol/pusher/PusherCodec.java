package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Pusher's protocol, versions 5 to 7, between which nothing in these messages differs: one JSON object per text message. Stateless; any thread. Source: Pusher
 * Channels Protocol.
 */
public final class PusherCodec {
    private final PusherLimits limits;

    public PusherCodec(PusherLimits limits) {
        this.limits = limits;
    }

    /**
     * Reads one message.
     *
     * @param text UTF-8, already checked; neither kept nor released
     * @throws PusherException if it is not a message of this protocol
     */
    public PusherClientMessage decode(ByteBuf text) throws PusherException {
        byte[] json = new byte[text.readableBytes()];
        text.readBytes(json);
        return new ClientMessageReader(json, limits).read();
    }

    public byte[] encode(PusherServerMessage message) {
        return ServerMessageWriter.write(message);
    }

    /** What all subscribers of the channel receive. Data that is a string is passed on as it is, other data as a string that holds it. */
    public byte[] encode(Publication publication) {
        return EventWriter.published(publication.channel().name(), publication.name(), publication.data());
    }

    /** The same for an event that is no publication, because its channel keeps none: one that is addressed to a user. */
    public byte[] encode(PusherChannel channel, String event, RawJson data) {
        return EventWriter.published(channel.name(), event, data);
    }

    /**
     * What the other subscribers of the channel receive when a client publishes there: data as it was, a string or not.
     *
     * @param user whom the sender is known as on a presence channel; null on every other
     */
    public byte[] encode(ClientEvent event, @Nullable UserId user) {
        return EventWriter.byClient(event, user);
    }
}
