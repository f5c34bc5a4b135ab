package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A gateway in a process of its own, told to stop by real signals and by its operator. */
@SuppressWarnings("NullAway.Init") // set by start
@Tag("slow")
final class DrainProcessTest {
    private static final Pattern READY =
            Pattern.compile("ready: 127\\.0\\.0\\.1:(\\d+) .*?, 127\\.0\\.0\\.1:(\\d+) \\(operator\\)");

    @TempDir
    private Path folder;

    private Process process;
    private BufferedReader log;
    private InetSocketAddress clients;
    private int adminPort;

    private void start(String drain) throws IOException {
        Path config = Files.writeString(folder.resolve("heliograph.yaml"), """
                server: {port: 0, eventLoops: 2, drain: %s}
                admin: {port: 0, token: %s}
                page: {enabled: false}
                workspaces: {acme: {audience: heliograph, keys: [{kid: acme-1, algorithm: HS256, secret: %s}]}}
                """.formatted(
                        drain, TestGateway.ADMIN_TOKEN, TestToken.ACME_SECRET));
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xshare:auto",
                        "-Dheliograph.log=text",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Main.class.getName(),
                        "start",
                        "--config",
                        config.toString())
                .redirectErrorStream(true)
                .start();
        log = process.inputReader(StandardCharsets.UTF_8);
        Matcher ready = READY.matcher(untilLogged("ready: "));
        assertTrue(ready.find());
        clients = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(ready.group(1)));
        adminPort = Integer.parseInt(ready.group(2));
    }

    private String untilLogged(String text) throws IOException {
        var seen = new ArrayList<String>();
        for (String line = log.readLine(); line != null; line = log.readLine()) {
            seen.add(line);
            if (line.contains(text)) {
                return line;
            }
        }
        throw new AssertionError("'" + text + "' was not logged: " + seen);
    }

    private WsClient connect() throws IOException {
        var socket = new Socket();
        socket.connect(clients);
        WsClient client = WsClient.upgraded(
                WsClient.over(socket),
                "/ws",
                "Authorization: Bearer " + TestToken.acme().text());
        client.expect("connected");
        return client;
    }

    private int exitCode() throws InterruptedException {
        try {
            assertTrue(process.waitFor(60, TimeUnit.SECONDS), "it goes on");
            return process.exitValue();
        } finally {
            process.destroyForcibly();
        }
    }

    @Test
    void sigterm_drains_saysHowManyWereForced_andExitsWithZero() throws Exception {
        start("{graceMs: 0, durationMs: 10s, deadlineMs: 30s}");
        try (WsClient goes = connect();
                WsClient stays = connect()) {
            process.toHandle().destroy();
            goes.expect("drain");
            goes.sendBytes(WsClient.close(1000));
            assertEquals(1000, goes.readToClose().code());
            stays.expect("drain");
            assertEquals(1012, stays.readToClose().code());
        }
        assertTrue(untilLogged("drained in").contains("0 of 2 connections"));
        untilLogged("stopped");
        assertEquals(0, exitCode());
    }

    @Test
    void secondSignal_stopsAtOnce() throws Exception {
        start("{graceMs: 1h, durationMs: 0, deadlineMs: 1h}");
        try (WsClient client = connect()) {
            process.toHandle().destroy();
            untilLogged("draining: 1 connections");
            process.toHandle().destroy();
            assertEquals(1012, client.readToClose().code());
        }
        assertTrue(untilLogged("drained in").contains("1 of 1 connections"));
        assertEquals(0, exitCode());
    }

    @Test
    void operatorsDrain_endsTheProcess_andASignalBehindItDoesNotHastenIt() throws Exception {
        start("{graceMs: 2s, durationMs: 10s, deadlineMs: 30s}");
        try (WsClient client = connect();
                HttpClient operator = HttpClient.newHttpClient()) {
            var request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + adminPort + "/admin/drain"))
                    .header("Authorization", "Bearer " + TestGateway.ADMIN_TOKEN)
                    .POST(HttpRequest.BodyPublishers.noBody())
                    .build();
            String answer = operator.send(request, BodyHandlers.ofString()).body();
            assertEquals(
                    "grace", new ObjectMapper().readTree(answer).path("phase").asText(), answer);
            process.toHandle().destroy();
            client.expect("drain");
            assertEquals(1012, client.readToClose().code());
        }
        assertTrue(untilLogged("drained in").contains("0 of 1 connections"));
        assertEquals(
                List.of(), log.lines().filter(line -> line.contains("ERROR")).toList());
        assertEquals(0, exitCode());
    }
}
