package dev.heliograph.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What others have written down of our frames is in our golden files: seed 004, to which clients were written, and the examples of {@code docs/PROTOCOL.md}. */
final class ExampleFramesTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path WIRE = Path.of("src/test/resources/wire");
    private static final Path PAGE = Path.of("../docs/PROTOCOL.md");
    private static final List<String> OF_EVERY_FRAME = List.of("version", "requestId", "timestamp", "payload");
    private static final Pattern BLOCK = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    /** As the seed has them; we may say more. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            client-subscribe      | {"type":"subscribe","channel":"entity:Task","requestId":"req_123","timestamp":1701234567890}
            server-entity-created | {"type":"entity:created","channel":"entity:Task","payload":{"id":"550e8400-e29b-41d4-a716-446655440000","title":"New task","status":"open","created_at":"2024-11-28T10:00:00Z"},"timestamp":1701234567890}
            server-presence-sync  | {"type":"presence:sync","channel":"presence:workspace/tasks","payload":{"users":[{"id":"user1","name":"Alice","lastSeen":1701234560000},{"id":"user2","name":"Bob","lastSeen":1701234567000}]},"timestamp":1701234567890}
            """)
    void frameOfTheSeed_isInOurs(String golden, String seed) throws IOException {
        assertHolds(golden, frame(golden), JSON.readTree(seed));
    }

    private static void assertHolds(String where, JsonNode ours, JsonNode theirs) {
        if (theirs.isObject()) {
            theirs.properties()
                    .forEach(field ->
                            assertHolds(where + "." + field.getKey(), ours.path(field.getKey()), field.getValue()));
        } else if (theirs.isArray()) {
            assertEquals(theirs.size(), ours.size(), where);
            for (int i = 0; i < theirs.size(); i++) {
                assertHolds(where + "[" + i + "]", ours.path(i), theirs.get(i));
            }
        } else {
            assertEquals(theirs, ours, where);
        }
    }

    @TestFactory
    Stream<DynamicTest> frameOfThePage_hasTheFieldsOfAGoldenFile() throws IOException {
        List<JsonNode> frames = framesOfThePage();
        return frames.stream()
                .map(frame ->
                        DynamicTest.dynamicTest(frame.path("type").asText(), () -> assertIsLikeAGoldenFile(frame)));
    }

    @Test
    void thePage_hasFrames() throws IOException {
        assertTrue(framesOfThePage().size() >= 3);
    }

    /** Also those within other examples. */
    private static List<JsonNode> framesOfThePage() throws IOException {
        var frames = new ArrayList<JsonNode>();
        var blocks = BLOCK.matcher(Files.readString(PAGE));
        while (blocks.find()) {
            collect(JSON.readTree(blocks.group(1)), frames);
        }
        return frames;
    }

    private static void collect(JsonNode example, List<JsonNode> frames) {
        if (example.has("version") && example.has("type")) {
            frames.add(example);
        } else {
            example.forEach(inner -> collect(inner, frames));
        }
    }

    private static void assertIsLikeAGoldenFile(JsonNode example) throws IOException {
        String type = example.path("type").asText();
        var reasons = new ArrayList<String>();
        try (Stream<Path> files = Files.list(WIRE)) {
            for (Path file : files.sorted().toList()) {
                JsonNode golden = JSON.readTree(file.toFile()).get("frame");
                if (type.equals(golden.path("type").asText())) {
                    String stranger = stranger("", golden, example);
                    if (stranger == null) {
                        return;
                    }
                    reasons.add(file.getFileName() + " has no " + stranger);
                }
            }
        }
        assertFalse(reasons.isEmpty(), "no golden file is of type " + type);
        fail(reasons.toString());
    }

    /** A field of the example that is not in the golden frame; null if there is none. What a publication holds is its publisher's. */
    private static @Nullable String stranger(String where, JsonNode golden, JsonNode example) {
        for (var field : example.properties()) {
            String name = where + "." + field.getKey();
            JsonNode ours = golden.path(field.getKey());
            if (ours.isMissingNode() && !(where.isEmpty() && OF_EVERY_FRAME.contains(field.getKey()))) {
                return name;
            }
            boolean looksInside = field.getValue().isObject() && !name.equals(".payload.data");
            String inner = looksInside ? stranger(name, ours, field.getValue()) : null;
            if (inner != null) {
                return inner;
            }
        }
        return null;
    }

    private static JsonNode frame(String name) throws IOException {
        return JSON.readTree(WIRE.resolve(name + ".json").toFile()).get("frame");
    }
}
