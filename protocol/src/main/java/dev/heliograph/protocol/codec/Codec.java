package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;

/** Bytes to messages and back: what one protocol (or one dialect of it) makes of them. Stateless; any thread. */
public interface Codec {
    /**
     * Reads one message.
     *
     * @param text UTF-8, already checked; neither kept nor released
     * @throws DecodeException if it is not a message of this protocol; names what was wrong and what was expected
     */
    ClientMessage decode(ByteBuf text) throws DecodeException;

    /** @param nowMs the gateway's time, milliseconds since the epoch */
    byte[] encode(ServerMessage message, long nowMs);

    /** What all subscribers of the channel receive: nothing in it depends on the receiver. */
    byte[] encode(Publication publication);
}
