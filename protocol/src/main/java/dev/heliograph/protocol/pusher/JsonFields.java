package dev.heliograph.protocol.pusher;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What the readers of this package ask a parser. */
final class JsonFields {
    private JsonFields() {}

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

    /** Whether a value is a string, which RawJson has without blanks before it. */
    static boolean isString(RawJson value) {
        return value.utf8()[0] == '"';
    }

    /** What a string says, as UTF-8; any other value as it stands. */
    static byte[] unquoted(RawJson value) throws IOException {
        if (!isString(value)) {
            return value.utf8();
        }
        try (JsonParser parser = JsonInput.parser(value.utf8())) {
            parser.nextToken();
            return parser.getText().getBytes(StandardCharsets.UTF_8);
        }
    }

    /** The object or list that a string holds; the value itself if it is no string, or holds neither. */
    static RawJson held(RawJson value) {
        if (!isString(value) || value.length() < 4 || "{[".indexOf(value.utf8()[1]) < 0) {
            return value;
        }
        try (JsonParser parser = JsonInput.parser(value.utf8())) {
            parser.nextToken();
            String text = parser.getText();
            byte[] inner = text.getBytes(StandardCharsets.UTF_8);
            boolean same = StandardCharsets.UTF_8.newEncoder().canEncode(text); // half a surrogate pair has no UTF-8
            return same && isOneValue(inner) ? new RawJson(inner) : value;
        } catch (IOException notJson) {
            return value;
        }
    }

    private static boolean isOneValue(byte[] json) throws IOException {
        try (JsonParser parser = JsonInput.parser(json)) {
            parser.nextToken();
            int depth = 0;
            do {
                depth += parser.currentToken().isStructStart()
                        ? 1
                        : parser.currentToken().isStructEnd() ? -1 : 0;
                if (parser.currentToken() == JsonToken.VALUE_STRING) {
                    parser.finishToken();
                }
            } while (parser.nextToken() != null && depth > 0);
            return depth == 0 && parser.currentToken() == null;
        }
    }

    /**
     * Bytes that an event's data has: of a string what it says, as UTF-8, and of any other value its JSON. Escapes count as what they stand for; so the limit
     * does not depend on how a publisher's library writes JSON.
     *
     * @param data well formed, as RawJson promises
     */
    static int dataBytes(RawJson data) {
        byte[] json = data.utf8();
        if (!isString(data)) {
            return json.length;
        }
        int bytes = json.length - 2;
        for (int i = 1; i < json.length - 1; i++) {
            if (json[i] == '\\') {
                i++;
                if (json[i] == 'u') {
                    bytes -= 6 - utf8Length(unit(json, i + 1));
                    i += 4;
                } else {
                    bytes--;
                }
            }
        }
        return bytes;
    }

    private static int unit(byte[] json, int at) {
        int unit = 0;
        for (int i = at; i < at + 4; i++) {
            unit = unit << 4 | Character.digit(json[i], 16);
        }
        return unit;
    }

    /** Half a surrogate pair is half of four bytes. */
    private static int utf8Length(int unit) {
        if (unit < 0x80) {
            return 1;
        }
        return unit < 0x800 || Character.isSurrogate((char) unit) ? 2 : 3;
    }
}
