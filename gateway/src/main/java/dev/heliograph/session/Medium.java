package dev.heliograph.session;

import dev.heliograph.protocol.message.CloseCode;
import org.jspecify.annotations.Nullable;

/** What differs between the kinds of connections that a conversation is held over. Stateless; any thread. */
public interface Medium {
    /** What a peer answers by itself, so that it is known to be there; null: such a peer says nothing, and its silence means nothing. */
    byte @Nullable [] ping();

    /** Whether its client does as {@code drain} tells it. */
    boolean heedsDrain();

    /** The last frame of a conversation. */
    byte[] farewell(CloseCode code, String reason);
}
