package dev.heliograph.pusherclients;

import dev.heliograph.blackbox.Launcher;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The packaged gateway with the apps of {@link TestApp}, started as an operator starts it. Its log is kept whole. Any thread. */
final class PackagedGateway implements AutoCloseable {
    private static final int READY_SECONDS = 60;
    private static final int STOP_SECONDS = 30;
    private static final Pattern READY = Pattern.compile("ready: 127\\.0\\.0\\.1:(\\d+) ");
    private static final String TOKEN_SECRET = "0123456789abcdefghijklmnopqrstuvwxyz-0123456789";

    private final Process process;
    private final Path config;
    private final Path home;
    private final Seen<String> log = new Seen<>();
    private final int port;

    private PackagedGateway(Process process, Path home, Path config) {
        this.process = process;
        this.home = home;
        this.config = config;
        Thread.ofVirtual().name("gateway-log").start(this::readLog);
        Matcher ready = READY.matcher(
                log.await("the gateway's ready", line -> READY.matcher(line).find(), READY_SECONDS));
        if (!ready.find()) {
            throw new AssertionError("it fitted a moment ago");
        }
        this.port = Integer.parseInt(ready.group(1));
    }

    /** @param port 0: any that is free */
    static PackagedGateway start(Path home, int port) {
        try {
            Path config = Files.writeString(home.resolve("heliograph.yaml"), config(port));
            List<String> command = List.of(Launcher.path().toString(), "start", "--config", config.toString());
            ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
            builder.environment().keySet().removeIf(variable -> variable.startsWith("HELIOGRAPH_"));
            builder.environment().putAll(Launcher.environment(home));
            builder.environment()
                    .put(
                            "HELIOGRAPH_JAVA_OPTS",
                            "-Dio.netty.leakDetection.level=paranoid -Dio.netty.leakDetection.targetRecords=16");
            return new PackagedGateway(builder.start(), home, config);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** Lines that say something has gone wrong in the gateway, whatever its clients saw. */
    List<String> faults() {
        return log.all(line -> line.contains("LEAK") || line.contains("ERROR") || line.contains("\"error\""));
    }

    /** A token of the workspace {@code acme}, made as an operator makes one. */
    String token(String user, String... grants) {
        List<String> command = new ArrayList<>(
                List.of(Launcher.path().toString(), "token", "--config", config.toString(), "--user", user));
        command.addAll(List.of("--workspace", "acme"));
        for (String grant : grants) {
            command.addAll(List.of("--grant", grant));
        }
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().putAll(Launcher.environment(home));
            Process token = builder.start();
            try (BufferedReader out = token.inputReader(StandardCharsets.UTF_8);
                    BufferedReader err = token.errorReader(StandardCharsets.UTF_8)) {
                String line = out.readLine();
                if (line == null) {
                    throw new AssertionError("no token: " + err.lines().toList());
                }
                return line.strip();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends SIGTERM and returns the exit code. */
    int terminate() {
        process.destroy();
        return awaitExit();
    }

    /** Sends SIGKILL: nobody is told goodbye. */
    void kill() {
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
                throw new AssertionError("the gateway still ran " + STOP_SECONDS + " s after it was told to stop");
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted", e);
        }
    }

    private void readLog() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (@Nullable String line = lines.readLine(); line != null; line = lines.readLine()) {
                log.add(line);
            }
        } catch (IOException e) {
            log.add("its output broke: " + e);
        }
    }

    private static String config(int port) {
        return """
                server:
                  port: %d
                  drain: {graceMs: 0, durationMs: 0}
                admin:
                  port: 0
                  token: %s
                page:
                  enabled: false
                workspaces:
                """.formatted(port, TOKEN_SECRET)
                + app(TestApp.ACME, "clientEvents: true", "subscriptionCount: true", "membersMax: 500")
                + """
                    keys:
                      - kid: k1
                        algorithm: HS256
                        secret: %s
                """.formatted(TOKEN_SECRET).indent(0)
                + app(TestApp.PLAIN, "subscriptionErrors: connection")
                + app(TestApp.SMALL, "connectionsMax: 2", "membersMax: 1", "subscriptionsMax: 2")
                + app(TestApp.OFF, "enabled: false");
    }

    private static String app(TestApp app, String... settings) {
        var yaml = new StringBuilder("""
                  %s:
                    pusher:
                      appId: "%s"
                      keys:
                        - key: %s
                          secret: %s
                """.formatted(app.workspace(), app.id(), app.key(), app.secret())
                .indent(0));
        for (String setting : settings) {
            yaml.append("      ").append(setting).append('\n');
        }
        return yaml.toString();
    }
}
