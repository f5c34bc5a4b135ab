package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.Subscription;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the payload of one client message. Fields it does not know are skipped, so that the protocol can grow. */
final class PayloadReader {
    /** Most channels named by one subscribe. */
    static final int CHANNELS_MAX = 1000;
    /** Longest event name, key and idempotency id, in characters. */
    static final int NAME_LENGTH_MAX = 200;

    private static final String DEFAULT_NAME = "message";

    private final byte[] json;
    private final @Nullable String requestId;
    /** Stands before the names of fields in what is told of them. */
    private final String within;

    PayloadReader(byte[] json, @Nullable String requestId) {
        this(json, requestId, "payload.");
    }

    private PayloadReader(byte[] json, @Nullable String requestId, String within) {
        this.json = json;
        this.requestId = requestId;
        this.within = within;
    }

    /** Of a payload that stands alone, as the body of a request. */
    static PayloadReader ofBody(byte[] json) {
        return new PayloadReader(json, null, "");
    }

    ClientMessage authenticate() throws IOException, DecodeException {
        String token = null;
        try (JsonParser parser = open()) {
            for (String field = next(parser); field != null; field = next(parser)) {
                if (field.equals("token")) {
                    token = string(parser, "payload.token");
                } else {
                    parser.skipChildren();
                }
            }
        }
        if (token == null) {
            throw bad("\"payload.token\" is missing");
        }
        return new ClientMessage.Authenticate(requestId, token);
    }

    ClientMessage subscribe(@Nullable String channel) throws IOException, DecodeException {
        try (JsonParser parser = open()) {
            if (channel != null) {
                return new ClientMessage.Subscribe(requestId, List.of(subscription(parser, channel)), false);
            }
            for (String field = next(parser); field != null; field = next(parser)) {
                if (field.equals("channels")) {
                    return new ClientMessage.Subscribe(requestId, subscriptions(parser), true);
                }
                parser.skipChildren();
            }
        }
        throw bad("subscribe needs \"channel\", or a list \"payload.channels\"");
    }

    private List<Subscription> subscriptions(JsonParser parser) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw bad("\"payload.channels\" is a list of objects");
        }
        var subscriptions = new ArrayList<Subscription>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            if (parser.currentToken() != JsonToken.START_OBJECT) {
                throw bad("\"payload.channels\" is a list of objects");
            }
            if (subscriptions.size() == CHANNELS_MAX) {
                throw bad("\"payload.channels\" has at most " + CHANNELS_MAX + " entries");
            }
            subscriptions.add(subscription(parser, null));
        }
        return subscriptions;
    }

    /** @param outer the channel named outside; null where each entry names its own */
    private Subscription subscription(JsonParser parser, @Nullable String outer) throws IOException, DecodeException {
        String channel = outer;
        Position recover = null;
        var options = new OptionsReader(parser, requestId);
        for (String field = next(parser); field != null; field = next(parser)) {
            switch (field) {
                case "channel" -> {
                    String named = string(parser, "channel");
                    channel = outer == null ? named : outer;
                }
                case "recover" -> recover = position(parser, "recover");
                default -> options.read(field);
            }
        }
        if (channel == null) {
            throw bad("an entry of \"payload.channels\" lacks \"channel\"");
        }
        return new Subscription(channel, recover, options.toOptions());
    }

    ClientMessage publish(String channel) throws IOException, DecodeException {
        try (JsonParser parser = open()) {
            return publish(parser, channel);
        }
    }

    /** @param outer the channel named outside; null where the object names its own */
    ClientMessage.Publish publish(JsonParser parser, @Nullable String outer) throws IOException, DecodeException {
        String channel = outer;
        String name = DEFAULT_NAME;
        RawJson data = null;
        String key = null;
        String id = null;
        for (String field = next(parser); field != null; field = next(parser)) {
            switch (field) {
                case "channel" -> channel = outer == null ? string(parser, within + "channel") : skip(parser, outer);
                case "name" -> name = shortString(parser, within + "name");
                case "data" -> data = JsonInput.cut(parser, json);
                case "key" -> key = isNull(parser) ? null : shortString(parser, within + "key");
                case "id" -> id = isNull(parser) ? null : shortString(parser, within + "id");
                default -> parser.skipChildren();
            }
        }
        if (channel == null) {
            throw bad("\"" + within + "channel\" is missing");
        }
        if (data == null) {
            throw bad("\"" + within + "data\" is missing");
        }
        return new ClientMessage.Publish(requestId, channel, name, data, key, id);
    }

    private static String skip(JsonParser parser, String outer) throws IOException {
        parser.skipChildren();
        return outer;
    }

    ClientMessage history(String channel) throws IOException, DecodeException {
        Position after = null;
        int limit = ClientMessage.History.LIMIT_DEFAULT;
        try (JsonParser parser = open()) {
            for (String field = next(parser); field != null; field = next(parser)) {
                switch (field) {
                    case "after" -> after = position(parser, "after");
                    case "limit" -> limit = limit(parser);
                    default -> parser.skipChildren();
                }
            }
        }
        return new ClientMessage.History(requestId, channel, after, limit);
    }

    private int limit(JsonParser parser) throws IOException, DecodeException {
        long limit = integer(parser, "payload.limit");
        if (limit < 1 || limit > ClientMessage.History.LIMIT_MAX) {
            throw bad("\"payload.limit\" is 1 to " + ClientMessage.History.LIMIT_MAX);
        }
        return (int) limit;
    }

    private @Nullable Position position(JsonParser parser, String name) throws IOException, DecodeException {
        if (isNull(parser)) {
            return null;
        }
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw bad("\"" + name + "\" is a position, {\"epoch\": string, \"offset\": number}");
        }
        String epoch = null;
        long offset = -1;
        for (String field = next(parser); field != null; field = next(parser)) {
            switch (field) {
                case "epoch" -> epoch = string(parser, name + ".epoch");
                case "offset" -> offset = integer(parser, name + ".offset");
                default -> parser.skipChildren();
            }
        }
        if (epoch == null || epoch.length() > NAME_LENGTH_MAX || offset < 0) {
            throw bad("\"" + name + "\" is a position, {\"epoch\": string, \"offset\": number of 0 or more}");
        }
        return new Position(epoch, offset);
    }

    private JsonParser open() throws IOException {
        JsonParser parser = JsonInput.parser(json);
        parser.nextToken();
        return parser;
    }

    /** The next field's name, the parser standing on its value; null at the object's end. */
    static @Nullable String next(JsonParser parser) throws IOException {
        String field = parser.nextFieldName();
        if (field != null) {
            parser.nextToken();
        }
        return field;
    }

    static boolean isNull(JsonParser parser) {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    long integer(JsonParser parser, String name) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
            throw bad("\"" + name + "\" is a whole number");
        }
        return parser.getLongValue();
    }

    private String string(JsonParser parser, String name) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("\"" + name + "\" is a string");
        }
        return parser.getText();
    }

    String shortString(JsonParser parser, String name) throws IOException, DecodeException {
        String value = string(parser, name);
        if (value.isEmpty() || value.length() > NAME_LENGTH_MAX) {
            throw bad("\"" + name + "\" has 1 to " + NAME_LENGTH_MAX + " characters");
        }
        return value;
    }

    DecodeException bad(String expected) {
        return new DecodeException(ErrorCode.BAD_MESSAGE, expected, requestId);
    }
}
