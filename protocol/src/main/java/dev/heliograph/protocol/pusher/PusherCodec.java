package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.codec.Encoder;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/**
 * Pusher's protocol, versions 5 to 7, between which nothing in these messages differs: one JSON object per text message. Stateless; any thread. Source: Pusher
 * Channels Protocol.
 */
public final class PusherCodec implements Encoder {
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

    /**
     * What all subscribers of the channel receive. Of what a server has published, data that is a string is passed on as it is, other data as a string that holds
     * it; of what a client has, data as it was. What is brought by a {@link NoticeChannel} is a message already.
     */
    @Override
    public byte[] encode(Publication publication) {
        if (NoticeChannel.isOne(publication.channel())) {
            return publication.data().utf8();
        }
        Sender sender = publication.sender();
        return sender != null && sender.client()
                ? EventWriter.byClient(
                        publication.channel().name(), publication.name(), publication.data(), sender.user())
                : EventWriter.published(publication.channel().name(), publication.name(), publication.data());
    }

    /** There is no such message: clients expect to get everything, or to be disconnected. */
    @Override
    public byte @Nullable [] notice(ServerMessage.Notice notice, long nowMs) {
        return null;
    }
}
