package dev.heliograph.loadtest.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The packaged gateway, as a user starts it, in a process and on a core of its own, with its own secrets, history and metrics on. */
final class GatewayUnderTest implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int STOP_SECONDS = 10;
    /** Beside twice as many as are measured at once: those of one run may still be closing when the next begins. */
    private static final int SPARE_CONNECTIONS = 500;

    private static final String PUBLISHED = "heliograph_events_published_total";
    private static final String SOURCE = "HELIOGRAPH_WORKSPACES_DEMO_ENVIRONMENTS_PROD_SOURCES_SHOP_";

    private final Process process;
    private final JsonNode access;

    private GatewayUnderTest(Process process, JsonNode access) {
        this.process = process;
        this.access = access;
    }

    /** @param folder for its secrets and its log */
    static GatewayUnderTest start(Path launcher, Path folder, Machine machine, int connectionsMax) throws IOException {
        Path log = folder.resolve("gateway.log");
        List<String> command = machine.pinned(
                Machine.serverCore(), List.of(launcher.toString(), "demo", "--json", "--no-traffic", "--port", "0"));
        var builder = new ProcessBuilder(command).redirectError(log.toFile());
        // Settings of the load tests are none of a gateway's.
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("HELIOGRAPH_(LOAD_.*|URL|TOKEN|CHANNEL|WRITE_KEY)"));
        builder.environment().putAll(environment(folder, connectionsMax));
        Process process = builder.start();
        String line = firstLine(process);
        if (line == null) {
            process.destroyForcibly();
            throw new IOException("the gateway did not start:\n" + Files.readString(log));
        }
        return new GatewayUnderTest(process, JSON.readTree(line));
    }

    private static Map<String, String> environment(Path folder, int connectionsMax) {
        return Map.of(
                "HELIOGRAPH_BUILD",
                "never",
                "HELIOGRAPH_HOME",
                folder.resolve("home").toString(),
                "HELIOGRAPH_JAVA_HOME",
                System.getProperty("java.home"),
                "HELIOGRAPH_ADMIN_PORT",
                "0",
                "HELIOGRAPH_LIMITS_CONNECTIONS_MAX",
                Integer.toString(2 * connectionsMax + SPARE_CONNECTIONS),
                // No shedding: what is measured is the pipeline.
                SOURCE + "RATE_PER_SECOND",
                "10000000",
                SOURCE + "BURST",
                "10000000");
    }

    @SuppressWarnings("NullAway") // null at the end of the stream
    private static String firstLine(Process process) throws IOException {
        BufferedReader lines = process.inputReader(StandardCharsets.UTF_8);
        return lines.readLine();
    }

    long pid() {
        return access.path("pid").asLong();
    }

    URI url() {
        return URI.create(access.path("url").asText());
    }

    String token() {
        return access.path("token").asText();
    }

    String channel() {
        return access.path("channel").asText();
    }

    String writeKey() {
        return access.path("writeKey").asText();
    }

    ProcessUsage usage() {
        return ProcessUsage.of(pid());
    }

    /** Events that have come through the pipeline, by its own metrics. */
    long eventsPublished() throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(
                        URI.create(access.at("/admin/url").asText() + "/metrics"))
                .header("Authorization", "Bearer " + access.at("/admin/token").asText())
                .build();
        try (HttpClient client = HttpClient.newHttpClient()) {
            return client.send(request, HttpResponse.BodyHandlers.ofLines())
                    .body()
                    .filter(line -> line.startsWith(PUBLISHED))
                    .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                    .sum();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
