package dev.heliograph.protocol.dazzle;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.codec.JsonInput;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Some fields of a JSON object, as they stand there. */
final class FieldsOf {
    private final Map<String, RawJson> fields = new HashMap<>();

    private FieldsOf() {}

    /** Of what is no object: none. */
    static FieldsOf object(RawJson json, List<String> names) {
        try (JsonParser parser = JsonInput.published(json)) {
            var fields = new FieldsOf();
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                fields.read(parser, json.utf8(), names);
            }
            return fields;
        } catch (IOException e) {
            throw new UncheckedIOException("what is published is JSON", e);
        }
    }

    /** The objects of a list. */
    static List<RawJson> objects(RawJson list) {
        try (JsonParser parser = JsonInput.published(list)) {
            var objects = new ArrayList<RawJson>();
            parser.nextToken();
            while (parser.nextToken() == JsonToken.START_OBJECT) {
                objects.add(JsonInput.cut(parser, list.utf8()));
            }
            return objects;
        } catch (IOException e) {
            throw new UncheckedIOException("what is published is JSON", e);
        }
    }

    private void read(JsonParser parser, byte[] json, List<String> names) throws IOException {
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            if (names.contains(name)) {
                fields.put(name, JsonInput.cut(parser, json));
            } else {
                parser.skipChildren();
            }
        }
    }

    boolean has(String name) {
        return fields.containsKey(name);
    }

    /** Null if it is not there, or null. */
    @Nullable
    RawJson get(String name) {
        RawJson value = fields.get(name);
        return value == null || value.equals(RawJson.NULL) ? null : value;
    }

    RawJson orNull(String name) {
        return fields.getOrDefault(name, RawJson.NULL);
    }

    /** A string or number, as a JSON string; null if it is neither. */
    @Nullable
    RawJson id(String name) {
        RawJson value = get(name);
        if (value == null) {
            return null;
        }
        byte first = value.utf8()[0];
        if (first == '"') {
            return value;
        }
        return first == '-' || (first >= '0' && first <= '9') ? RawJson.of("\"" + value + "\"") : null;
    }

    /** The text of a string; null if it is none. */
    @Nullable
    String text(String name) {
        RawJson value = get(name);
        if (value == null || value.utf8()[0] != '"') {
            return null;
        }
        try (JsonParser parser = JsonInput.published(value)) {
            parser.nextToken();
            return parser.getText();
        } catch (IOException e) {
            throw new UncheckedIOException("what is published is JSON", e);
        }
    }

    long number(String name) {
        RawJson value = get(name);
        return value == null ? 0 : Long.parseLong(value.toString());
    }
}
