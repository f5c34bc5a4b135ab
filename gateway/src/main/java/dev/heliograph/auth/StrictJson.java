package dev.heliograph.auth;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.jsonwebtoken.io.DeserializationException;
import io.jsonwebtoken.io.Deserializer;
import java.io.IOException;
import java.io.Reader;
import java.util.Map;

/**
 * Reads the JSON objects of tokens and key sets: no duplicate keys, nothing behind the object, shallow, of bounded names, numbers and texts. Any
 * thread.
 */
final class StrictJson implements Deserializer<Map<String, ?>> {
    private static final StreamReadConstraints BOUNDS = StreamReadConstraints.builder()
            .maxNestingDepth(16)
            .maxDocumentLength(512 << 10)
            .maxStringLength(64 << 10)
            .maxNameLength(256)
            .maxNumberLength(64)
            .maxTokenCount(20_000)
            .build();

    private final ObjectReader reader;

    StrictJson() {
        JsonFactory factory = JsonFactory.builder()
                .streamReadConstraints(BOUNDS)
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
        this.reader = JsonMapper.builder(factory)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build()
                .readerFor(new TypeReference<Map<String, Object>>() {});
    }

    @Override
    @SuppressWarnings("deprecation") // the interface still asks for it
    public Map<String, ?> deserialize(byte[] utf8) {
        try {
            return object(reader.readValue(utf8));
        } catch (IOException malformed) {
            throw new DeserializationException("is no JSON object that is accepted here", malformed);
        }
    }

    @Override
    public Map<String, ?> deserialize(Reader text) {
        try {
            return object(reader.readValue(text));
        } catch (IOException malformed) {
            throw new DeserializationException("is no JSON object that is accepted here", malformed);
        }
    }

    private static Map<String, ?> object(@org.jspecify.annotations.Nullable Map<String, ?> value) throws IOException {
        if (value == null) {
            throw new IOException("null is no object");
        }
        return value;
    }
}
