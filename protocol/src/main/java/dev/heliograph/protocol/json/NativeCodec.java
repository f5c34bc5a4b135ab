package dev.heliograph.protocol.json;

import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;

/** The native protocol, version 1: one JSON object per text message. Source: docs/PROTOCOL.md. */
public final class NativeCodec implements Codec {
    /** The only version of the protocol there is. */
    static final int VERSION = 1;

    @Override
    public ClientMessage decode(ByteBuf text) throws DecodeException {
        byte[] json = new byte[text.readableBytes()];
        text.readBytes(json);
        return new ClientMessageReader(json).read();
    }

    @Override
    public byte[] encode(ServerMessage message, long nowMs) {
        return ServerMessageWriter.write(message, nowMs);
    }

    @Override
    public byte[] encode(Publication publication) {
        return ServerMessageWriter.event(publication);
    }
}
