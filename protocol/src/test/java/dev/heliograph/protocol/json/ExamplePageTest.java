package dev.heliograph.protocol.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.protocol.dazzle.DazzleCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.PresenceUser;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every example of {@code docs/PROTOCOL.md} is a golden file, and every golden example stands on the page. What they say is held here, by {@link ExampleFramesTest},
 * and for what takes a gateway by its {@code ProtocolExamplesTest} and {@code ExampleTokensTest}.
 */
final class ExamplePageTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Path EXAMPLES = Path.of("src/test/resources/examples");
    private static final Path PAGE = Path.of("../docs/PROTOCOL.md");
    private static final Pattern FENCED = Pattern.compile("^```\\w*\n(.*?)^```$", Pattern.DOTALL | Pattern.MULTILINE);
    private static final Pattern INDENTED = Pattern.compile("\n\n {4}(\\S.*\n)\n");

    private static List<String> examplesOfThePage() throws IOException {
        var examples = new ArrayList<String>();
        for (Pattern pattern : List.of(FENCED, INDENTED)) {
            Matcher found = pattern.matcher(Files.readString(PAGE));
            while (found.find()) {
                examples.add(found.group(1));
            }
        }
        return examples;
    }

    private static Map<String, String> goldenExamples() throws IOException {
        var golden = new TreeMap<String, String>();
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            for (Path file : files.toList()) {
                golden.put(file.getFileName().toString(), Files.readString(file));
            }
        }
        return golden;
    }

    @TestFactory
    Stream<DynamicTest> exampleOfThePage_isAGoldenFile() throws IOException {
        Map<String, String> golden = goldenExamples();
        return examplesOfThePage().stream()
                .map(example -> DynamicTest.dynamicTest(
                        example.lines().findFirst().orElse("nothing"),
                        () -> assertTrue(
                                golden.containsValue(example) || isFrame(example),
                                "no golden file holds this, as it stands here:\n" + example)));
    }

    /** Those are in the golden files of the wire. */
    private static boolean isFrame(String example) throws IOException {
        JsonNode json = example.startsWith("{") ? JSON.readTree(example) : JSON.nullNode();
        return json.has("version") && json.has("type");
    }

    @Test
    void goldenExample_standsOnThePage() throws IOException {
        List<String> page = examplesOfThePage();
        goldenExamples().forEach((name, text) -> assertTrue(page.contains(text), name));
        assertTrue(page.size() >= 10, "examples: " + page.size());
    }

    private static JsonNode golden(String name) throws IOException {
        return JSON.readTree(Files.readString(EXAMPLES.resolve(name)));
    }

    @Test
    void user_isWhatPresenceTells() throws IOException {
        var alice = new PresenceUser("user1", "Alice", 1701234560000L, 1701234500000L, 2, RawJson.EMPTY_OBJECT);
        assertEquals(golden("presence-user.json"), JSON.readTree(alice.toJson().utf8()));
    }

    @Test
    void entity_isWhatDazzlesClientIsTold() throws IOException {
        var draft = new Draft(
                new ChannelId("acme", "entity:Task"),
                "entity:created",
                RawJson.of("{\"id\":\"42\",\"title\":\"New task\"}"),
                "42",
                0,
                0,
                null,
                new OwnType(RawJson.of("{\"entity\":\"Task\",\"id\":\"42\",\"userId\":\"u_42\"}")));
        var publication = new Publication(draft, new Position("k3f9", 42), 1701234567890L);
        assertEquals(golden("dazzle-entity.json"), JSON.readTree(new DazzleCodec().encode(publication)));
    }
}
