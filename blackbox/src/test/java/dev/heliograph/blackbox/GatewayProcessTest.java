package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The gateway as a process: how it starts, what it says and keeps to itself, how it ends. */
final class GatewayProcessTest {
    @TempDir
    Path home;

    @Test
    void demoJson_printsExactlyOneLineOnStdout() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Producer producer = new Producer(gateway.demo())) {
            producer.track("Something to log");

            assertEquals(gateway.pid(), gateway.demo().pid());
            assertEquals(0, gateway.terminate());
            assertEquals(1, gateway.stdout().size(), () -> "stdout: " + gateway.stdout());
        }
    }

    @Test
    void sigterm_tellsClientsToComeBack_andExitsWithZero() {
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Subscriber subscriber = Subscriber.of(gateway.demo())) {
            assertEquals(0, gateway.terminate());
            assertTrue(List.of(1001, 1012).contains(subscriber.awaitClose()), "a restart is no error of the client's");
        }
    }

    @Test
    void kill9_thenStartAgain_keepsTheSecrets_andSaysThatThePastIsLost() throws Exception {
        Demo before;
        JsonNode position;
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Subscriber subscriber = Subscriber.of(gateway.demo());
                Producer producer = new Producer(gateway.demo())) {
            before = gateway.demo();
            producer.track("Before");
            position = subscriber.await("event").path("position");
            gateway.kill();
            assertEquals(RawWebSocket.NO_CLOSE_FRAME, subscriber.awaitClose());
        }
        try (GatewayProcess gateway = GatewayProcess.start(
                        home, "--port", Integer.toString(before.url().getPort()));
                Subscriber subscriber = Subscriber.connect(gateway.demo(), before.token());
                Producer producer = new Producer(before)) {
            subscriber.send("{\"type\":\"subscribe\",\"channel\":\"" + before.channel() + "\",\"payload\":{\"recover\":"
                    + position + "}}");
            JsonNode subscribed = subscriber.await("subscribed").path("payload");
            producer.track("After");

            assertEquals(before.writeKey(), gateway.demo().writeKey());
            assertTrue(subscribed.path("wasRecovering").asBoolean(), () -> "answer: " + subscribed);
            assertFalse(subscribed.path("recovered").asBoolean(true), () -> "answer: " + subscribed);
            assertNotEquals(
                    position.path("epoch").asText(),
                    subscribed.path("position").path("epoch").asText());
            assertEquals(
                    "After", subscriber.awaitEvent("After").path("event_name").asText());
        }
    }

    @Test
    void generatedSecrets_areReadableByTheirOwnerOnly() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Stream<Path> files = Files.walk(home)) {
            List<Path> holders = files.filter(Files::isRegularFile)
                    .filter(file -> holds(file, gateway.demo().writeKey()))
                    .toList();
            assertFalse(holders.isEmpty(), "no file in " + home + " holds the write key");
            for (Path file : holders) {
                assertEquals(
                        "rw-------",
                        PosixFilePermissions.toString(Files.getPosixFilePermissions(file)),
                        file.toString());
            }
        }
    }

    @Test
    void tokensKeysAndBodies_neverReachTheLogOrTheMetrics() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Producer producer = new Producer(gateway.demo())) {
            Demo demo = gateway.demo();
            String forged = demo.token().substring(0, demo.token().length() - 4) + "AAAA";
            producer.get(URI.create(demo.url() + "/ws?token=" + forged));
            producer.get(URI.create(demo.url() + "/nothing-here?token=" + demo.token() + "&auth=canary-query"));
            producer.get(URI.create(demo.url() + "/"), "Authorization", "Bearer canary-header");
            producer.post("/v1/track", "{\"writeKey\":\"" + demo.writeKey() + "\",\"event\":\"canary-body\"}");
            producer.post(
                    "/v1/track", "{\"writeKey\":\"canary-key\",\"event\":\"canary-body\",\"userId\":\"canary-user\"}");
            producer.post("/v1/track", "{\"canary-body\": nonsense");
            producer.post(demo.webhookUrl().getPath(), "{\"canary-body\":1}");
            producer.get(URI.create(demo.admin().url() + "/metrics"), "Authorization", "Bearer canary-admin");
            try (Subscriber subscriber = Subscriber.of(demo)) {
                subscriber.send("{\"type\":\"authenticate\",\"payload\":{\"token\":\"" + forged + "\"}}");
                subscriber.send("{\"type\":\"canary-message\"}");
                subscriber.await("error");
            }
            String metrics = producer.get(
                            URI.create(demo.admin().url() + "/metrics"),
                            "Authorization",
                            "Bearer " + demo.admin().token())
                    .body();
            assertEquals(0, gateway.terminate());

            assertTrue(metrics.contains("# HELP"), () -> "not Prometheus text: " + metrics);
            for (String where : List.of(gateway.log(), metrics)) {
                for (String secret : List.of(
                        demo.token(),
                        forged,
                        demo.writeKey(),
                        demo.webhookSecret(),
                        demo.admin().token(),
                        "canary")) {
                    assertFalse(where.contains(secret), () -> secret + " is in\n" + where);
                }
            }
        }
    }

    @Test
    void adminListener_answersHealthToAnyone_andMetricsOnlyToItsToken() throws Exception {
        try (GatewayProcess gateway = GatewayProcess.start(home);
                Producer producer = new Producer(gateway.demo())) {
            Demo.Admin admin = gateway.demo().admin();
            assertEquals(200, producer.get(URI.create(admin.url() + "/healthz")).statusCode());
            assertEquals(200, producer.get(URI.create(admin.url() + "/readyz")).statusCode());
            assertEquals(401, producer.get(URI.create(admin.url() + "/metrics")).statusCode());
            assertEquals(
                    401,
                    producer.get(
                                    URI.create(admin.url() + "/metrics"),
                                    "Authorization",
                                    "Bearer " + gateway.demo().token())
                            .statusCode());
            assertEquals(
                    200,
                    producer.get(URI.create(admin.url() + "/metrics"), "Authorization", "Bearer " + admin.token())
                            .statusCode());
        }
    }

    private static boolean holds(Path file, String text) {
        try {
            return Files.readString(file).contains(text);
        } catch (java.io.IOException e) {
            return false;
        }
    }
}
