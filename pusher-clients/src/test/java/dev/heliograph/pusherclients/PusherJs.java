package dev.heliograph.pusherclients;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A process of clients of pusher-js, all of one channel. Any thread. */
final class PusherJs implements AutoCloseable {
    private static final Path SCRIPT = Path.of("src/test/resources/pusher-js-clients.cjs");

    private final Process process;
    private final BufferedWriter in;
    private final Map<Integer, Consumer<JsonNode>> listeners = new ConcurrentHashMap<>();

    private PusherJs(Process process) {
        this.process = process;
        this.in = process.outputWriter(StandardCharsets.UTF_8);
        Thread.ofVirtual().name("pusher-js").start(this::read);
    }

    static PusherJs start(TestApp app, String channel) {
        try {
            return new PusherJs(new ProcessBuilder(
                            "node",
                            SCRIPT.toString(),
                            Path.of("").toAbsolutePath().toString(),
                            app.key(),
                            app.secret(),
                            channel)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** @param listener of what that client sees */
    void connect(int id, int port, String user, Consumer<JsonNode> listener) {
        listeners.put(id, listener);
        write(Map.of("id", id, "do", "connect", "port", port, "user", user));
    }

    void tell(int id, String what) {
        write(Map.of("id", id, "do", what));
    }

    private synchronized void write(Map<String, Object> line) {
        try {
            in.write(Json.text(line) + "\n");
            in.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                JsonNode seen = Json.parse(line);
                Consumer<JsonNode> listener = listeners.get(seen.path("id").asInt());
                if (listener != null) {
                    listener.accept(seen);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
