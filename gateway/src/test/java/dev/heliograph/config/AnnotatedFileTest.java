package dev.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds {@code config/heliograph.yaml} against the code: same keys, same defaults. */
final class AnnotatedFileTest {
    private static final Path FILE = Path.of("..", "config", "heliograph.yaml");
    private static final Map<String, String> SECRETS = Map.of(
            "HELIOGRAPH_ADMIN_TOKEN", "an-admin-token-of-the-test",
            "HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET", "a-secret-of-the-test-with-more-than-32-bytes");

    /** Each has an operator who would change it; a third of them are a Pusher app's, which Pusher's dashboard has too. */
    private static final int KEYS_MAX = 132;

    /** {@code [# ][- ]key: value  # default: x}. */
    private static final Pattern ANNOTATED =
            Pattern.compile("( *)(?:# )?((?:- )?)([A-Za-z]+):(?: .*?)? +# (?:default: (.+)|(required))");

    private static final Pattern HEADING = Pattern.compile("( *)([A-Za-z-]+):");

    @Test
    void theFile_withItsSecretsFromTheEnvironment_loads() throws Exception {
        Config config = ConfigLoader.load(FILE, SECRETS).config();
        assertEquals(ServerConfig.DEFAULT, config.server());
        assertEquals(LimitsConfig.DEFAULT, config.limits());
        assertEquals(CompressionConfig.DEFAULT, config.compression());
        assertEquals(IngestConfig.DEFAULT, config.ingest());
        assertEquals(PageConfig.DEFAULT, config.page());
        NamespaceConfig namespace =
                config.workspaces().values().iterator().next().namespaces().getFirst();
        assertEquals(NamespaceConfig.INGESTED, namespace);
    }

    @Test
    void theFile_namesEveryKeyWithTheDefaultThatTheCodeHas() throws Exception {
        var expected = new TreeMap<String, String>();
        String all = String.join("\n", withPusher());
        var secrets = new HashMap<>(SECRETS);
        secrets.put("HELIOGRAPH_WORKSPACES_ACME_PUSHER_KEYS_0_SECRET", "a-secret-of-the-test");
        secrets.put("HELIOGRAPH_STORE_FOLDER", "target");
        for (Setting setting : ConfigLoader.parse(all, Path.of("."), secrets).settings()) {
            expected.put(setting.schemaKey(), setting.fallback());
        }
        assertEquals(expected, annotated());
        assertTrue(expected.size() <= KEYS_MAX, "keys: " + expected.size());
    }

    /** The file with what it shows of Pusher's app in force. */
    private static List<String> withPusher() throws Exception {
        return Files.readAllLines(FILE).stream()
                .map(line -> line.replaceFirst("^    # (pusher:|  )", "    $1"))
                .toList();
    }

    @Test
    void theFile_withoutItsSecrets_isRefusedAndSaysWhichAreMissing() throws Exception {
        try {
            ConfigLoader.load(FILE, Map.of());
            throw new AssertionError("loaded without secrets");
        } catch (ConfigException refused) {
            assertEquals(2, refused.errors().size(), refused.getMessage());
            assertEquals("admin.tokenFile", refused.errors().get(0).key());
            assertEquals(
                    "workspaces.acme.keys[0].secretFile",
                    refused.errors().get(1).key());
        }
    }

    private static Map<String, String> annotated() throws Exception {
        var found = new TreeMap<String, String>();
        var levels = new ArrayDeque<Level>();
        for (String line : withPusher()) {
            Matcher key = ANNOTATED.matcher(line);
            Matcher heading = HEADING.matcher(line);
            if (key.matches()) {
                int indent = key.group(1).length() + key.group(2).length();
                leave(levels, indent);
                String list = levels.isEmpty() || !levels.peek().isList() ? "" : "[]";
                String path = (levels.isEmpty() ? "" : levels.peek().path() + list + ".") + key.group(3);
                String old = found.put(path, key.group(5) == null ? key.group(4).strip() : key.group(5));
                assertEquals(null, old, "annotated twice: " + path);
            } else if (heading.matches()) {
                leave(levels, heading.group(1).length());
                levels.push(Level.below(levels.peek(), heading.group(1).length(), heading.group(2)));
            }
        }
        return found;
    }

    private static void leave(ArrayDeque<Level> levels, int indent) {
        while (!levels.isEmpty() && levels.peek().indent() >= indent) {
            levels.pop();
        }
    }

    /** A mapping or list that is open. Names that the operator chooses are {@code *}. */
    private record Level(int indent, String path, boolean isList) {
        static Level below(@org.jspecify.annotations.Nullable Level parent, int indent, String key) {
            boolean chosen = parent != null && parent.path().matches("workspaces|.*\\.(environments|sources)");
            String path = (parent == null ? "" : parent.path() + ".") + (chosen ? "*" : key);
            return new Level(indent, path, path.matches(".*\\.(keys|namespaces|webhooks)"));
        }
    }
}
