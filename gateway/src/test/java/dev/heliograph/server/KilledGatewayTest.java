package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A gateway with history on disk is killed under load, again and again, and the ledger of all clients has to agree with what the next one has: every acknowledged
 * publication is where it was said to be, nobody was ever sent one that is not there, and no place names two. A power cut is not in it.
 */
@Tag("slow")
final class KilledGatewayTest {
    private static final int ROUNDS = 4;
    private static final int CHANNELS = 3;
    private static final int PUBLISHERS = 3;
    private static final int UNDER_WAY_MAX = 32;
    private static final int ACKNOWLEDGED_MIN = 150;
    private static final int ACKNOWLEDGED_MAX = 900;
    private static final String ONCE =
            "{\"type\":\"publish\",\"channel\":\"long-once\",\"requestId\":\"r\",\"payload\":{\"id\":\"once\",\"data\":1}}";

    @TempDir
    private Path folder;

    /** What clients know of the channels: of each place, what they were told is there. */
    private static final class Ledger {
        private final Map<String, String> sent = new ConcurrentHashMap<>();
        /** Place to publication, as publishers were told. */
        private final Map<String, String> acknowledged = new ConcurrentHashMap<>();
        /** Place to publication, as subscribers saw. */
        private final Map<String, String> delivered = new ConcurrentHashMap<>();

        private static String place(String channel, JsonNode position) {
            return channel + " " + position.path("epoch").asText() + ":"
                    + position.path("offset").asLong();
        }
    }

    private final Ledger ledger = new Ledger();
    private final Map<String, JsonNode> positions = new ConcurrentHashMap<>();

    @Test
    void kill_losesNothingAcknowledged_andNoPlaceNamesTwo() throws Exception {
        long seed = System.nanoTime();
        System.out.println("KilledGatewayTest seed " + seed);
        var random = new SplittableRandom(seed);
        for (int round = 0; round < ROUNDS; round++) {
            try (GatewayProcess gateway = GatewayProcess.start(folder)) {
                checkAll(gateway);
                runAndKill(gateway, round, ACKNOWLEDGED_MIN + random.nextInt(ACKNOWLEDGED_MAX - ACKNOWLEDGED_MIN));
            }
        }
        try (GatewayProcess gateway = GatewayProcess.start(folder)) {
            checkAll(gateway);
        }
        assertTrue(ledger.acknowledged.size() >= ROUNDS * ACKNOWLEDGED_MIN);
    }

