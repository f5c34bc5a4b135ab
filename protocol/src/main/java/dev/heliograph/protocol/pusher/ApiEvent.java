package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.RawJson;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An event that an app's server asks to publish.
 *
 * @param name 1 to 200 characters of any kind, but not the beginning of Pusher's own events
 * @param data a JSON string, as its publisher wrote it
 * @param channels 1 to 100, each once; if one of them is encrypted, there is no other
 * @param except the connection that does not receive it; null if all do
 * @param info what is to be answered of each of the channels; empty if nothing
 */
public record ApiEvent(
        String name,
        RawJson data,
        List<PusherChannel> channels,
        @Nullable SocketId except,
        Set<ChannelAttribute> info) {
    public ApiEvent {
        channels = List.copyOf(channels);
        info = Set.copyOf(info);
    }

    /**
     * The data as subscribers of every protocol are to have it: the object or list that the string holds, if it holds one, since that is what its publisher gave to
     * the library that made a string of it; else the string. Pusher's clients receive the same string either way.
     */
    public RawJson content() {
        return JsonFields.held(data);
    }
}
