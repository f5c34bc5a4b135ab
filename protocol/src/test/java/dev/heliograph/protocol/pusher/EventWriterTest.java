package dev.heliograph.protocol.pusher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.heliograph.protocol.codec.Seed;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written of an event is, to Jackson, what was meant. */
final class EventWriterTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();
    private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
    private static final String[] TEXTS = {
        "",
        "a",
        "\"",
        "\\",
        "\\\"",
        "\n\t\r\b\f/",
        "ä€🚀",
        "\u0000\u0001\u001f\u007f",
        "\u2028\u2029",
        "}{][,:",
        "\ud83d\ude80",
        "é".repeat(40)
    };

    private final PusherCodec codec = new PusherCodec(PusherLimits.HOSTED);

    private byte[] encoded(String name, RawJson data) {
        var draft = new Draft(new ChannelId("acme", "board"), name, data, null, 0, 0);
        return codec.encode(new Publication(draft, new Position("k3f9", 1), 0));
    }

    private static JsonNode random(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 7 : 5)) {
            case 0 -> NODES.textNode(text(random));
            case 1 -> NODES.numberNode(random.nextInt());
            case 2 -> NODES.numberNode(random.nextDouble());
            case 3 -> NODES.booleanNode(random.nextBoolean());
            case 4 -> NODES.nullNode();
            case 5 -> {
                var array = NODES.arrayNode();
                for (int n = random.nextInt(4); n > 0; n--) {
                    array.add(random(random, depth - 1));
                }
                yield array;
            }
            default -> {
                var object = NODES.objectNode();
                for (int n = random.nextInt(4); n > 0; n--) {
                    object.set(text(random) + n, random(random, depth - 1));
                }
                yield object;
            }
        };
    }

    private static String text(Random random) {
        return TEXTS[random.nextInt(TEXTS.length)] + TEXTS[random.nextInt(TEXTS.length)];
    }

    private static byte[] written(JsonNode value, Random random) throws JsonProcessingException {
        return random.nextInt(3) == 0
                ? JACKSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(value)
                : JACKSON.writeValueAsBytes(value);
    }

    @Test
    void randomData_isReadAsItWas() throws IOException {
        long seed = Seed.next("random data of events");
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            JsonNode value = random(random, 4);
            byte[] json = written(value, random);
            String name = text(random) + "e";
            JsonNode frame = JACKSON.readTree(encoded(name, new RawJson(json)));
            assertEquals(name, frame.get("event").asText(), "seed " + seed);
            assertEquals("board", frame.get("channel").asText(), "seed " + seed);
            assertTrue(frame.get("data").isTextual(), "seed " + seed);
            String said = frame.get("data").asText();
            if (value.isTextual()) {
                assertEquals(value.asText(), said, "seed " + seed);
            } else {
                assertEquals(new String(json, StandardCharsets.UTF_8), said, "seed " + seed);
                assertEquals(value, JACKSON.readTree(said), "seed " + seed);
            }
        }
    }

    @Test
    void literalOfAString_passesAsItIs() {
        for (String literal : new String[] {"\"\"", "\"\\u00e9\\/\\ud800\u2028\"", "\"{\\\"a\\\":\\u0022\\\"}\""}) {
            assertEquals(
                    "{\"event\":\"e\",\"channel\":\"board\",\"data\":" + literal + "}",
                    Golden.text(encoded("e", RawJson.of(literal))));
        }
    }

    @Test
    void otherJson_becomesAStringThatHoldsIt() {
        assertEquals(
                "{\"event\":\"e\",\"channel\":\"board\",\"data\":\"7\"}", Golden.text(encoded("e", RawJson.of("7"))));
        assertEquals(
                "{\"event\":\"e\",\"channel\":\"board\",\"data\":\"{\\u000a \\\"a\\\\n\\\": \\\"\u2028\\\\ud800\\\"}\"}",
                Golden.text(encoded("e", RawJson.of("{\n \"a\\n\": \"\u2028\\ud800\"}"))));
    }

    @Test
    void halfASurrogatePairInAName_isReplaced() throws IOException {
        JsonNode frame = JACKSON.readTree(encoded("a\ud800b", RawJson.NULL));
        assertEquals("a\ufffdb", frame.get("event").asText());
    }

    @Test
    void dataBytes_areThoseOfWhatJacksonReads() throws IOException {
        long seed = Seed.next("data bytes");
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            String said = text(random) + text(random);
            var literal = new StringBuilder("\"");
            for (int i = 0; i < said.length(); i++) {
                char c = said.charAt(i);
                boolean escaped = random.nextBoolean() || c < ' ' || c == '"' || c == '\\';
                boolean pair = Character.isSurrogate(c);
                literal.append(escaped || pair ? "\\u%04x".formatted((int) c) : String.valueOf(c));
            }
            RawJson data = RawJson.of(literal.append('"').toString());
            assertEquals(said.getBytes(StandardCharsets.UTF_8).length, JsonFields.dataBytes(data), "seed " + seed);
            assertEquals(said, new String(JsonFields.unquoted(data), StandardCharsets.UTF_8), "seed " + seed);
        }
    }
}
