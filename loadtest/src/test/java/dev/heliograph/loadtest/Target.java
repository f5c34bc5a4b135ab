package dev.heliograph.loadtest;

import dev.heliograph.blackbox.Demo;
import dev.heliograph.blackbox.GatewayProcess;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The gateway under load: one that runs already, or one of our own that ends with the simulation.
 *
 * @param home where a gateway of our own keeps its secrets
 */
record Target(
        URI url,
        URI ws,
        String token,
        String channel,
        String writeKey,
        @Nullable App app,
        @Nullable GatewayProcess own,
        @Nullable Path home) {

    /** An app of Pusher's protocol. */
    record App(String id, String key, String secret) {
        /** What a client shows to subscribe. */
        String sign(String text) {
            return key + ":" + hmac(text);
        }

        String hmac(String text) {
            return HexFormat.of().formatHex(Signatures.hmacSha256(secret.getBytes(StandardCharsets.UTF_8), text));
        }
    }

    /**
     * From {@code HELIOGRAPH_URL}, {@code _TOKEN}, {@code _CHANNEL}, {@code _WRITE_KEY}, and for Pusher's protocol {@code HELIOGRAPH_PUSHER_APP}, {@code _KEY},
     * {@code _SECRET}; without the first, a gateway is started.
     */
    static Target from(Map<String, String> environment) {
        if (!environment.containsKey("HELIOGRAPH_URL")) {
            return startOwn();
        }
        URI url = URI.create(required(environment, "HELIOGRAPH_URL"));
        URI ws = URI.create(url.toString().replaceFirst("^http", "ws")).resolve("/ws");
        return new Target(
                url,
                ws,
                required(environment, "HELIOGRAPH_TOKEN"),
                required(environment, "HELIOGRAPH_CHANNEL"),
                required(environment, "HELIOGRAPH_WRITE_KEY"),
                app(environment),
                null,
                null);
    }

    private static @Nullable App app(Map<String, String> environment) {
        String id = environment.get("HELIOGRAPH_PUSHER_APP");
        return id == null
                ? null
                : new App(
                        id,
                        required(environment, "HELIOGRAPH_PUSHER_KEY"),
                        required(environment, "HELIOGRAPH_PUSHER_SECRET"));
    }

    /** Stops the gateway if it is ours. */
    void release() {
        if (own != null) {
            own.terminate();
        }
    }

    private static Target startOwn() {
        try {
            Path home = Files.createTempDirectory("heliograph-load");
            GatewayProcess process = GatewayProcess.start(home);
            Runtime.getRuntime().addShutdownHook(new Thread(process::close));
            Demo demo = process.demo();
            Demo.Pusher pusher = demo.pusher();
            var app = new App(pusher.appId(), pusher.key(), pusher.secret());
            return new Target(demo.url(), demo.ws(), demo.token(), demo.channel(), demo.writeKey(), app, process, home);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String required(Map<String, String> environment, String name) {
        String value = environment.get(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException(name + " is missing: it is needed beside HELIOGRAPH_URL");
        }
        return value;
    }
}
