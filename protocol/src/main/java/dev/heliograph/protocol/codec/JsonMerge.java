package dev.heliograph.protocol.codec;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import dev.heliograph.protocol.message.JsonBytes;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Makes of two pieces of JSON what both say. Fields keep the order in which they first came. Stateless; any thread. */
public final class JsonMerge {
    private static final String KIND = "kind";
    private static final String ITEMS = "items";
    private static final String ID = "id";
    private static final RawJson POSITION_DELTA = RawJson.of("\"PositionDelta\"");

    private JsonMerge() {}

    /** The fields of both, the newer one's where both have one; null if one is no object. */
    public static @Nullable RawJson shallow(RawJson older, RawJson newer) {
        return reading(() -> {
            Map<String, RawJson> fields = fields(older);
            Map<String, RawJson> over = fields(newer);
            if (fields == null || over == null) {
                return null;
            }
            fields.putAll(over);
            return object(fields);
        });
    }

    /** The fields of the older one that the newer one lacks; itself if those are all. Null if one of both is no object. */
    public static @Nullable RawJson without(RawJson older, RawJson newer) {
        return reading(() -> {
            Map<String, RawJson> fields = fields(older);
            Map<String, RawJson> over = fields(newer);
            if (fields == null || over == null) {
                return null;
            }
            return fields.keySet().removeAll(over.keySet()) ? object(fields) : older;
        });
    }

    /**
     * The items of both, numbers of items with the same id added up and other fields as the newer one has them; null unless both are
     * {@code {"kind": "PositionDelta", "items": [{"id": …, "dx": number, …}, …]}}.
     */
    public static @Nullable RawJson summed(RawJson older, RawJson newer) {
        return reading(() -> {
            Map<String, RawJson> into = deltas(older);
            Map<String, RawJson> over = deltas(newer);
            if (into == null || over == null) {
                return null;
            }
            Map<RawJson, Map<String, RawJson>> items = new LinkedHashMap<>();
            if (!collect(into.get(ITEMS), items) || !collect(over.get(ITEMS), items)) {
                return null;
            }
            into.putAll(over);
            into.put(ITEMS, list(items));
            return object(into);
        });
    }

    private interface Reading {
        @Nullable
        RawJson run() throws IOException;
    }

    private static @Nullable RawJson reading(Reading reading) {
        try {
            return reading.run();
        } catch (IOException e) {
            return null; // beyond this reader's bounds, so it goes as it is
        }
    }

    private static @Nullable Map<String, RawJson> deltas(RawJson json) throws IOException {
        Map<String, RawJson> fields = fields(json);
        return fields != null && Objects.equals(fields.get(KIND), POSITION_DELTA) ? fields : null;
    }

    private static @Nullable Map<String, RawJson> fields(RawJson json) throws IOException {
        try (JsonParser parser = JsonInput.parser(json.utf8())) {
            return parser.nextToken() == JsonToken.START_OBJECT ? fields(parser, json.utf8()) : null;
        }
    }

    /** The parser stands on the object's start, and is left on its end. */
    private static Map<String, RawJson> fields(JsonParser parser, byte[] json) throws IOException {
        Map<String, RawJson> fields = new LinkedHashMap<>();
        for (String field = parser.nextFieldName(); field != null; field = parser.nextFieldName()) {
            parser.nextToken();
            fields.put(field, JsonInput.cut(parser, json));
        }
        return fields;
    }

    /** Adds each item to the one with its id; false if these are no items with ids. */
    private static boolean collect(@Nullable RawJson list, Map<RawJson, Map<String, RawJson>> items)
            throws IOException {
        if (list == null) {
            return false;
        }
        try (JsonParser parser = JsonInput.parser(list.utf8())) {
            if (parser.nextToken() != JsonToken.START_ARRAY) {
                return false;
            }
            while (parser.nextToken() != JsonToken.END_ARRAY) {
                if (parser.currentToken() != JsonToken.START_OBJECT) {
                    return false;
                }
                Map<String, RawJson> item = fields(parser, list.utf8());
                RawJson id = item.get(ID);
                if (id == null) {
                    return false;
                }
                items.merge(id, item, JsonMerge::add);
            }
        }
        return true;
    }

    private static Map<String, RawJson> add(Map<String, RawJson> into, Map<String, RawJson> item) {
        item.forEach((field, value) ->
                into.merge(field, value, (a, b) -> !field.equals(ID) && isNumber(a) && isNumber(b) ? sum(a, b) : b));
        return into;
    }

    private static boolean isNumber(RawJson value) {
        byte first = value.utf8()[0];
        return first == '-' || (first >= '0' && first <= '9');
    }

    private static RawJson sum(RawJson a, RawJson b) {
        double sum = Double.parseDouble(a.toString()) + Double.parseDouble(b.toString());
        if (!Double.isFinite(sum)) {
            return b; // JSON has no word for it
        }
        boolean isWhole = sum == Math.rint(sum) && Math.abs(sum) < 1L << 53;
        return RawJson.of(isWhole ? Long.toString((long) sum) : Double.toString(sum));
    }

    private static RawJson list(Map<RawJson, Map<String, RawJson>> items) {
        var out = new JsonBytes(256);
        String separator = "[";
        for (Map<String, RawJson> item : items.values()) {
            out.raw(separator).raw(object(item));
            separator = ",";
        }
        return new RawJson(out.raw(items.isEmpty() ? "[]" : "]").toBytes());
    }

    private static RawJson object(Map<String, RawJson> fields) {
        var out = new JsonBytes(256);
        String separator = "{";
        for (Map.Entry<String, RawJson> field : fields.entrySet()) {
            out.raw(separator).string(field.getKey()).raw(":").raw(field.getValue());
            separator = ",";
        }
        return new RawJson(out.raw(fields.isEmpty() ? "{}" : "}").toBytes());
    }
}
