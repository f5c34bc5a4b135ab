package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads one message of a client: first the envelope, in whatever order its fields come, then the payload as its type asks. */
final class ClientMessageReader {
    private final byte[] json;
    private @Nullable String type;
    private @Nullable String channel;
    private @Nullable String requestId;
    private RawJson payload = RawJson.EMPTY_OBJECT;
    private boolean versionSupported = true;

    ClientMessageReader(byte[] json) {
        this.json = json;
    }

    ClientMessage read() throws DecodeException {
        try (JsonParser parser = JsonInput.parser(json)) {
            envelope(parser);
            if (parser.nextToken() != null) {
                throw bad("one JSON object per message, but more follows it");
            }
            if (!versionSupported) {
                throw new DecodeException(ErrorCode.UNSUPPORTED_VERSION, "this gateway speaks version 1", requestId);
            }
            return message();
        } catch (JsonProcessingException e) {
            throw bad("not well-formed JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw bad("not readable: " + e.getMessage());
        }
    }

    private void envelope(JsonParser parser) throws IOException, DecodeException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw bad("a message is a JSON object");
        }
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String field = parser.currentName();
            parser.nextToken();
            switch (field) {
                case "type" -> type = string(parser, field);
                case "channel" -> channel = string(parser, field);
                case "requestId" -> requestId = requestId(parser);
                case "payload" -> payload = JsonInput.cut(parser, json);
                case "version" ->
                    versionSupported = parser.currentToken() == JsonToken.VALUE_NUMBER_INT
                            && parser.getText().equals("1");
                default -> parser.skipChildren();
            }
        }
    }

    private ClientMessage message() throws DecodeException, IOException {
        if (type == null) {
            throw bad("\"type\" is missing");
        }
        if (payload.utf8()[0] != '{') {
            throw bad("\"payload\" is an object");
        }
        var fields = new PayloadReader(payload.utf8(), requestId);
        return switch (type) {
            case "authenticate" -> fields.authenticate();
            case "subscribe" -> fields.subscribe(channel);
            case "unsubscribe" -> new ClientMessage.Unsubscribe(requestId, channel());
            case "publish" -> fields.publish(channel());
            case "history" -> fields.history(channel());
            case "presence:join", "presence:leave", "presence:heartbeat", "presence:update", "presence:list" ->
                new PresenceReader(payload.utf8(), requestId, channel).read(type);
            case "ping" -> new ClientMessage.Ping(requestId);
            case "pong" -> new ClientMessage.Pong(requestId);
            default ->
                throw new DecodeException(
                        ErrorCode.UNKNOWN_MESSAGE_TYPE,
                        "unknown type \"" + cutShort(type)
                                + "\"; known: authenticate, subscribe, unsubscribe, publish, history, presence:join, presence:leave,"
                                + " presence:heartbeat, presence:update, presence:list, ping, pong",
                        requestId);
        };
    }

    private String channel() throws DecodeException {
        if (channel == null) {
            throw bad("\"channel\" is missing, " + type + " needs one");
        }
        return channel;
    }

    private String string(JsonParser parser, String field) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("\"" + field + "\" is a string");
        }
        return parser.getText();
    }

    private @Nullable String requestId(JsonParser parser) throws IOException, DecodeException {
        if (parser.currentToken() == JsonToken.VALUE_NULL) {
            return null;
        }
        String id = string(parser, "requestId");
        if (id.length() > ClientMessage.REQUEST_ID_LENGTH_MAX) {
            throw bad("\"requestId\" has at most " + ClientMessage.REQUEST_ID_LENGTH_MAX + " characters");
        }
        return id;
    }

    private DecodeException bad(String expected) {
        return new DecodeException(ErrorCode.BAD_MESSAGE, expected, requestId);
    }

    private static String cutShort(String text) {
        return text.length() <= 64 ? text : text.substring(0, 64) + "…";
    }
}
