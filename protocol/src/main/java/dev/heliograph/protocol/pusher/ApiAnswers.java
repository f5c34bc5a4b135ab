package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/**
 * What the HTTP API answers, {@code application/json}, always with status 200: to Pusher's Java SDK any other is a failure. Any thread. Source: HTTP API Reference,
 * "Successful response".
 */
public final class ApiAnswers {
    private static final int LENGTH_EXPECTED = 64;

    private ApiAnswers() {}

    /** An event is published, or a user's connections are closed, and nothing was asked. */
    public static byte[] done() {
        return "{}".getBytes(StandardCharsets.UTF_8);
    }

    /** The channels that an event was published to, if it asked for them, or those that are occupied: an object even if there are none. */
    public static byte[] channels(Map<PusherChannel, ChannelState> channels) {
        var out = new JsonBytes(LENGTH_EXPECTED * (channels.size() + 1)).raw("{\"channels\":{");
        String separator = "";
        for (var entry : channels.entrySet()) {
            out.raw(separator).string(entry.getKey().name()).raw(":{");
            state(out, entry.getValue(), "");
            out.raw("}");
            separator = ",";
        }
        return out.raw("}}").toBytes();
    }

    /** A batch is published of which at least one event asked: its channels, one for each event. */
    public static byte[] batch(List<ChannelState> channels) {
        var out = new JsonBytes(LENGTH_EXPECTED * (channels.size() + 1)).raw("{\"batch\":[");
        String separator = "{";
        for (ChannelState channel : channels) {
            state(out.raw(separator), channel, "");
            out.raw("}");
            separator = ",{";
        }
        return out.raw("]}").toBytes();
    }

    /** @param occupied whether anyone has subscribed to the channel */
    public static byte[] channel(boolean occupied, ChannelState channel) {
        var out = new JsonBytes(LENGTH_EXPECTED * 2).raw("{\"occupied\":").raw(occupied ? "true" : "false");
        state(out, channel, ",");
        return out.raw("}").toBytes();
    }

    /** Who is in a presence channel; ids are strings here, however they were signed, since Pusher's Swift SDK takes nothing else. */
    public static byte[] users(Collection<UserId> users) {
        var out = new JsonBytes(LENGTH_EXPECTED * (users.size() + 1)).raw("{\"users\":[");
        String separator = "{\"id\":";
        for (UserId user : users) {
            out.raw(separator).string(user.text()).raw("}");
            separator = ",{\"id\":";
        }
        return out.raw("]}").toBytes();
    }

    private static void state(JsonBytes out, ChannelState state, String first) {
        String separator = first;
        if (state.userCount() != null) {
            out.raw(separator).raw("\"user_count\":").number(state.userCount());
            separator = ",";
        }
        if (state.subscriptionCount() != null) {
            out.raw(separator).raw("\"subscription_count\":").number(state.subscriptionCount());
            separator = ",";
        }
        switch (state.cache()) {
            case null -> {}
            case ChannelState.Empty _ -> out.raw(separator).raw("\"cache\":null");
            case ChannelState.Kept kept -> {
                out.raw(separator).raw("\"cache\":{\"data\":");
                EventWriter.string(out, kept.data());
                out.raw(",\"ttl\":").number(kept.ttlSeconds()).raw("}");
            }
        }
    }
}
