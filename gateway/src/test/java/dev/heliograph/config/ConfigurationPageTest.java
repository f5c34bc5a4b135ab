package dev.heliograph.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loads the samples of the pages that show configurations. */
final class ConfigurationPageTest {
    private static final Pattern SAMPLE = Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL);
    private static final Map<String, String> SECRETS = Map.of(
            "HELIOGRAPH_ADMIN_TOKEN", "an-admin-token-of-the-test",
            "HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET", "a-secret-of-the-test-with-more-than-32-bytes");

    private static final Map<String, String> APP_SECRETS = Map.of(
            "HELIOGRAPH_ADMIN_TOKEN", "an-admin-token-of-the-test",
            "HELIOGRAPH_WORKSPACES_ACME_PUSHER_KEYS_0_SECRET", "a-secret-of-the-test");

    @ParameterizedTest
    @CsvSource({"CONFIGURATION.md, 4", "PUSHER.md, 2"})
    void everySample_loads(String page, int samplesMin, @TempDir Path folder) throws Exception {
        byte[] key = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPublic()
                .getEncoded();
        Files.writeString(
                folder.resolve("acme.pem"),
                "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder().encodeToString(key)
                        + "\n-----END PUBLIC KEY-----\n");
        Matcher samples = SAMPLE.matcher(Files.readString(Path.of("..", "docs", page)));
        int found = 0;
        while (samples.find()) {
            Config config = ConfigLoader.parse(
                            samples.group(1), folder, samples.group(1).contains("pusher:") ? APP_SECRETS : SECRETS)
                    .config();
            assertEquals("acme", config.workspaces().keySet().iterator().next());
            found++;
        }
        assertTrue(found >= samplesMin, "samples: " + found);
    }
}
