package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

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

    /**
     * Reads a filter that stands alone.
     *
     * @throws DecodeException if it is not one
     */
    public static Filter filter(String json) throws DecodeException {
        try (JsonParser parser = JsonInput.parser(json.getBytes(StandardCharsets.UTF_8))) {
            parser.nextToken();
            Filter filter = new FilterReader(parser, null).read();
            if (parser.nextToken() == null) {
                return filter;
            }
        } catch (IOException e) {
            throw new DecodeException(ErrorCode.BAD_FILTER, "a filter is JSON", null);
        }
        throw new DecodeException(ErrorCode.BAD_FILTER, "a filter is one object", null);
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
