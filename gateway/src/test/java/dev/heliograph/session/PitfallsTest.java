package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What others stumbled over with history and recovery, one test for each pitfall that can exist here. Elsewhere are: a recovery too large for one frame or one outbox
 * ({@link RecoveryTest}), what inflates to more than a message may have ({@code CompressionTest}), a loss that is told across a new subscription ({@code LadderTest}).
 */
final class PitfallsTest {
    private static final int MANY_CHANNELS = 500;
    private static final int FRAME_BYTES_MAX = 65_536;

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("limits: {subscriptionsMax: " + MANY_CHANNELS + "}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void reconnectThatNamesManyChannels_isOneMessage_thatFitsIntoAFrame() throws IOException {
        List<String> channels = IntStream.range(0, MANY_CHANNELS)
                .mapToObj("short-of-someone-with-many-%03d"::formatted)
                .toList();
        List<String> entries = new ArrayList<>();
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.send(subscribe(channels.stream()
                    .map(channel -> "{\"channel\":\"" + channel + "\"}")
                    .toList()));
            for (JsonNode one : client.expect("subscribed").at("/payload/channels")) {
                entries.add("{\"channel\":\"" + one.path("channel").asText() + "\",\"recover\":" + one.path("position")
                        + "}");
            }
        }
        assertEquals(MANY_CHANNELS, entries.size());
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (String channel : channels) {
                publisher.publish(channel, "\"missed\"");
            }
        }
        String reconnect = subscribe(entries);
        assertTrue(reconnect.getBytes(StandardCharsets.UTF_8).length < FRAME_BYTES_MAX);

        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.send(reconnect);
            for (JsonNode one : client.expect("subscribed").at("/payload/channels")) {
                assertTrue(one.path("recovered").asBoolean(), one::toString);
            }
            for (String channel : channels) {
                assertEquals(channel, client.expect("event").path("channel").asText());
            }
        }
    }

    private static String subscribe(List<String> entries) {
        return "{\"type\":\"subscribe\",\"payload\":{\"channels\":[" + String.join(",", entries) + "]}}";
    }

    @Test
    void offset_neverBeginsAnewUnderTheSameEpoch_whenAChannelWasForgotten() throws Exception {
        try (TestGateway own = TestGateway.start()) {
            JsonNode before;
            try (WsClient client = own.connect(TestToken.acme())) {
                client.publish("short-forgotten", "1");
                before = client.subscribe("short-forgotten").at("/payload/position");
            }
            TestGateway.until(
                    "the client has left",
                    () -> own.statez().at("/channels/occupied").asInt() == 0);
            own.advance(Duration.ofHours(2));
            TestGateway.until(
                    "the channel is forgotten",
                    () -> own.statez().at("/channels/known").asInt() == 0);
            TestToken token = TestToken.acme().with("exp", own.millis() / 1_000 + 600);
            try (WsClient client = own.connect(token)) {
                client.send(recover("short-forgotten", before.toString()));
                JsonNode answer = client.expect("subscribed").path("payload");

                assertFalse(answer.path("recovered").asBoolean(), answer::toString);
                assertNotEquals(before.path("epoch"), answer.at("/position/epoch"));
            }
        }
    }

    @Test
    void publishThatIsSuppressed_takesNoOffset_soThatNobodySeesAGap() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            new Transcript(client).play("""
                    > {"type":"subscribe","channel":"short-once"}
                    < {"type":"subscribed"}
                    > {"type":"publish","channel":"short-once","requestId":"1","payload":{"id":"a","data":1}}
                    < {"type":"published","requestId":"1","payload":{"position":{"epoch":"$e","offset":1}}}
                    < {"type":"event","position":{"epoch":"$e","offset":1}}
                    > {"type":"publish","channel":"short-once","requestId":"2","payload":{"id":"a","data":1}}
                    < {"type":"published","requestId":"2","payload":{"position":{"epoch":"$e","offset":1}}}
                    > {"type":"publish","channel":"short-once","requestId":"3","payload":{"id":"b","data":2}}
                    < {"type":"published","requestId":"3","payload":{"position":{"epoch":"$e","offset":2}}}
                    < {"type":"event","position":{"epoch":"$e","offset":2}}
                    """);
        }
    }

    @Test
    void recovery_worksAgainAndAgain_andForWhoHasNeverReceivedAnEvent() throws IOException {
        String position;
        try (WsClient client = gateway.connect(TestToken.acme())) {
            position = client.subscribe("long-again").at("/payload/position").toString();
        }
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int n = 1; n <= 5; n++) {
                publisher.publish("long-again", Integer.toString(n));
                try (WsClient client = gateway.connect(TestToken.acme())) {
                    client.send(recover("long-again", position));
                    assertTrue(
                            client.expect("subscribed").at("/payload/recovered").asBoolean());
                    JsonNode event = client.expect("event");
                    assertEquals(n, event.at("/payload/data").asInt());
                    position = event.path("position").toString();
                }
            }
        }
    }

    private static String recover(String channel, String position) {
        return "{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":{\"recover\":" + position + "}}";
    }

    @Test
    void filterWithRecovery_bringsWhatMatches_andWhatDoesNotCountsAsSeen() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            new Transcript(client).play("""
                    > {"type":"subscribe","channel":"short-filtered","payload":{"filter":{"eq":["n",9]}}}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":0}}}
                    > {"type":"publish","channel":"short-filtered","payload":{"data":{"n":1}}}
                    > {"type":"publish","channel":"short-filtered","payload":{"data":"no object"}}
                    > {"type":"publish","channel":"short-filtered","payload":{"data":{"n":9}}}
                    < {"type":"event","position":{"epoch":"$e","offset":3}}
                    > {"type":"publish","channel":"short-filtered","payload":{"data":{"n":2}}}
                    > {"type":"unsubscribe","channel":"short-filtered"}
                    > {"type":"subscribe","channel":"short-filtered","payload":{"filter":{"eq":["n",9]},"recover":{"epoch":"$e","offset":0}}}
                    < {"type":"subscribed","payload":{"recovered":true,"position":{"offset":4}}}
                    < {"type":"event","position":{"epoch":"$e","offset":3}}
                    > {"type":"subscribe","channel":"short-filtered","payload":{"filter":{"eq":["n",9]},"recover":{"epoch":"$e","offset":3}}}
                    < {"type":"subscribed","payload":{"recovered":true,"position":{"offset":4}}}
                    > {"type":"publish","channel":"short-filtered","payload":{"data":{"n":9}}}
                    < {"type":"event","position":{"epoch":"$e","offset":5}}
                    """);
        }
    }

    @Test
    void positionThatIsLost_costsThatChannel_neverTheConnectionOrTheOthers() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("short-kept", "1");
            new Transcript(client).play("""
                    > {"type":"subscribe","channel":"short-kept"}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":1}}}
                    > {"type":"subscribe","payload":{"channels":[{"channel":"short-kept","recover":{"epoch":"$e","offset":0}},{"channel":"short-lost","recover":{"epoch":"from-before","offset":7}}]}}
                    < {"type":"subscribed","payload":{"channels":[{"channel":"short-kept","recovered":true},{"channel":"short-lost","recovered":false,"wasRecovering":true}]}}
                    < {"type":"event","channel":"short-kept","position":{"offset":1}}
                    > {"type":"publish","channel":"short-lost","payload":{"data":1}}
                    < {"type":"event","channel":"short-lost","position":{"offset":1}}
                    """);
        }
    }

    @Test
    void manyRecoveriesBesidePublishers_neitherWaitForEachOther_norBringOlderOffsetsAfterNewer() throws Exception {
        var random = new SplittableRandom(7);
        var ended = new AtomicBoolean();
        String position;
        try (WsClient client = gateway.connect(TestToken.acme())) {
            position = client.subscribe("long-crowded").at("/payload/position").toString();
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Void>> publishers = IntStream.range(0, 2)
                    .mapToObj(_ -> threads.submit(() -> publishUntil(ended)))
                    .toList();
            List<Future<Void>> readers = IntStream.range(0, 8)
                    .mapToObj(_ -> {
                        SplittableRandom own = random.split();
                        return threads.submit(() -> comeAndGo(position, own));
                    })
                    .toList();
            for (Future<Void> reader : readers) {
                reader.get();
            }
            ended.set(true);
            for (Future<Void> publisher : publishers) {
                publisher.get();
            }
        }
    }

    private static Void publishUntil(AtomicBoolean ended) throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            while (!ended.get()) {
                client.publish("long-crowded", "1");
            }
        }
        return null;
    }

    private static Void comeAndGo(String from, SplittableRandom random) throws IOException {
        String position = from;
        long seen = 0;
        for (int i = 0; i < 25; i++) {
            try (WsClient client = gateway.connect(TestToken.acme())) {
                client.send(recover("long-crowded", position));
                assertTrue(client.expect("subscribed").at("/payload/recovered").asBoolean());
                for (int left = random.nextInt(60); left > 0; left--) {
                    JsonNode event = client.expect("event");
                    assertEquals(++seen, event.at("/position/offset").asLong());
                    position = event.path("position").toString();
                }
            }
        }
        return null;
    }
}
