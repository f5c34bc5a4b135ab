package dev.heliograph.protocol.pusher;

import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.RawJson;
import org.jspecify.annotations.Nullable;

/** What an event looks like to all who receive it: {@code {"event", "channel", "data"}}. Data comes in as bytes and leaves as bytes. */
final class EventWriter {
    /** All of a frame but its event, channel and data, with what escaping makes of a few characters. */
    private static final int FRAME_LENGTH_EXPECTED = 64;

    private EventWriter() {}

    /**
     * An event that was published by an API. Its data is a string to every client: a publisher that speaks Pusher's API has sent one, and its literal passes as
     * it is; other JSON becomes a string that holds it, as Pusher's server SDKs would have made of it.
     */
    static byte[] published(String channel, String event, RawJson data) {
        // in an object, about every eighth byte is a quote that is to be escaped
        var out = open(channel, event, data.length() + data.length() / 8);
        return string(out, data).raw("}").toBytes();
    }

    /** A string as it is, any other JSON as a string that holds it. */
    static JsonBytes string(JsonBytes out, RawJson data) {
        return JsonFields.isString(data) ? out.raw(data) : out.quoted(data.utf8());
    }

    /**
     * An event of a client, whose data stays as it was.
     *
     * @param user of the sender, on a presence channel: always a string, since Pusher's Swift client takes no number here
     */
    static byte[] byClient(String channel, String event, RawJson data, @Nullable String user) {
        var out = open(channel, event, data.length());
        out.raw(data);
        if (user != null) {
            out.raw(",\"user_id\":").string(user);
        }
        return out.raw("}").toBytes();
    }

    private static JsonBytes open(String channel, String event, int dataLength) {
        return new JsonBytes(dataLength + channel.length() + event.length() + FRAME_LENGTH_EXPECTED)
                .raw("{\"event\":")
                .string(event)
                .raw(",\"channel\":")
                .string(channel)
                .raw(",\"data\":");
    }
}
