package dev.heliograph.session;

import dev.heliograph.metrics.DisconnectCause;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import io.netty.buffer.ByteBuf;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a client says over its connection, whatever the protocol, and what becomes of the connection. Confined to the connection's event loop. */
public interface Conversation {
    /** A whole text message. */
    void onText(ByteBuf utf8);

    /** A ping of RFC 6455. */
    void onPing(ByteBuf payload);

    /** A pong of RFC 6455. */
    void onPong(ByteBuf payload);

    /** The client has sent its Close, which is answered. */
    void onClose(int code);

    /** Looks at every deadline; called about once a second. */
    void onTick();

    /** The connection is gone. */
    void onGone();

    /**
     * The gateway will stop, and this conversation's turn comes after that time.
     *
     * @return whether the client was told, and may be expected to go by itself then
     */
    default boolean onDrain(long reconnectInMs) {
        return false;
    }

    /** Ends the conversation with a Close frame; a protocol with codes of its own says the nearest. */
    void close(DisconnectCause cause, CloseCode code, String reason);

    /** The name by which the client knows the connection; empty: it has none. */
    default String connectionId() {
        return "";
    }

    /** What an operator may see of it: nothing that was sent, no token. */
    default Map<String, Object> onExplain() {
        return Map.of();
    }

    /**
     * What became of one publication here.
     *
     * @param publication null if it is not in the channel's log any more
     */
    default Map<String, Object> onExplain(ChannelId channel, Position at, @Nullable Publication publication) {
        return Map.of("outcome", "not_subscribed");
    }

    /** Whether the conversation has ended. */
    boolean isClosed();
}
