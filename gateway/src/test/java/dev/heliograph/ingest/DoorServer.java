package dev.heliograph.ingest;

import dev.heliograph.auth.WriteKeys;
import dev.heliograph.config.Config;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig.Transport;
import dev.heliograph.http.BodyWorkers;
import dev.heliograph.http.EventLoops;
import dev.heliograph.http.HttpServer;
import dev.heliograph.http.Listener;
import dev.heliograph.http.Router;
import dev.heliograph.pipeline.Harness;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The doors of ingest on a real server on a free port of the loopback, with a pipeline whose clock stands still behind them. */
final class DoorServer implements AutoCloseable {
    static final String OK = "{\"success\":true}";

    final Harness harness;
    private final EventLoops loops = EventLoops.create(Transport.AUTO, 1, "door-loop");
    private final HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    DoorServer(Config config) throws IOException {
        this.harness = new Harness(config);
        var router = new Router();
        IngestRoutes.register(
                router,
                new WriteKeys(config.workspaces()),
                harness.pipeline,
                config.ingest(),
                harness.metrics,
                () -> Harness.NOW_MS);
        this.server = HttpServer.start(
                new Listener("doors", "127.0.0.1", 0),
                router,
                loops,
                LimitsConfig.DEFAULT,
                new BodyWorkers(64),
                harness.metrics);
    }

    /** A body as an SDK sent it, from the files of the protocol module. */
    static byte[] golden(String file) {
        try {
            return Files.readAllBytes(
                    Path.of("../protocol/src/test/resources/segment").resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String host() {
        return "127.0.0.1:" + server.address().getPort();
    }

    /** @param headers names and values in turn */
    HttpResponse<String> send(String method, String path, byte[] body, String... headers) {
        var request = HttpRequest.newBuilder(URI.create("http://" + host() + path))
                .method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            return client.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    HttpResponse<String> post(String path, String body, String... headers) {
        return send("POST", path, body.getBytes(StandardCharsets.UTF_8), headers);
    }

    @Override
    public void close() {
        client.close();
        server.close(1_000).orTimeout(10, TimeUnit.SECONDS).join();
        loops.close();
    }
}
