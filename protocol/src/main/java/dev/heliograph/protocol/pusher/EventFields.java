package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parameters of one event while they are being read, from a JSON object and from a query string; the object's come first. Null, which some SDKs send for
 * what they do not have, is as good as nothing. One thread.
 */
final class EventFields {
    @Nullable
    String name;

    @Nullable
    RawJson data;

    @Nullable
    String channel;

    @Nullable
    List<String> channels;

    @Nullable
    String socketId;

    @Nullable
    String info;

    /** @param parser stands on the opening brace; is left on the closing one */
    static EventFields read(JsonParser parser, byte[] body) throws IOException, ApiException {
        var fields = new EventFields();
        for (String field = JsonFields.next(parser); field != null; field = JsonFields.next(parser)) {
            if (!JsonFields.isNull(parser)) {
                fields.take(parser, field, body);
            }
        }
        return fields;
    }

    private void take(JsonParser parser, String field, byte[] body) throws IOException, ApiException {
        switch (field) {
            case "name" -> name = text(parser, field);
            case "data" -> data = data(parser, body);
            case "channel" -> channel = text(parser, field);
            case "channels" -> channels = texts(parser);
            case "socket_id" -> socketId = text(parser, field);
            case "info" -> info = text(parser, field);
            default -> parser.skipChildren();
        }
    }

    /** Takes from a query string what the body did not have. */
    void complete(QueryParameters query) throws ApiException {
        name = name != null ? name : query.value("name");
        socketId = socketId != null ? socketId : query.value("socket_id");
        info = info != null ? info : query.value("info");
        if (channel == null && channels == null) {
            channel = query.value("channel");
            channels = query.list("channels");
        }
        String text = query.value("data");
        if (data == null && text != null) {
            data = new JsonBytes(text.length() + 16).string(text).toJson();
        }
    }

    private static RawJson data(JsonParser parser, byte[] body) throws IOException, ApiException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw ApiException.badRequest(
                    "Invalid parameter data: expected a string; what else there is to say goes into it as JSON");
        }
        return JsonInput.cut(parser, body);
    }

    private static String text(JsonParser parser, String name) throws IOException, ApiException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw ApiException.badRequest("Invalid parameter " + name + ": expected a string");
        }
        return parser.getText();
    }

    private static List<String> texts(JsonParser parser) throws IOException, ApiException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw ApiException.badRequest("Invalid parameter channels: expected a list of channel names");
        }
        var texts = new ArrayList<String>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            texts.add(text(parser, "channels"));
        }
        return texts;
    }
}
