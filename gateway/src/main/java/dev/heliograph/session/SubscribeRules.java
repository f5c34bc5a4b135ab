package dev.heliograph.session;

import dev.heliograph.auth.Operation;
import dev.heliograph.auth.Principal;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.SubscribeOptions;

/** What somebody may ask of a channel, by whichever way. Stateless; any thread. */
public final class SubscribeRules {
    /** Presence is told so often at most. */
    private static final int TOLD_PER_SECOND = 2;

    private SubscribeRules() {}

    /**
     * The channel, if it may be subscribed to with these options.
     *
     * @throws ProtocolException if not
     */
    public static ChannelId permitted(
            SessionContext context, Principal principal, String channel, SubscribeOptions options) {
        principal.rows(channel);
        var id = new ChannelId(principal.workspace(), channel);
        if (options.last() > 0) {
            principal.permit(Operation.HISTORY, channel);
        }
        if (id.isPresence()) {
            checkWhole(options);
        }
        if (options.filter() != null) {
            checkFilter(context, id, options.filter());
        }
        return id;
    }

    /** Whoever is told of some changes only, or of some too late, would not know who is there. */
    private static void checkWhole(SubscribeOptions options) {
        boolean slower = options.maxPerSecond() != SubscribeOptions.UNPACED && options.maxPerSecond() < TOLD_PER_SECOND;
        if (slower || options.sampleRate() < 1) {
            throw new ProtocolException(
                    ErrorCode.BAD_MESSAGE,
                    "a presence channel has no sampleRate, and maxPerSecond is at least " + TOLD_PER_SECOND
                            + ": no more is told there anyway");
        }
    }

    private static void checkFilter(SessionContext context, ChannelId channel, Filter filter) {
        for (String path : filter.paths()) {
            if (!context.filterable().test(channel, path)) {
                throw new ProtocolException(
                        ErrorCode.BAD_FILTER, "a filter cannot look at " + path + ", which this channel does not show");
            }
        }
    }
}
