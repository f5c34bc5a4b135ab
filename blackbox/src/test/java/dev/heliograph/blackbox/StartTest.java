package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config default}, {@code start} and {@code token}, as an operator uses them one after the other. */
final class StartTest {
    private static final String LONG_SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789";
    private static final Duration READY_WITHIN = Duration.ofSeconds(30);

    @TempDir
    Path folder;

    private Path config;
    private Map<String, String> environment;

    @BeforeEach
    void printDefaultConfig() throws Exception {
        environment = new HashMap<>(Launcher.environment(folder));
        Run printed = Run.of(folder, environment, "config", "default");
        assertEquals(0, printed.exitCode(), printed.stderr());
        config = Files.writeString(folder.resolve("heliograph.yaml"), printed.stdout());
    }

    @Test
    void withoutSecrets_refuses_andNamesEachThatIsMissing() throws Exception {
        Run run = Run.of(folder, environment, "start", "--config", config.toString());

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("admin.token"), run.stderr());
        assertTrue(run.stderr().contains("workspaces.acme.keys[0].secret"), run.stderr());
    }

    @Test
    void shortHmacKey_isRefused_withTheLengthThatIsNeeded_andNotShown() throws Exception {
        environment.put("HELIOGRAPH_ADMIN_TOKEN", LONG_SECRET);
        environment.put("HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET", "31-characters-are-not-enough-31");

        Run run = Run.of(folder, environment, "start", "--config", config.toString());

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("workspaces.acme.keys[0].secret"), run.stderr());
        assertTrue(run.stderr().contains("32"), run.stderr());
        assertTrue(!run.stderr().contains("31-characters"), run.stderr());
    }

    @Test
    void unknownKey_isRefused_withTheKeyThatWasMeant() throws Exception {
        giveSecrets();
        Files.writeString(config, Files.readString(config).replace("eventLoops: 0", "eventLoop: 0"));

        Run run = Run.of(folder, environment, "start", "--config", config.toString());

        assertEquals(2, run.exitCode());
        assertTrue(run.stderr().contains("server.eventLoop") && run.stderr().contains("eventLoops"), run.stderr());
    }

    @Test
    void withSecrets_servesWhomTheTokenCommandLetsIn_andEndsWithZero() throws Exception {
        giveSecrets();
        int port = freePort();
        int adminPort = freePort();
        environment.put("HELIOGRAPH_SERVER_PORT", Integer.toString(port));
        environment.put("HELIOGRAPH_ADMIN_PORT", Integer.toString(adminPort));
        Process gateway = start();
        try {
            URI url = URI.create("http://127.0.0.1:" + port);
            URI admin = URI.create("http://127.0.0.1:" + adminPort);
            String token = token("subscribe:private-*");
            Demo access = new Demo(
                    gateway.pid(),
                    url,
                    URI.create("ws://127.0.0.1:" + port + "/ws"),
                    token,
                    "private-prod-segment-events",
                    "acme-web-prod-write-key",
                    "",
                    url,
                    "acme",
                    new Demo.Pusher("", "", ""),
                    new Demo.Admin(admin, LONG_SECRET));
            try (Producer producer = new Producer(access)) {
                awaitReady(producer, admin);
                try (Subscriber subscriber = Subscriber.of(access)) {
                    producer.track("Started");
                    assertEquals(
                            "acme",
                            subscriber.awaitEvent("Started").path("workspace").asText());
                }
            }
            gateway.destroy();
            assertTrue(gateway.waitFor(30, TimeUnit.SECONDS));
            assertEquals(0, gateway.exitValue());
        } finally {
            gateway.destroyForcibly();
        }
    }

    private void giveSecrets() {
        environment.put("HELIOGRAPH_ADMIN_TOKEN", LONG_SECRET);
        environment.put("HELIOGRAPH_WORKSPACES_ACME_KEYS_0_SECRET", LONG_SECRET);
    }

    private Process start() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Launcher.path().toString(), "start", "--config", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("start.log").toFile());
        builder.environment().putAll(environment);
        return builder.start();
    }

    private String token(String grant) throws Exception {
        Run run = Run.of(folder, environment, "token", "--config", config.toString(), "--user", "u1", "--grant", grant);
        assertEquals(0, run.exitCode(), run.stderr());
        return run.stdout().strip();
    }

    private void awaitReady(Producer producer, URI admin) throws Exception {
        long deadline = System.nanoTime() + READY_WITHIN.toNanos();
        while (System.nanoTime() < deadline) {
            try {
                if (producer.get(admin.resolve("/readyz")).statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                Thread.sleep(50); // not listening yet
            }
        }
        throw new AssertionError("not ready:\n" + Files.readString(folder.resolve("start.log")));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
