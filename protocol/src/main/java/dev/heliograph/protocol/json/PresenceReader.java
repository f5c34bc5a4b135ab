package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.ClientMessage;
import dev.heliograph.protocol.message.ClientMessage.PresenceList;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Reads the payload of one message about presence. The resource may also be named by its channel, in the envelope. */
final class PresenceReader {
    private final byte[] json;
    private final @Nullable String requestId;
    private @Nullable String channel;
    private @Nullable RawJson metadata;
    private long after;
    private int limit = PresenceList.LIMIT_DEFAULT;

    /** @param channel as the envelope names it */
    PresenceReader(byte[] json, @Nullable String requestId, @Nullable String channel) {
        this.json = json;
        this.requestId = requestId;
        this.channel = channel;
    }

    ClientMessage read(String type) throws IOException, DecodeException {
        fields();
        if (channel != null && !channel.startsWith(ChannelId.PRESENCE_PREFIX)) {
            throw bad("\"channel\" begins with " + ChannelId.PRESENCE_PREFIX);
        }
        return switch (type) {
            case "presence:join" -> new ClientMessage.PresenceJoin(requestId, channel(type), metadata);
            case "presence:leave" -> new ClientMessage.PresenceLeave(requestId, channel(type));
            case "presence:heartbeat" -> new ClientMessage.PresenceHeartbeat(requestId, channel);
            case "presence:update" -> new ClientMessage.PresenceUpdate(requestId, channel(type), metadata());
            default -> new PresenceList(requestId, channel(type), after, limit);
        };
    }

    private void fields() throws IOException, DecodeException {
        try (JsonParser parser = JsonInput.parser(json)) {
            parser.nextToken();
            for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
                JsonToken value = parser.nextToken();
                if (value != JsonToken.VALUE_NULL) {
                    field(field, parser);
                }
            }
        }
    }

    private void field(String field, JsonParser parser) throws IOException, DecodeException {
        switch (field) {
            case "resource" -> channel = ChannelId.PRESENCE_PREFIX + string(parser, field);
            case "metadata" -> metadata = metadata(parser);
            case "after" -> after = after(string(parser, field));
            case "limit" -> limit = limit(parser);
            default -> parser.skipChildren();
        }
    }

    private RawJson metadata(JsonParser parser) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw bad("\"payload.metadata\" is an object");
        }
        RawJson cut = JsonInput.cut(parser, json);
        if (cut.length() > PresenceUser.METADATA_BYTES_MAX) {
            throw new DecodeException(
                    ErrorCode.TOO_LARGE,
                    "\"payload.metadata\" has " + cut.length() + " bytes; expected at most "
                            + PresenceUser.METADATA_BYTES_MAX,
                    requestId);
        }
        return cut;
    }

    private long after(String cursor) throws DecodeException {
        try {
            return Long.parseUnsignedLong(cursor);
        } catch (NumberFormatException _) {
            throw bad("\"payload.after\" is the \"next\" of the page before");
        }
    }

    private int limit(JsonParser parser) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.VALUE_NUMBER_INT
                || parser.getNumberType() != JsonParser.NumberType.INT
                || parser.getIntValue() < 1
                || parser.getIntValue() > PresenceList.LIMIT_MAX) {
            throw bad("\"payload.limit\" is a whole number of 1 to " + PresenceList.LIMIT_MAX);
        }
        return parser.getIntValue();
    }

    private String channel(String type) throws DecodeException {
        if (channel == null) {
            throw bad("\"payload.resource\" is missing, " + type + " needs one");
        }
        return channel;
    }

    private RawJson metadata() throws DecodeException {
        if (metadata == null) {
            throw bad("\"payload.metadata\" is missing, presence:update needs it");
        }
        return metadata;
    }

    private String string(JsonParser parser, String field) throws IOException, DecodeException {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw bad("\"payload." + field + "\" is a string");
        }
        return parser.getText();
    }

    private DecodeException bad(String expected) {
        return new DecodeException(ErrorCode.BAD_MESSAGE, expected, requestId);
    }
}
