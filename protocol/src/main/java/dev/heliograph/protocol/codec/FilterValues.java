package dev.heliograph.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Finds the values at dotted paths of an event, in one pass and without a tree, for filters to look at. */
public final class FilterValues {
    private FilterValues() {}

    /** Whether the filter takes an event with that data. */
    public static boolean takes(Filter filter, RawJson data) {
        return filter.matches(read(data, filter.paths()));
    }

    /**
     * Strings, numbers (as {@link Double}) and booleans at those paths; arrays are not entered.
     *
     * @param data well formed, as {@link RawJson} promises
     */
    public static Map<String, Object> read(RawJson data, Set<String> paths) {
        var values = new HashMap<String, Object>();
        try (JsonParser parser = JsonInput.published(data)) {
            if (parser.nextToken() == JsonToken.START_OBJECT) {
                object(parser, "", paths, values);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return values;
    }

    private static void object(JsonParser parser, String prefix, Set<String> paths, Map<String, Object> values)
            throws IOException {
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            String path = prefix + field;
            switch (parser.nextToken()) {
                case START_OBJECT -> {
                    if (leadsToOne(path + ".", paths)) {
                        object(parser, path + ".", paths, values);
                    } else {
                        parser.skipChildren();
                    }
                }
                case START_ARRAY -> parser.skipChildren();
                case VALUE_STRING -> put(path, paths, values, parser.getText());
                case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                    if (paths.contains(path)) {
                        values.put(path, parser.getDoubleValue());
                    }
                }
                case VALUE_TRUE -> put(path, paths, values, true);
                case VALUE_FALSE -> put(path, paths, values, false);
                default -> {}
            }
        }
    }

    private static void put(String path, Set<String> paths, Map<String, Object> values, Object value) {
        if (paths.contains(path)) {
            values.put(path, value);
        }
    }

    private static boolean leadsToOne(String prefix, Set<String> paths) {
        for (String path : paths) {
            if (path.startsWith(prefix)) {
                return true;
            }
        }
        return false;
    }
}
