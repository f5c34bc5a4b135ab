package dev.heliograph.streaming;

import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import dev.heliograph.protocol.message.ServerMessage.JoinResult;
import dev.heliograph.protocol.message.ServerMessage.Joined;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;

/**
 * The native protocol as an event stream: each message is one block with the message as its data. Publications have no name, so that {@code onmessage} takes
 * them, and an id: where the channel stands behind them; nor has the state of a presence channel, whose changes are publications. All other messages are named by their type. Source: docs/PROTOCOL.md, "Server-sent events".
 */
final class EventStreamCodec implements Codec {
    private static final String HEAD = "{\"version\":1,\"type\":\"";

    private final NativeCodec json = new NativeCodec();
    private final Retry retry;

    EventStreamCodec(Retry retry) {
        this.retry = retry;
    }

    /** Nothing comes from the client of an event stream. */
    @Override
    public ClientMessage decode(ByteBuf text) throws DecodeException {
        return json.decode(text);
    }

    @Override
    public byte[] encode(Publication publication) {
        byte[] message = json.encode(publication);
        return new EventWriter(message.length)
                .id(entry(publication))
                .data(message)
                .end();
    }

    static String entry(Publication publication) {
        return Cursor.entry(publication.channel().name(), publication.position());
    }

    @Override
    public byte[] encode(ServerMessage message, long nowMs) {
        return switch (message) {
            case ServerMessage.Ping _ -> new EventWriter(0).comment("ping").end();
            case ServerMessage.Connected _ -> named(new EventWriter(0).retry(retry.ordinaryMs()), message, nowMs);
            case ServerMessage.PresenceSync _ ->
                new EventWriter(0).data(json.encode(message, nowMs)).end();
            case ServerMessage.SubscribedMany many -> named(placed(many), message, nowMs);
            default -> named(new EventWriter(0), message, nowMs);
        };
    }

    /**
     * With an id for each channel that begins at what is live. One that recovers begins where the client's own id says; one that brings the newest first has no place
     * before they have come.
     */
    private static EventWriter placed(ServerMessage.SubscribedMany many) {
        var block = new EventWriter(0);
        for (JoinResult result : many.results()) {
            if (result instanceof Joined joined
                    && !joined.recovered()
                    && joined.granted().last() == 0) {
                block.id(Cursor.entry(joined.channel(), joined.position()));
            }
        }
        return block;
    }

    private byte[] named(EventWriter block, ServerMessage message, long nowMs) {
        byte[] encoded = json.encode(message, nowMs);
        return block.event(type(encoded)).data(encoded).end();
    }

    private static String type(byte[] message) {
        int end = HEAD.length();
        while (message[end] != '"') {
            end++;
        }
        return new String(message, HEAD.length(), end - HEAD.length(), StandardCharsets.US_ASCII);
    }
}
