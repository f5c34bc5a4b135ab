package dev.heliograph.protocol.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The cursor against a tree that Jackson has built of the same bytes. */
final class JsonCursorTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final String[] TEXTS = {"", "a", "\"", "\\", "\n\t\r\b\f/", "ä€🚀", "\u0001", "}{][,:", "\ud800"};
    private static final String[] BLANKS = {"", " ", "\n", "\t \r\n"};

    private static String render(@Nullable Object value, Random random) throws JsonProcessingException {
        String blank = BLANKS[random.nextInt(BLANKS.length)];
        String text = switch (value) {
            case Map<?, ?> map -> {
                var entries = new ArrayList<String>();
                for (var entry : map.entrySet()) {
                    entries.add(render(entry.getKey(), random) + ":" + render(entry.getValue(), random));
                }
                yield "{" + String.join(",", entries) + blank + "}";
            }
            case List<?> list -> {
                var elements = new ArrayList<String>();
                for (Object element : list) {
                    elements.add(render(element, random));
                }
                yield "[" + String.join(",", elements) + blank + "]";
            }
            case String string -> escaped(string, random);
            case null -> "null";
            default -> JACKSON.writeValueAsString(value);
        };
        return blank + text + BLANKS[random.nextInt(BLANKS.length)];
    }

    private static String escaped(String text, Random random) {
        var out = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < ' ' || Character.isSurrogate(c) || random.nextInt(4) == 0) {
                out.append("\\u%04x".formatted((int) c));
            } else {
                out.append(c);
            }
        }
        return out.append('"').toString();
    }

    private static @Nullable Object random(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> TEXTS[random.nextInt(TEXTS.length)] + TEXTS[random.nextInt(TEXTS.length)];
            case 1 -> random.nextInt();
            case 2 -> random.nextDouble() * Math.pow(10, random.nextInt(20) - 10);
            case 3 -> random.nextBoolean();
            case 4 -> null;
            case 5 -> {
                var list = new ArrayList<@Nullable Object>();
                for (int n = random.nextInt(4); n > 0; n--) {
                    list.add(random(random, depth - 1));
                }
                yield list;
            }
            default -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                for (int n = random.nextInt(4); n > 0; n--) {
                    map.put(TEXTS[random.nextInt(TEXTS.length)] + n, random(random, depth - 1));
                }
                yield map;
            }
        };
    }

    /** Reads the value ahead into what {@link #random} makes; numbers as their text. */
    private static @Nullable Object read(JsonCursor cursor) {
        return switch (cursor.ahead()) {
            case '{' -> {
                var map = new LinkedHashMap<String, @Nullable Object>();
                cursor.enter();
                while (cursor.next()) {
                    map.put(cursor.name(), read(cursor));
                }
                yield map;
            }
            case '[' -> {
                var list = new ArrayList<@Nullable Object>();
                cursor.enter();
                while (cursor.next()) {
                    list.add(read(cursor));
                }
                yield list;
            }
            case '"' -> cursor.string();
            default -> {
                int from = cursor.position();
                cursor.skip();
                String text = new String(cursor.bytes(), from, cursor.position() - from, StandardCharsets.US_ASCII);
                yield switch (text) {
                    case "null" -> null;
                    case "true" -> true;
                    case "false" -> false;
                    default -> text.matches("-?\\d+") ? (Object) Integer.valueOf(text) : Double.valueOf(text);
                };
            }
        };
    }

    @Test
    void reads_whatJacksonReads() throws JsonProcessingException {
        long seed = System.nanoTime();
        System.out.println("reads_whatJacksonReads seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 5_000; round++) {
            Object value = random(random, 4);
            byte[] json = render(value, random).getBytes(StandardCharsets.UTF_8);
            var cursor = new JsonCursor(new Slice(json, 0, json.length));
            assertEquals(value, read(cursor), "seed " + seed);
            var skipping = new JsonCursor(new Slice(json, 0, json.length));
            skipping.skip();
            assertEquals(cursor.position(), skipping.position(), "seed " + seed);
        }
    }
}
