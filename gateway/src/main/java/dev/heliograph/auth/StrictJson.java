package dev.heliograph.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.jsonwebtoken.io.DeserializationException;
import io.jsonwebtoken.io.Deserializer;
import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the JSON objects of tokens and key sets: no duplicate keys, nothing behind the object, shallow, of bounded names, numbers and texts. Any
 * thread. By hand and not by Jackson's databind, which alone takes longer to load than the rest of verification.
 */
final class StrictJson implements Deserializer<Map<String, ?>> {
    private static final StreamReadConstraints BOUNDS = StreamReadConstraints.builder()
            .maxNestingDepth(32)
            .maxDocumentLength(512 << 10)
            .maxStringLength(64 << 10)
            .maxNameLength(256)
            .maxNumberLength(64)
            .maxTokenCount(20_000)
            .build();

    private final JsonFactory factory = JsonFactory.builder()
            .streamReadConstraints(BOUNDS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for it
    public Map<String, ?> deserialize(byte[] utf8) {
        try (JsonParser parser = factory.createParser(utf8)) {
            return document(parser);
        } catch (IOException malformed) {
            throw refused(malformed);
        }
    }

    @Override
    public Map<String, ?> deserialize(Reader text) {
        try (JsonParser parser = factory.createParser(text)) {
            return document(parser);
        } catch (IOException malformed) {
            throw refused(malformed);
        }
    }

    private static DeserializationException refused(IOException malformed) {
        return new DeserializationException("is no JSON object that is accepted here", malformed);
    }

    private static Map<String, ?> document(JsonParser parser) throws IOException {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
            throw new IOException("no object");
        }
        Map<String, ?> object = object(parser);
        if (parser.nextToken() != null) {
            throw new IOException("something stands behind the object");
        }
        return object;
    }

    private static Map<String, @Nullable Object> object(JsonParser parser) throws IOException {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
            String name = parser.currentName();
            members.put(name, value(parser, parser.nextToken()));
        }
        return members;
    }

    private static List<@Nullable Object> array(JsonParser parser) throws IOException {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonToken token = parser.nextToken(); token != JsonToken.END_ARRAY; token = parser.nextToken()) {
            items.add(value(parser, token));
        }
        return items;
    }

    private static @Nullable Object value(JsonParser parser, JsonToken token) throws IOException {
        return switch (token) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_STRING -> parser.getText();
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> parser.getNumberValue();
            case VALUE_TRUE -> true;
            case VALUE_FALSE -> false;
            case VALUE_NULL -> null;
            default -> throw new IOException("unexpected " + token);
        };
    }
}
