package dev.heliograph.protocol.pusher;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an app's server asks the HTTP API about channels.
 *
 * @param prefix of the names of the channels that are asked about; null for all
 * @param info what is to be told of each
 */
public record ChannelQuery(@Nullable String prefix, Set<ChannelAttribute> info) {
    private static final List<ChannelAttribute> OF_MANY = List.of(ChannelAttribute.USER_COUNT);
    private static final List<ChannelAttribute> OF_ONE = List.of(ChannelAttribute.values());

    public ChannelQuery {
        info = Set.copyOf(info);
    }

    /** {@code GET /apps/{id}/channels?filter_by_prefix=&info=}. */
    public static ChannelQuery channels(QueryParameters query) throws ApiException {
        String prefix = query.value("filter_by_prefix");
        Set<ChannelAttribute> info = ChannelAttribute.parse(query.value("info"), OF_MANY);
        if (info.contains(ChannelAttribute.USER_COUNT) && (prefix == null || !prefix.startsWith("presence-"))) {
            // the misspelling is the service's, and a test of Pusher's compares it
            throw ApiException.badRequest("user_count may only be requested for presence channels - please supply"
                    + " filter_by_prefix begining with presence-");
        }
        return new ChannelQuery(prefix, info);
    }

    /** {@code GET /apps/{id}/channels/{channel}?info=}: what is to be told of that channel. */
    public static Set<ChannelAttribute> channel(PusherChannel channel, QueryParameters query) throws ApiException {
        Set<ChannelAttribute> info = ChannelAttribute.parse(query.value("info"), OF_ONE);
        if (info.contains(ChannelAttribute.USER_COUNT) && channel.kind() != PusherChannel.Kind.PRESENCE) {
            throw ApiException.badRequest("Cannot retrieve the user count unless the channel is a presence channel");
        }
        if (info.contains(ChannelAttribute.CACHE) && !channel.isCache()) {
            throw ApiException.badRequest("Cannot retrieve the cache unless the channel is a cache channel");
        }
        return info;
    }

    /** {@code GET /apps/{id}/channels/{channel}/users}: lets pass only a channel that has users. */
    public static void checkUsers(PusherChannel channel) throws ApiException {
        if (channel.kind() != PusherChannel.Kind.PRESENCE) {
            throw ApiException.badRequest("Users can only be retrieved for presence channels");
        }
    }

    /** The channel of a request's path, decoded. */
    public static PusherChannel named(String name, PusherLimits limits) throws ApiException {
        PusherChannel channel = PusherChannel.parse(name, limits.channelLengthMax());
        if (channel == null) {
            throw ApiException.badRequest(PusherChannel.fault(name, limits.channelLengthMax()));
        }
        return channel;
    }
}
