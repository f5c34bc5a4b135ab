package dev.heliograph.blackbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The packaged gateway as a child process, started as a user starts it, by the launcher's {@code demo --json}. What it
 * prints is kept whole, so it suits tests, not long runs. Any thread.
 */
public final class GatewayProcess implements AutoCloseable {
    private static final int READY_SECONDS = 60;
    private static final int STOP_SECONDS = 30;
    private static final String WATCHED =
            "-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=16";

    private final Process process;
    private final Path stderr;
    private final List<String> stdout = Collections.synchronizedList(new ArrayList<>());
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();
    private final Thread reader;
    private final Demo demo;

    private GatewayProcess(Process process, Path stderr) {
        this.process = process;
        this.stderr = stderr;
        this.reader = Thread.ofVirtual().name("gateway-stdout").start(this::readStdout);
        this.demo = awaitDemo();
    }

    /**
     * Starts a gateway without traffic on a free port and returns once it is ready.
     *
     * @param home where it keeps its generated secrets; the same folder again gives the same secrets. Its log lies there too
     */
    public static GatewayProcess start(Path home, String... moreArguments) {
        return start(home, Map.of(), moreArguments);
    }

    /** Starts one like that with other settings, by the names that they have in the environment. */
    static GatewayProcess startSet(Path home, Map<String, String> settings) {
        return start(home, settings);
    }

    /** Starts one like that whose buffers are all watched: a leaked one shows as {@code LEAK} in its log. */
    static GatewayProcess startWatched(Path home, String... moreArguments) {
        return start(home, Map.of("HELIOGRAPH_JAVA_OPTS", WATCHED), moreArguments);
    }

    /** Starts one with more flags for the JVM. */
    static GatewayProcess startWith(String javaOptions, Path home) {
        return start(home, Map.of("HELIOGRAPH_JAVA_OPTS", javaOptions));
    }

    private static GatewayProcess start(Path home, Map<String, String> settings, String... moreArguments) {
        List<String> command = new ArrayList<>(List.of(Launcher.path().toString(), "demo", "--json", "--no-traffic"));
        command.addAll(List.of(moreArguments));
        if (!command.contains("--port")) {
            command.addAll(List.of("--port", "0"));
        }
        try {
            Path stderr = Files.createTempFile(home, "gateway-", ".log");
            ProcessBuilder builder = new ProcessBuilder(command).redirectError(stderr.toFile());
            // The load tests' own settings: a gateway refuses variables of its prefix that are none of its.
            builder.environment().keySet().removeIf(variable -> variable.startsWith("HELIOGRAPH_LOAD_"));
            builder.environment().putAll(Launcher.environment(home));
            settings.forEach((name, value) -> builder.environment()
                    .merge(
                            name,
                            value,
                            (given, ours) -> name.equals("HELIOGRAPH_JAVA_OPTS") ? given + " " + ours : ours));
            return new GatewayProcess(builder.start(), stderr);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot start " + command, e);
        }
    }

    public Demo demo() {
        return demo;
    }

    /** The process itself; the launcher has become the JVM, so this is the gateway's. */
    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    /** Every line it has printed on stdout. */
    public List<String> stdout() {
        return List.copyOf(stdout);
    }

    /** Everything it has logged. */
    public String log() {
        try {
            return Files.readString(stderr);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM and returns the exit code. */
    public int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** Sends SIGKILL: the gateway gets no chance to say goodbye. */
    public void kill() {
        process.destroyForcibly();
        awaitExit();
    }

    @Override
    public void close() {
        kill();
    }

    private int awaitExit() {
        try {
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException(
                        "the gateway still ran " + STOP_SECONDS + " s after it was told to stop:\n" + log());
            }
            reader.join();
            return process.exitValue();
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
    }

    private Demo awaitDemo() {
        try {
            return Demo.parse(firstLine.get(READY_SECONDS, TimeUnit.SECONDS));
        } catch (IllegalArgumentException e) {
            process.destroyForcibly();
            throw e;
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (ExecutionException | TimeoutException e) {
            process.destroyForcibly();
            throw new IllegalStateException("the gateway was not ready within " + READY_SECONDS + " s:\n" + log(), e);
        }
    }

    private void readStdout() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                stdout.add(line);
                firstLine.complete(line);
            }
            firstLine.completeExceptionally(new IOException("it ended without a line on stdout"));
        } catch (IOException e) {
            firstLine.completeExceptionally(e);
        }
    }

    private static IllegalStateException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return new IllegalStateException("interrupted", cause);
    }
}
