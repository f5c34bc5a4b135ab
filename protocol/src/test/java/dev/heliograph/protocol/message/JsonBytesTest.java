package dev.heliograph.protocol.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What is written is what Jackson reads. */
final class JsonBytesTest {
    private static final ObjectMapper JACKSON = new ObjectMapper();

    @Test
    void strings_areReadAsTheyWere() throws JsonProcessingException {
        long seed = System.nanoTime();
        System.out.println("strings_areReadAsTheyWere seed " + seed);
        var random = new Random(seed);
        for (int round = 0; round < 20_000; round++) {
            var text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                switch (random.nextInt(4)) {
                    case 0 -> text.append((char) random.nextInt(0x80));
                    case 1 -> text.append((char) random.nextInt(0x800));
                    case 2 -> text.append((char) random.nextInt(0xd800));
                    default -> text.appendCodePoint(0x10000 + random.nextInt(0x100000));
                }
            }
            String json = new JsonBytes(1).string(text.toString()).toJson().toString();
            assertEquals(text.toString(), JACKSON.readValue(json, String.class), "seed " + seed);
        }
    }

    @Test
    void halfASurrogatePair_becomesTheReplacementCharacter() {
        assertEquals(
                "\"a\ufffdb\"", new JsonBytes(1).string("a\ud800b").toJson().toString());
        assertEquals("\"\ufffd\"", new JsonBytes(1).string("\udc00").toJson().toString());
        assertEquals("\"\ufffd\"", new JsonBytes(1).string("\udbff").toJson().toString());
    }

    @Test
    void jsonInJson_isReadAsItWas() throws JsonProcessingException {
        String json = "{\n\t\"a\": \"\\\"\\\\\\n\u2028é🚀\", \"b\": [1, null]}";
        byte[] utf8 = json.getBytes(StandardCharsets.UTF_8);
        String quoted = new JsonBytes(1).quoted(utf8).toJson().toString();
        assertEquals(json, JACKSON.readValue(quoted, String.class));
        String again = new JsonBytes(1)
                .quoted(new JsonBytes(99).quoted(utf8))
                .raw(' ')
                .toJson()
                .toString();
        assertEquals(quoted, JACKSON.readValue(again, String.class));
        assertEquals("\"\"", new JsonBytes(1).quoted(new byte[0]).toJson().toString());
    }
}
