package dev.heliograph.protocol.codec;

import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import org.jspecify.annotations.Nullable;

/** What the fan-out says by itself, in one protocol. Stateless; any thread. */
public interface Encoder {
    /** What all subscribers of the channel receive: nothing in it depends on the receiver. */
    byte[] encode(Publication publication);

    /**
     * Tells one subscriber what becomes of its publications.
     *
     * @param nowMs the gateway's time, milliseconds since the epoch
     * @return null: this protocol has no word for it
     */
    byte @Nullable [] notice(ServerMessage.Notice notice, long nowMs);
}
