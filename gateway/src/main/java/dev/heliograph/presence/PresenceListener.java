package dev.heliograph.presence;

import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Position;
import org.jspecify.annotations.Nullable;

/**
 * Tells on who comes and goes. Called in order, under the lock of the channel's roster: it must only hand over.
 *
 * @param <M> what is known of a member
 */
public interface PresenceListener<M> {
    /**
     * The first connection of a member has come.
     *
     * @return where in the stream of what is told this stands: who learns the members now needs only what follows
     */
    Position onAdded(ChannelId channel, M member);

    /**
     * The last connection of a member has left, and none has come back in time.
     *
     * @return null if nobody is there to be told
     */
    @Nullable
    Position onRemoved(ChannelId channel, M member);

    /** The member has a connection now, and had none; after {@link #onAdded} if it is new. */
    void onPresent(ChannelId channel, M member);

    /** The member has no connection any more: it may come back before {@link #onRemoved}. */
    void onAbsent(ChannelId channel, M member);
}
