package dev.heliograph.loadtest;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

/** JSON as trees, for what comes seldom. */
final class Json {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private Json() {}

    static JsonNode read(String text) {
        try {
            return MAPPER.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("expected JSON, not " + text, e);
        }
    }

    /** A text as a JSON string. */
    static String string(String text) {
        return MAPPER.getNodeFactory().textNode(text).toString();
    }
}
