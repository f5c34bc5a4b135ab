package dev.heliograph.streaming;

import dev.heliograph.protocol.codec.Codec;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event stream with the names of Dazzle's: {@code connected}, {@code heartbeat}, and each publication by its name with dots for colons, {@code entity.created}.
 * What Dazzle has no name for is as in {@link EventStreamCodec}. Source: docs/PROTOCOL.md, "Dazzle's names".
 */
final class DazzleStreamCodec implements Codec {
    private static final String ENTITY = "entity:";

    private final EventStreamCodec others;
    private final Retry retry;

    DazzleStreamCodec(EventStreamCodec others, Retry retry) {
        this.others = others;
        this.retry = retry;
    }

    @Override
    public ClientMessage decode(ByteBuf text) throws DecodeException {
        return others.decode(text);
    }

    @Override
    public byte[] encode(Publication publication) {
        var data = new JsonBytes(publication.data().length() + 256);
        String channel = publication.channel().name();
        data.raw("{\"entity\":").stringOrNull(entity(channel));
        data.raw(",\"channel\":").string(channel);
        data.raw(",\"data\":").raw(publication.data());
        OwnType ownType = publication.ownType();
        if (ownType != null && ownType.meta() != null) {
            data.raw(",\"meta\":").raw(ownType.meta());
        }
        byte[] json = data.raw('}').toBytes();
        return new EventWriter(json.length)
                .id(EventStreamCodec.entry(publication))
                .event(publication.name().replace(':', '.'))
                .data(json)
                .end();
    }

    /** Of {@code entity:Task} and {@code entity:Task:42}: Task. */
    private static @Nullable String entity(String channel) {
        if (!channel.startsWith(ENTITY)) {
            return null;
        }
        int end = channel.indexOf(':', ENTITY.length());
        return channel.substring(ENTITY.length(), end < 0 ? channel.length() : end);
    }

    @Override
    public byte[] encode(ServerMessage message, long nowMs) {
        return switch (message) {
            case ServerMessage.Ping _ -> heartbeat(nowMs);
            case ServerMessage.Connected connected -> connected(connected);
            default -> others.encode(message, nowMs);
        };
    }

    private static byte[] heartbeat(long nowMs) {
        return new EventWriter(64)
                .event("heartbeat")
                .data("{\"timestamp\":\"" + Instant.ofEpochMilli(nowMs) + "\"}")
                .end();
    }

    private byte[] connected(ServerMessage.Connected connected) {
        return new EventWriter(64)
                .event("connected")
                .retry(retry.ordinaryMs())
                .data("{\"subscription_id\":\"" + connected.connectionId() + "\"}")
                .end();
    }
}
