package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;

/** Bytes to the native messages and back: what one dialect makes of them. Stateless; any thread. */
public interface Codec extends Encoder {
    /**
     * Reads one message.
     *
     * @param text UTF-8, already checked; neither kept nor released
     * @throws DecodeException if it is not a message of this protocol; names what was wrong and what was expected
     */
    ClientMessage decode(ByteBuf text) throws DecodeException;

    /** @param nowMs the gateway's time, milliseconds since the epoch */
    byte[] encode(ServerMessage message, long nowMs);

    @Override
    default byte[] notice(ServerMessage.Notice notice, long nowMs) {
        return encode(notice, nowMs);
    }
}
