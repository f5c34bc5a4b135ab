package dev.heliograph.protocol.message;

import org.jspecify.annotations.Nullable;

/**
 * Of a publication that is a message of its own in the native protocol, like {@code entity:created} and {@code presence:join}: its name is the message's type,
 * and its data the payload. Made by the gateway's own doors; what a client publishes is always an {@code event}.
 *
 * @param meta what is said beside the payload, an object; null: nothing
 */
public record OwnType(@Nullable RawJson meta) {
    /** Nothing is said beside the payload. */
    public static final OwnType BARE = new OwnType(null);
}
