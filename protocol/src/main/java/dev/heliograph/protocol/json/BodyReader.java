package dev.heliograph.protocol.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.DecodeException;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.codec.Utf8Check;
import dev.heliograph.protocol.message.ClientMessage.Publish;
import dev.heliograph.protocol.message.EntityChange;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.RawJson;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what servers post to the native HTTP doors. Fields it does not know are skipped, so that the protocol can grow. Source: docs/PROTOCOL.md, "Over HTTP". */
public final class BodyReader {
    /** Most publications in one list. */
    public static final int PUBLICATIONS_MAX = 100;

    private final byte[] json;
    private final PayloadReader fields;

    /** @param json a whole body, of any content */
    public BodyReader(byte[] json) {
        this.json = json;
        this.fields = PayloadReader.ofBody(json);
    }

    /** Reads one value, the parser standing on its first token. */
    @FunctionalInterface
    private interface Reading<T> {
        T read(JsonParser parser) throws IOException, DecodeException;
    }

    /** Whether the body is a list. */
    public boolean isList() {
        for (byte b : json) {
            if (b > ' ') {
                return b == '[';
            }
        }
        return false;
    }

    /** One publication, which names its channel. */
    public Publish publication() throws DecodeException {
        return publication(null);
    }

    /** One publication for that channel; null: it names its own. */
    public Publish publication(@Nullable String channel) throws DecodeException {
        return whole(parser -> {
            object(parser, "the body is a JSON object");
            return fields.publish(parser, channel);
        });
    }

    /** A list of publications, each of which names its channel. */
    public List<Publish> publications() throws DecodeException {
        return whole(parser -> {
            var publications = new ArrayList<Publish>();
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                object(parser, "the body is an object or a list of objects");
                if (publications.size() == PUBLICATIONS_MAX) {
                    throw fields.bad("a list has at most " + PUBLICATIONS_MAX + " publications");
                }
                publications.add(fields.publish(parser, null));
            }
            return publications;
        });
    }

    /** What has become of an entity; an empty body says nothing about it. */
    public EntityChange entityChange() throws DecodeException {
        return json.length == 0 ? EntityChange.NONE : whole(this::entityChange);
    }

    private EntityChange entityChange(JsonParser parser) throws IOException, DecodeException {
        object(parser, "the body is a JSON object");
        RawJson data = null;
        String dataId = null;
        Long version = null;
        String mutationId = null;
        String userId = null;
        String id = null;
        for (String field = PayloadReader.next(parser); field != null; field = PayloadReader.next(parser)) {
            switch (field) {
                case "data" -> {
                    object(parser, "\"data\" is the record, an object");
                    data = JsonInput.cut(parser, json);
                    dataId = idOf(data);
                }
                case "version" -> version = version(parser);
                case "mutationId" -> mutationId = optional(parser, field);
                case "userId" -> userId = optional(parser, field);
                case "id" -> id = optional(parser, field);
                default -> parser.skipChildren();
            }
        }
        return new EntityChange(data, dataId, version, mutationId, userId, id);
    }

    private @Nullable Long version(JsonParser parser) throws IOException, DecodeException {
        if (PayloadReader.isNull(parser)) {
            return null;
        }
        long version = fields.integer(parser, "version");
        if (version < 0) {
            throw fields.bad("\"version\" is a whole number of 0 or more");
        }
        return version;
    }

    private @Nullable String optional(JsonParser parser, String field) throws IOException, DecodeException {
        return PayloadReader.isNull(parser) ? null : fields.shortString(parser, field);
    }

    /** The record's own id, as text; null if it has none that is a string or a number. */
    private static @Nullable String idOf(RawJson record) throws IOException {
        try (JsonParser parser = JsonInput.parser(record.utf8())) {
            parser.nextToken();
            for (String field = PayloadReader.next(parser); field != null; field = PayloadReader.next(parser)) {
                if (field.equals("id")) {
                    return parser.currentToken().isNumeric() || parser.currentToken() == JsonToken.VALUE_STRING
                            ? parser.getText()
                            : null;
                }
                parser.skipChildren();
            }
        }
        return null;
    }

    private void object(JsonParser parser, String expected) throws DecodeException {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            throw fields.bad(expected);
        }
    }

    private <T> T whole(Reading<T> reading) throws DecodeException {
        if (!Utf8Check.isWhole(Unpooled.wrappedBuffer(json))) {
            throw new DecodeException(ErrorCode.BAD_MESSAGE, "the body is not UTF-8", null);
        }
        try (JsonParser parser = JsonInput.parser(json)) {
            parser.nextToken();
            T value = reading.read(parser);
            if (parser.nextToken() != null) {
                throw fields.bad("one JSON value per body, but more follows it");
            }
            return value;
        } catch (JsonProcessingException e) {
            throw fields.bad("not well-formed JSON: " + e.getOriginalMessage());
        } catch (IOException e) {
            throw fields.bad("not readable: " + e.getMessage());
        }
    }
}
