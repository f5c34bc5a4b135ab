package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a restart leaves of history: with {@code history.store: disk} everything that was acknowledged, without it nothing, and it is said. */
@ExtendWith(NoLeaks.class)
@Tag("slow")
final class DiskHistoryTest {
    private static final String KEY = "X-Write-Key: acme-web-key";

    private static final String COMMITS = "heliograph_history_commits_total";

    @TempDir
    private Path folder;

    private TestGateway start() throws IOException {
        return TestGateway.start("history: {store: disk}\nstore: {folder: \"" + folder + "\"}\n");
    }

    private static String subscribe(String channel, JsonNode position) {
        return "{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":{\"recover\":" + position + "}}";
    }

    private static JsonNode position(WsClient client, String channel) throws IOException {
        client.send("{\"type\":\"history\",\"channel\":\"" + channel + "\",\"payload\":{\"limit\":1}}");
        return client.expect("history").at("/payload/position");
    }

    @Test
    void restart_withoutDisk_beginsANewEpoch_andSaysSo() throws IOException {
        JsonNode before;
        try (TestGateway gateway = TestGateway.start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("long-c", "1");
            before = position(client, "long-c");
        }
        try (TestGateway gateway = TestGateway.start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("long-c", "2");
            client.send(subscribe("long-c", before));
            JsonNode answer = client.expect("subscribed").path("payload");
            assertEquals(false, answer.path("recovered").asBoolean());
            assertEquals(true, answer.path("wasRecovering").asBoolean());
            assertNotEquals(before.path("epoch"), answer.at("/position/epoch"));
        }
    }

    @Test
    void restart_withDisk_letsClientsGoOnExactlyWhereTheyWere() throws IOException {
        JsonNode seen;
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            client.subscribe("long-c");
            assertEquals(1, publisher.publish("long-c", "{\"n\":1}"));
            seen = client.expect("event").path("position");
            assertEquals(2, publisher.publish("long-c", "{\"n\":2}"));
            assertEquals(3, publisher.publish("long-c", "{\"n\":3}"));
        }
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.send(subscribe("long-c", seen));
            assertTrue(client.expect("subscribed").at("/payload/recovered").asBoolean());
            for (long n = 2; n <= 3; n++) {
                JsonNode missed = client.expect("event");
                assertEquals(n, missed.at("/payload/data/n").asLong());
                assertEquals(n, missed.at("/position/offset").asLong());
                assertEquals(seen.path("epoch"), missed.at("/position/epoch"));
            }
            client.send("{\"type\":\"publish\",\"channel\":\"long-c\",\"payload\":{\"data\":{\"n\":4}}}");
            JsonNode live = client.expect("event");
            assertEquals(4, live.at("/position/offset").asLong());
            assertEquals(seen.path("epoch"), live.at("/position/epoch"));
        }
    }

    @Test
    void restart_keepsThePositionOfAChannelWhoseHistoryHasExpired() throws Exception {
        JsonNode before;
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("default-c", "1");
            client.publish("default-c", "2");
            before = position(client, "default-c");
            gateway.advance(Duration.ofMinutes(2));
            assertEquals(0, history(client, "default-c").size());
            client.publish("long-other", "1"); // something else that is written
        }
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            gateway.advance(Duration.ofMinutes(2));
            assertEquals(before, position(client, "default-c"));
            double commits = gateway.metric(COMMITS);
            TestGateway.until("the disk was swept", () -> gateway.metric(COMMITS) >= commits + 2);
        }
        try (Store store = Store.open(folder)) {
            assertEquals(1, store.queue("history").size(), "what has expired is gone from the disk");
        }
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.send(subscribe("default-c", before));
            assertTrue(client.expect("subscribed").at("/payload/recovered").asBoolean());
            assertEquals(1, client.publish("default-d", "1"));
            client.send("{\"type\":\"publish\",\"channel\":\"default-c\",\"payload\":{\"data\":3}}");
            assertEquals(3, client.expect("event").at("/position/offset").asLong());
        }
    }

    private static JsonNode history(WsClient client, String channel) throws IOException {
        client.send("{\"type\":\"history\",\"channel\":\"" + channel + "\",\"payload\":{\"limit\":100}}");
        return client.expect("history").at("/payload/publications");
    }

    private static String track(String messageId, String user) {
        return "{\"type\":\"track\",\"event\":\"Paid\",\"userId\":\"" + user + "\",\"messageId\":\"" + messageId
                + "\",\"properties\":{\"checkpoint\":\"" + messageId + "\"}}";
    }

    @Test
    void restart_knowsARepetition_ofAnIngestedEvent_andOfAPublish() throws IOException {
        String publish =
                "{\"type\":\"publish\",\"channel\":\"long-c\",\"requestId\":\"r\",\"payload\":{\"id\":\"once\","
                        + "\"data\":1}}";
        JsonNode first;
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            assertEquals(200, gateway.post("/v1/track", track("m1", "u1"), KEY).status());
            client.send(publish);
            first = client.expect("published").at("/payload/position");
        }
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            for (String id : new String[] {"m1", "m2", "m1"}) {
                assertEquals(
                        200, gateway.post("/v1/track", track(id, "u1"), KEY).status());
            }
            assertEquals(2, gateway.metric("heliograph_events_dropped_total{reason=\"duplicate\"}"));
            assertEquals(2, history(client, TestGateway.EVENTS).size());
            client.send(publish);
            assertEquals(first, client.expect("published").at("/payload/position"));
            assertEquals(1, history(client, "long-c").size());
        }
    }

    @Test
    void deletion_holdsAfterARestart_alsoOfWhatAnEarlierRunKept() throws Exception {
        try (TestGateway gateway = start()) {
            gateway.post("/v1/track", track("m1", "alice"), KEY);
            gateway.post("/v1/track", track("m2", "bob"), KEY);
            gateway.post("/v1/track", track("m3", "alice"), KEY);
        }
        JsonNode position;
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            position = position(client, TestGateway.EVENTS);
            assertEquals(3, history(client, TestGateway.EVENTS).size());
            String deletion = "{\"type\":\"delete\",\"userId\":\"alice\"}";
            assertEquals(
                    200,
                    gateway.post(
                                    "/ingest/segment/acme-web",
                                    deletion,
                                    "X-Signature: " + IngestToWebSocketTest.sign(deletion))
                            .status());
            assertEquals(1, history(client, TestGateway.EVENTS).size());
        }
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            JsonNode left = history(client, TestGateway.EVENTS);
            assertEquals(1, left.size(), left::toString);
            assertEquals(2, left.at("/0/position/offset").asLong());
            assertEquals(position, position(client, TestGateway.EVENTS));
        }
    }

    @Test
    void aDamagedRecord_isFoundAtTheStart_whichIsRefused() throws IOException {
        try (TestGateway gateway = start();
                WsClient client = gateway.connect(TestToken.acme())) {
            for (int i = 0; i < 100; i++) {
                client.publish("long-c", "\"unmistakable-" + i + "\"");
            }
        }
        Path file = folder.resolve(Store.FILE);
        byte[] bytes = Files.readAllBytes(file);
        byte[] text = "unmistakable-77".getBytes(StandardCharsets.UTF_8);
        int damaged = 0;
        for (int at = 0; at < bytes.length - text.length; at++) {
            if (java.util.Arrays.equals(bytes, at, at + text.length, text, 0, text.length)) {
                bytes[at] ^= 1;
                damaged++;
            }
        }
        assertTrue(damaged > 0);
        Files.write(file, bytes);
        var refusal = assertThrows(StoreException.class, this::start);
        assertTrue(String.valueOf(refusal.getMessage()).contains("move it away"), refusal.getMessage());
    }

    @Test
    void aRecordOfAnotherVersion_isFoundAtTheStart_whichIsRefused() throws IOException {
        try (Store store = Store.open(folder)) {
            store.write(() -> store.queue("history").append(new byte[40])).join();
        }
        var refusal = assertThrows(IOException.class, this::start);
        assertTrue(String.valueOf(refusal.getMessage()).contains("unknown kind"), refusal.getMessage());
        Store.open(folder).close(); // nobody holds it any more
    }
}
