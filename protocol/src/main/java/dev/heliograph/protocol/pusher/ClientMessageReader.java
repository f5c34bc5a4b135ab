package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.pusher.PusherClientMessage.ClientEvent;
import dev.heliograph.protocol.pusher.PusherClientMessage.Ping;
import dev.heliograph.protocol.pusher.PusherClientMessage.Pong;
import dev.heliograph.protocol.pusher.PusherClientMessage.Signin;
import dev.heliograph.protocol.pusher.PusherClientMessage.Subscribe;
import dev.heliograph.protocol.pusher.PusherClientMessage.Unsubscribe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads one message of a client: first the envelope, in whatever order its fields come, then the data as its event asks. Data of Pusher's own events is an
 * object, or a string that holds one; some libraries send this, some that. Fields it does not know are skipped. One thread.
 */
final class ClientMessageReader {
    private static final String CLIENT_EVENT_PREFIX = "client-";

    private final byte[] json;
    private final PusherLimits limits;
    private @Nullable String event;
    private @Nullable String channel;
    private @Nullable RawJson data;

    ClientMessageReader(byte[] json, PusherLimits limits) {
        this.json = json;
        this.limits = limits;
    }

    PusherClientMessage read() throws PusherException {
        try {
            envelope();
            return message();
        } catch (JsonProcessingException e) {
            throw new PusherException("Invalid JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw new PusherException("Unreadable message: " + e.getMessage());
        }
    }

    private void envelope() throws IOException, PusherException {
        try (JsonParser parser = JsonInput.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new PusherException("Invalid message: expected a JSON object with an \"event\"");
            }
            for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
                switch (field) {
                    case "event" -> event = text(parser, field);
                    case "channel" -> channel = text(parser, field);
                    case "data" -> data = JsonInput.cut(parser, json);
                    default -> parser.skipChildren();
                }
            }
            if (parser.nextToken() != null) {
                throw new PusherException("Invalid message: expected one JSON object, but more follows it");
            }
        }
    }

    private PusherClientMessage message() throws IOException, PusherException {
        if (event == null) {
            throw new PusherException("Invalid message: expected an \"event\"");
        }
        if (event.startsWith(CLIENT_EVENT_PREFIX)) {
            return clientEvent(event);
        }
        return switch (event) {
            case "pusher:subscribe" -> subscribe(new Fields());
            case "pusher:unsubscribe" -> new Unsubscribe(channel(required(new Fields().channel, "channel")));
            case "pusher:signin" -> signin(new Fields());
            case "pusher:ping" -> new Ping();
            case "pusher:pong" -> new Pong();
            default ->
                throw new PusherException("Unsupported event received on socket: " + Cited.shortly(event)
                        + " (supported: pusher:subscribe, pusher:unsubscribe, pusher:signin, pusher:ping, pusher:pong, "
                        + CLIENT_EVENT_PREFIX + "…)");
        };
    }

    private Subscribe subscribe(Fields fields) throws PusherException {
        String name = required(fields.channel, "channel");
        PusherChannel named = PusherChannel.parse(name, limits.channelLengthMax());
        if (named == null) {
            throw PusherException.noChannel(Cited.signed(name), PusherChannel.fault(name, limits.channelLengthMax()));
        }
        return new Subscribe(named, present(fields.auth), whole(present(fields.channelData), "channel_data"));
    }

    private Signin signin(Fields fields) throws PusherException {
        String auth = required(fields.auth, "auth");
        String userData = required(fields.userData, "user_data");
        return new Signin(auth, required(whole(userData, "user_data"), "user_data"));
    }

    private ClientEvent clientEvent(String name) throws PusherException {
        if (channel == null || data == null) {
            throw new PusherException("Invalid client event (must contain channel and data)");
        }
        PusherChannel named = channel(channel);
        if (!named.isSigned()) {
            throw new PusherException("Client event rejected - only supported on private and presence channels");
        }
        if (name.length() > PusherLimits.EVENT_NAME_LENGTH_MAX) {
            throw refused(PusherLimits.eventNameTooLong(name));
        }
        if (JsonFields.dataBytes(data) > limits.dataBytesMax()) {
            throw refused(limits.dataTooLarge());
        }
        return new ClientEvent(named, name, data);
    }

    private static PusherException refused(String explanation) {
        return new PusherException(PusherCode.CLIENT_EVENT_REFUSED, explanation);
    }

    private PusherChannel channel(String name) throws PusherException {
        PusherChannel named = PusherChannel.parse(name, limits.channelLengthMax());
        if (named == null) {
            throw new PusherException(PusherChannel.fault(name, limits.channelLengthMax()));
        }
        return named;
    }

    private String required(@Nullable String value, String name) throws PusherException {
        if (value == null || value.isEmpty()) {
            throw new PusherException(event + " needs \"" + name + "\" in its data");
        }
        return value;
    }

    private static @Nullable String present(@Nullable String value) {
        return value == null || value.isEmpty() ? null : value;
    }

    /** What is signed is its UTF-8, and half a surrogate pair has none: two different texts could then share a signature. */
    private static @Nullable String whole(@Nullable String value, String name) throws PusherException {
        if (value != null && !StandardCharsets.UTF_8.newEncoder().canEncode(value)) {
            throw new PusherException(
                    "Invalid " + name + ": expected Unicode text, but half a surrogate pair is in it");
        }
        return value;
    }

    private static @Nullable String text(JsonParser parser, String field) throws IOException, PusherException {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getText();
        }
        if (JsonFields.isNull(parser)) {
            return null;
        }
        throw new PusherException("Invalid message: expected \"" + field + "\" to be a string");
    }

    /** The fields of the data of Pusher's own events. */
    private final class Fields {
        private @Nullable String channel;
        private @Nullable String auth;
        private @Nullable String channelData;
        private @Nullable String userData;

        Fields() throws IOException, PusherException {
            if (data == null) {
                throw new PusherException(event + " needs \"data\"");
            }
            try (JsonParser parser = JsonInput.parser(JsonFields.unquoted(data))) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw new PusherException("Invalid data of " + event + ": expected an object");
                }
                for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
                    take(parser, field);
                }
                if (parser.nextToken() != null) {
                    throw new PusherException(
                            "Invalid data of " + event + ": expected one object, but more follows it");
                }
            }
        }

        private void take(JsonParser parser, String field) throws IOException, PusherException {
            switch (field) {
                case "channel" -> channel = text(parser, field);
                case "auth" -> auth = text(parser, field);
                case "channel_data" -> channelData = text(parser, field);
                case "user_data" -> userData = text(parser, field);
                default -> parser.skipChildren();
            }
        }
    }
}