    private void runAndKill(GatewayProcess gateway, int round, int enough) throws Exception {
        var acknowledged = new AtomicInteger();
        var running = new ArrayList<Future<?>>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int c = 0; c < CHANNELS; c++) {
                WsClient client = gateway.connect();
                String channel = "long-" + c;
                client.subscribe(channel);
                running.add(threads.submit(() -> untilItEnds(() -> subscribe(client, channel))));
            }
            for (int p = 0; p < PUBLISHERS; p++) {
                var publisher = new Publisher(gateway.connect(), "r" + round + "p" + p, acknowledged);
                running.add(threads.submit(() -> untilItEnds(publisher::send)));
                running.add(threads.submit(() -> untilItEnds(publisher::receive)));
            }
            TestGateway.until("enough was acknowledged", () -> acknowledged.get() >= enough);
            gateway.kill();
            for (Future<?> one : running) {
                one.get();
            }
        }
    }

    @FunctionalInterface
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static boolean untilItEnds(Work work) throws InterruptedException {
        try {
            work.run();
            return true;
        } catch (IOException killed) {
            return false;
        }
    }

    private void subscribe(WsClient client, String channel) throws IOException {
        while (true) {
            note(channel, client.expect("event"));
        }
    }

    private void note(String channel, JsonNode event) {
        String place = Ledger.place(channel, event.path("position"));
        String before = ledger.delivered.put(place, event.at("/payload/data").asText());
        assertTrue(before == null || before.equals(event.at("/payload/data").asText()), () -> place + " names two");
        positions.put(channel, event.path("position"));
    }

    /** Publishes without waiting for each answer. */
    private final class Publisher {
        private final WsClient client;
        private final String name;
        private final AtomicInteger count;
        private final Semaphore room = new Semaphore(UNDER_WAY_MAX);

        Publisher(WsClient client, String name, AtomicInteger count) {
            this.client = client;
            this.name = name;
            this.count = count;
        }

        void send() throws IOException, InterruptedException {
            for (int i = 0; ; i++) {
                if (!room.tryAcquire(2, TimeUnit.SECONDS)) {
                    return; // the gateway is dead
                }
                String id = name + "-" + i;
                String channel = "long-" + i % CHANNELS;
                ledger.sent.put(id, channel);
                client.send("{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"requestId\":\"" + id
                        + "\",\"payload\":{\"data\":\"" + id + "\"}}");
            }
        }

        void receive() throws IOException {
            while (true) {
                JsonNode answer = client.expect("published");
                String place = Ledger.place(answer.path("channel").asText(), answer.at("/payload/position"));
                String before =
                        ledger.acknowledged.put(place, answer.path("requestId").asText());
                assertEquals(null, before, place);
                count.incrementAndGet();
                room.release();
            }
        }
    }

    /** Reads everything, and goes on from where the last subscriber was. */
    private void checkAll(GatewayProcess gateway) throws IOException {
        Map<String, String> there = new HashMap<>();
        for (int c = 0; c < CHANNELS; c++) {
            String channel = "long-" + c;
            JsonNode left = positions.get(channel);
            if (left != null) {
                List<JsonNode> whole =
                        replay(gateway, channel, left.path("epoch").asText(), 0);
                checkOrder(whole);
                whole.forEach(event -> there.put(
                        Ledger.place(channel, event.path("position")),
                        event.at("/payload/data").asText()));
                long seen = left.path("offset").asLong();
                List<JsonNode> missed =
                        replay(gateway, channel, left.path("epoch").asText(), seen);
                assertEquals(whole.subList((int) seen, whole.size()), missed);
                missed.forEach(event -> note(channel, event));
            }
        }
        check(there, ledger.acknowledged);
        check(there, ledger.delivered);
        there.values().forEach(id -> assertTrue(ledger.sent.containsKey(id), id + " was never published"));
        assertEquals(
                there.size(), Map.copyOf(there).values().stream().distinct().count(), "one is there twice");
    }

    private static void check(Map<String, String> there, Map<String, String> told) {
        told.forEach((place, id) -> assertEquals(id, there.get(place), place));
    }

    /** Offsets without a gap, and each publisher's in its order. */
    private static void checkOrder(List<JsonNode> events) {
        var last = new TreeMap<String, Integer>();
        for (int i = 0; i < events.size(); i++) {
            assertEquals(i + 1, events.get(i).at("/position/offset").asLong());
            String id = events.get(i).at("/payload/data").asText();
            int dash = id.indexOf('-');
            int number = Integer.parseInt(id.substring(dash + 1));
            Integer before = last.put(id.substring(0, dash), number);
            assertTrue(before == null || before < number, id + " after " + before);
        }
    }

    private static List<JsonNode> replay(GatewayProcess gateway, String channel, String epoch, long offset)
            throws IOException {
        var events = new ArrayList<JsonNode>();
        try (WsClient client = gateway.connect()) {
            client.send("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":{\"recover\":{\"epoch\":\""
                    + epoch + "\",\"offset\":" + offset + "}}}");
            JsonNode answer = client.expect("subscribed").path("payload");
            assertTrue(answer.path("recovered").asBoolean(), answer::toString);
            long top = answer.at("/position/offset").asLong();
            for (long next = offset + 1; next <= top; next++) {
                events.add(client.expect("event"));
            }
        }
        return events;
    }

    /** Each thing is done, answered, and then the process is killed at once. */
    @Test
    void kill_keepsTheIdsOfEvents_andOfPublishes_andDeletions() throws Exception {
        JsonNode first;
        try (GatewayProcess gateway = GatewayProcess.start(folder);
                WsClient client = gateway.connect()) {
            gateway.ingest(track("m1", "alice"));
            gateway.ingest(track("m2", "bob"));
            gateway.ingest("{\"batch\":[" + track("m3", "bob") + "," + track("m4", "alice") + "]}");
            client.send(ONCE);
            first = client.expect("published").at("/payload/position");
            gateway.kill();
        }
        String deletion = "{\"type\":\"delete\",\"userId\":\"alice\"}";
        try (GatewayProcess gateway = GatewayProcess.start(folder);
                WsClient client = gateway.connect()) {
            for (String id : List.of("m1", "m2", "m3", "m4")) {
                gateway.ingest(track(id, "carol"));
            }
            assertEquals(List.of("m1", "m2", "m3", "m4"), ingested(client));
            client.send(ONCE);
            assertEquals(first, client.expect("published").at("/payload/position"));
            gateway.post("/ingest/segment/acme-web", deletion, "X-Signature: " + IngestToWebSocketTest.sign(deletion));
            gateway.ingest(track("m5", "alice"));
            gateway.kill();
        }
        try (GatewayProcess gateway = GatewayProcess.start(folder);
                WsClient client = gateway.connect()) {
            gateway.ingest(track("m5", "carol"));
            assertEquals(List.of("m2", "m3", "m5"), ingested(client));
        }
    }

    private static String track(String messageId, String user) {
        return "{\"type\":\"track\",\"event\":\"Paid\",\"userId\":\"" + user + "\",\"messageId\":\"" + messageId
                + "\",\"properties\":{\"checkpoint\":\"" + messageId + "\"}}";
    }

    /** The message ids in the history of what is ingested. */
    private static List<String> ingested(WsClient client) throws IOException {
        client.send("{\"type\":\"history\",\"channel\":\"" + TestGateway.EVENTS + "\",\"payload\":{\"limit\":100}}");
        var ids = new ArrayList<String>();
        for (JsonNode event : client.expect("history").at("/payload/publications")) {
            ids.add(event.findPath("checkpoint").asText());
        }
        return ids;
    }

    @Test
    void kill_keepsRevocations() throws Exception {
        TestToken mallory = TestToken.acme().user("mallory");
        try (GatewayProcess gateway = GatewayProcess.start(folder);
                WsClient client = gateway.connect(mallory)) {
            client.subscribe("a");
            String revocation = "{\"workspace\":\"acme\",\"user\":\"mallory\"}";
            assertEquals(
                    201,
                    gateway.operate("POST", "/admin/revocations", revocation).status());
            gateway.kill();
        }
        try (GatewayProcess gateway = GatewayProcess.start(folder);
                WsClient client = gateway.connect(mallory);
                WsClient other = gateway.connect(TestToken.acme().user("alice"))) {
            assertEquals("revoked", client.readToClose().reason());
            other.subscribe("a");
        }
    }

    @Test
    void aFullDisk_refusesWhatIsToBeKept_andLosesNothingThatWasAcknowledged() throws Exception {
        String epoch = "";
        long acknowledged = 0;
        String data = "\"" + "x".repeat(10_000) + "\"";
        try (GatewayProcess gateway = GatewayProcess.startWithDiskOf(folder, 3_000);
                WsClient client = gateway.connect();
                WsClient subscriber = gateway.connect()) {
            subscriber.subscribe("none-kept");
            assertEquals(200, gateway.operate("GET", "/readyz", "").status());
            JsonNode answer = publish(client, "long-0", data);
            for (; answer.path("type").asText().equals("published"); answer = publish(client, "long-0", data)) {
                acknowledged = answer.at("/payload/position/offset").asLong();
                epoch = answer.at("/payload/position/epoch").asText();
                assertTrue(acknowledged < 10_000, "the disk was never full");
            }
            assertEquals("UNAVAILABLE", answer.at("/payload/code").asText(), answer::toString);
            assertEquals("error", publish(client, "long-1", "1").path("type").asText());
            assertEquals(503, gateway.operate("GET", "/readyz", "").status());
            assertTrue(gateway.operate("GET", "/readyz", "").body().contains("disk"));
            assertEquals(
                    "published", publish(client, "none-kept", "1").path("type").asText(), "all else goes on");
            subscriber.expect("event");
        }
        assertTrue(acknowledged > 10);
        try (GatewayProcess gateway = GatewayProcess.start(folder)) {
            List<JsonNode> whole = replay(gateway, "long-0", epoch, 0);
            assertFalse(whole.size() < acknowledged, whole.size() + " of " + acknowledged);
            checkOffsets(whole);
        }
    }

    private static void checkOffsets(List<JsonNode> events) {
        for (int i = 0; i < events.size(); i++) {
            assertEquals(i + 1, events.get(i).at("/position/offset").asLong());
        }
    }

    private static JsonNode publish(WsClient client, String channel, String data) throws IOException {
        client.send("{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"requestId\":\"p\",\"payload\":{\"data\":"
                + data + "}}");
        return client.read();
    }
}
