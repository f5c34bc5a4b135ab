package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.codec.Utf8Check;
import dev.heliograph.protocol.message.JsonBytes;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what an app's server posts to the HTTP API in order to publish. Each reading is a pure function of body and query string, to be done when the
 * {@link ApiSignature} holds. Any thread. Source: HTTP API Reference, "Events".
 */
public final class EventBodies {
    /** Most channels of one event. */
    public static final int CHANNELS_MAX = 100;
    /** Most events of one batch. */
    public static final int BATCH_MAX = 10;

    private static final List<ChannelAttribute> ATTRIBUTES =
            List.of(ChannelAttribute.USER_COUNT, ChannelAttribute.SUBSCRIPTION_COUNT);

    private final PusherLimits limits;

    public EventBodies(PusherLimits limits) {
        this.limits = limits;
    }

    /** {@code POST /apps/{id}/events}: {@code {"name", "data", "channel" or "channels", "socket_id", "info"}}; what the body lacks may stand in the query. */
    public ApiEvent event(byte[] body, QueryParameters query) throws ApiException {
        EventFields fields =
                body.length == 0 ? new EventFields() : read(body, parser -> EventFields.read(parser, body));
        fields.complete(query);
        return toEvent(fields, channels(fields));
    }

    /** {@code POST /apps/{id}/batch_events}: {@code {"batch": [{"name", "data", "channel", "socket_id", "info"}, …]}}. */
    public List<ApiEvent> batch(byte[] body) throws ApiException {
        List<EventFields> events = EventBodies.<@Nullable List<EventFields>>read(body, parser -> {
            List<EventFields> batch = null;
            for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
                if (field.equals("batch")) {
                    batch = batch(parser, body);
                } else {
                    parser.skipChildren();
                }
            }
            return batch;
        });
        if (events == null) {
            throw ApiException.missing("batch");
        }
        var batch = new ArrayList<ApiEvent>(events.size());
        for (EventFields fields : events) {
            batch.add(toEvent(fields, List.of(ChannelQuery.named(required(fields.channel, "channel"), limits))));
        }
        return batch;
    }

    /** {@code POST /apps/{id}/channels/{channel}/events}, which Pusher deprecates: the body is the data, the query string tells the rest. */
    public ApiEvent legacyEvent(String channel, byte[] body, QueryParameters query) throws ApiException {
        checkUtf8(body);
        var fields = new EventFields();
        fields.name = query.value("name");
        fields.socketId = query.value("socket_id");
        fields.data =
                new JsonBytes(body.length + body.length / 8 + 16).quoted(body).toJson();
        return toEvent(fields, List.of(ChannelQuery.named(channel, limits)));
    }

    private static List<EventFields> batch(JsonParser parser, byte[] body) throws IOException, ApiException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.badRequest("Invalid parameter batch: expected a list of events");
        }
        var events = new ArrayList<EventFields>();
        int count = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (++count > BATCH_MAX) {
                parser.skipChildren();
                continue;
            }
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw ApiException.badRequest("Invalid parameter batch: expected a list of events, which are objects");
            }
            events.add(EventFields.read(parser, body));
        }
        if (count > BATCH_MAX) {
            throw ApiException.badRequest("Batch too large (" + count + " > " + BATCH_MAX + ")");
        }
        return events;
    }

    @FunctionalInterface
    private interface Reading<T extends @Nullable Object> {
        /** @param parser stands on the opening brace; is to be left on the closing one */
        T read(JsonParser parser) throws IOException, ApiException;
    }

    private static <T extends @Nullable Object> T read(byte[] body, Reading<T> reading) throws ApiException {
        checkUtf8(body);
        try (JsonParser parser = JsonInput.parser(body)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw ApiException.badRequest("Invalid body, expected a JSON object");
            }
            T result = reading.read(parser);
            if (parser.nextToken() != null) {
                throw ApiException.badRequest("Invalid body, expected one JSON object, but more follows it");
            }
            return result;
        } catch (JsonProcessingException e) {
            throw ApiException.badRequest("Invalid JSON in the body: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw ApiException.badRequest("Unreadable body: " + e.getMessage());
        }
    }

    private static void checkUtf8(byte[] body) throws ApiException {
        if (!Utf8Check.isWhole(Unpooled.wrappedBuffer(body))) {
            throw ApiException.badRequest("Invalid body, expected UTF-8");
        }
    }

    private ApiEvent toEvent(EventFields fields, List<PusherChannel> channels) throws ApiException {
        String name = required(fields.name, "name");
        checkName(name);
        if (fields.data == null) {
            throw ApiException.missing("data");
        }
        if (JsonFields.dataBytes(fields.data) > limits.dataBytesMax()) {
            throw new ApiException(ApiException.TOO_LARGE, limits.dataTooLarge());
        }
        Set<ChannelAttribute> info = ChannelAttribute.parse(fields.info, ATTRIBUTES);
        return new ApiEvent(name, fields.data, channels, socketId(fields.socketId), info);
    }

    /** Pusher's page asks for letters, digits, dash and underscore; its service does not, and Laravel publishes names with backslashes. */
    private static void checkName(String name) throws ApiException {
        if (name.length() > PusherLimits.EVENT_NAME_LENGTH_MAX) {
            throw ApiException.badRequest(PusherLimits.eventNameTooLong(name));
        }
        if (name.startsWith("pusher:") || name.startsWith("pusher_internal:")) {
            throw ApiException.badRequest("Invalid event name: '" + Cited.shortly(name)
                    + "', expected none that begins with pusher: or pusher_internal:");
        }
    }

    private List<PusherChannel> channels(EventFields fields) throws ApiException {
        if (fields.channels == null) {
            return List.of(ChannelQuery.named(required(fields.channel, "channel"), limits));
        }
        if (fields.channel != null) {
            throw ApiException.badRequest("Invalid parameters, expected either channel or channels");
        }
        int count = fields.channels.size();
        if (count == 0) {
            throw ApiException.missing("channels");
        }
        if (count > CHANNELS_MAX) {
            throw ApiException.badRequest("Too many channels (" + count + " > " + CHANNELS_MAX + ")");
        }
        var channels = new LinkedHashSet<PusherChannel>();
        for (String name : fields.channels) {
            channels.add(ChannelQuery.named(name, limits));
        }
        boolean encrypted = channels.stream().anyMatch(channel -> channel.kind() == PusherChannel.Kind.ENCRYPTED);
        if (encrypted && channels.size() > 1) {
            throw ApiException.badRequest("You cannot trigger to multiple channels when using encrypted channels");
        }
        return List.copyOf(channels);
    }

    private static @Nullable SocketId socketId(@Nullable String text) throws ApiException {
        if (text == null) {
            return null;
        }
        SocketId id = SocketId.parse(text);
        if (id == null) {
            throw ApiException.badRequest(SocketId.fault(text));
        }
        return id;
    }

    private static String required(@Nullable String value, String name) throws ApiException {
        if (value == null || value.isEmpty()) {
            throw ApiException.missing(name);
        }
        return value;
    }
}
