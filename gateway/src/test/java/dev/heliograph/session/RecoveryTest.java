package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A client that comes back with its position gets exactly what it missed, or is told that it does not. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class RecoveryTest {
    private static final int PUBLICATIONS = 4_000;
    /** More than is read from the log at once. */
    private static final int MISSED_MIN = 150;

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void reconnects_whileAPublisherIsAtWork_neitherLoseNorRepeat(long seed) throws Exception {
        var random = new SplittableRandom(seed);
        String channel = "long-ledger-" + seed;
        var published = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String position;
            try (WsClient first = gateway.connect(TestToken.acme())) {
                position = first.subscribe(channel).at("/payload/position").toString();
            }
            Future<Void> publisher = threads.submit(publisher(channel, random.split(), published));
            long seen = 0;
            while (seen < PUBLICATIONS) {
                int enough = Math.min(PUBLICATIONS, (int) seen + MISSED_MIN);
                TestGateway.until("enough to miss", () -> published.get() >= enough);
                try (WsClient client = gateway.connect(TestToken.acme())) {
                    client.send("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":{\"recover\":"
                            + position + "}}");
                    JsonNode answer = client.expect("subscribed").path("payload");
                    assertTrue(answer.path("recovered").asBoolean(), answer::toString);
                    for (int left = MISSED_MIN + random.nextInt(600); left > 0 && seen < PUBLICATIONS; left--) {
                        JsonNode event = client.expect("event");
                        assertEquals(++seen, event.at("/position/offset").asLong(), "seed " + seed);
                        position = event.path("position").toString();
                    }
                    if (random.nextBoolean()) {
                        client.reset();
                    }
                }
            }
            publisher.get();
        }
    }

    private static Callable<Void> publisher(String channel, SplittableRandom random, AtomicInteger published) {
        String publish = "{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"payload\":{\"data\":\"";
        return () -> {
            try (WsClient client = gateway.connect(TestToken.acme())) {
                while (published.get() < PUBLICATIONS) {
                    var burst = new String[Math.min(1 + random.nextInt(80), PUBLICATIONS - published.get())];
                    Arrays.setAll(burst, i -> publish + "x".repeat(random.nextInt(400)) + "\"}}");
                    client.sendTogether(burst);
                    client.send("{\"type\":\"ping\"}").expect("pong");
                    published.addAndGet(burst.length);
                }
            }
            return null;
        };
    }

    @Test
    void recovery_ofMoreThanAnOutboxHolds_isStillWhole_alsoForAClientThatTakesItsTime() throws IOException {
        int missed = 120;
        try (WsClient publisher = gateway.connect(TestToken.acme());
                WsClient client = WsClient.openNarrow(
                        gateway, "/ws?token=" + TestToken.acme().text())) {
            client.expect("connected");
            String position =
                    client.subscribe("long-large").at("/payload/position").toString();
            client.send("{\"type\":\"unsubscribe\",\"channel\":\"long-large\"}");
            String data = "\"" + "x".repeat(60_000) + "\"";
            for (int i = 0; i < missed; i++) {
                publisher.publish("long-large", data);
            }
            client.send(
                    "{\"type\":\"subscribe\",\"channel\":\"long-large\",\"payload\":{\"recover\":" + position + "}}");
            assertTrue(client.expect("subscribed").at("/payload/recovered").asBoolean());
            for (int offset = missed + 1; offset <= missed + 10; offset++) {
                assertEquals(offset, publisher.publish("long-large", data));
                assertEquals(0, gateway.metric("heliograph_deliveries_dropped_total"));
            }
            for (int offset = 1; offset <= missed + 10; offset++) {
                assertEquals(
                        offset, client.expect("event").at("/position/offset").asInt());
            }
            publisher.publish("long-large", "1");
            assertEquals(
                    missed + 11, client.expect("event").at("/position/offset").asInt());
        }
    }

    @Test
    void subscribed_comesBeforeWhatWasMissed_andForManyChannelsBeforeAllOfIt() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("short-a", "0");
            client.publish("short-b", "0");
            new Transcript(client).play("""
                    > {"type":"subscribe","payload":{"channels":[{"channel":"short-a"},{"channel":"short-b"}]}}
                    < {"type":"subscribed","payload":{"channels":[{"channel":"short-a","position":{"epoch":"$a","offset":1},"recovered":false,"wasRecovering":false},{"channel":"short-b","position":{"epoch":"$b","offset":1}}]}}
                    > {"type":"publish","channel":"short-a","payload":{"data":{"n":1}}}
                    < {"type":"event","channel":"short-a","position":{"offset":2}}
                    > {"type":"publish","channel":"short-b","payload":{"data":{"n":2}}}
                    < {"type":"event","channel":"short-b","position":{"offset":2}}
                    > {"type":"publish","channel":"short-a","payload":{"data":{"n":3}}}
                    < {"type":"event","channel":"short-a","position":{"offset":3}}
                    > {"type":"subscribe","payload":{"channels":[{"channel":"short-a","recover":{"epoch":"$a","offset":1}},{"channel":"short-b","recover":{"epoch":"$b","offset":1},"filter":{"eq":["n",3]}}]}}
                    < {"type":"subscribed","payload":{"channels":[{"channel":"short-a","recovered":true,"wasRecovering":true},{"channel":"short-b","recovered":true}]}}
                    < {"type":"event","channel":"short-a","payload":{"data":{"n":1}},"position":{"epoch":"$a","offset":2}}
                    < {"type":"event","channel":"short-a","payload":{"data":{"n":3}},"position":{"epoch":"$a","offset":3}}
                    > {"type":"ping"}
                    < {"type":"pong"}
                    """);
        }
    }

    @Test
    void position_thatIsUnknownOrTooOld_isNotRecovered_andLiveFollows() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            for (int i = 0; i < 15; i++) {
                client.publish("short-lived", "1");
            }
            new Transcript(client).play("""
                    # 10 are kept: 5 is the oldest position that still has its successor
                    > {"type":"subscribe","channel":"short-lived","payload":{"recover":{"epoch":"no-such-epoch","offset":12}}}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":15},"recovered":false,"wasRecovering":true}}
                    > {"type":"subscribe","channel":"short-lived","payload":{"recover":{"epoch":"$e","offset":4}}}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":15},"recovered":false,"wasRecovering":true}}
                    > {"type":"subscribe","channel":"short-lived","payload":{"recover":{"epoch":"$e","offset":16}}}
                    < {"type":"subscribed","payload":{"recovered":false,"wasRecovering":true}}
                    > {"type":"publish","channel":"short-lived","payload":{"data":"live"}}
                    < {"type":"event","payload":{"data":"live"},"position":{"epoch":"$e","offset":16}}
                    > {"type":"subscribe","channel":"short-lived","payload":{"recover":{"epoch":"$e","offset":16}}}
                    < {"type":"subscribed","payload":{"position":{"offset":16},"recovered":true}}
                    > {"type":"subscribe","channel":"short-lived","payload":{"recover":{"epoch":"$e","offset":14}}}
                    < {"type":"subscribed","payload":{"position":{"offset":16},"recovered":true}}
                    < {"type":"event","position":{"epoch":"$e","offset":15}}
                    < {"type":"event","position":{"epoch":"$e","offset":16}}
                    """);
        }
    }

    @Test
    void channelWithoutHistory_recoversWhoMissedNothing_andTellsWhoMissedSomething() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.publish("none-kept", "1");
            new Transcript(client).play("""
                    > {"type":"subscribe","channel":"none-kept"}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":1},"recovered":false}}
                    > {"type":"unsubscribe","channel":"none-kept"}
                    > {"type":"subscribe","channel":"none-kept","payload":{"recover":{"epoch":"$e","offset":1}}}
                    < {"type":"subscribed","payload":{"recovered":true}}
                    > {"type":"unsubscribe","channel":"none-kept"}
                    > {"type":"publish","channel":"none-kept","payload":{"data":2}}
                    > {"type":"subscribe","channel":"none-kept","payload":{"recover":{"epoch":"$e","offset":1}}}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":2},"recovered":false,"wasRecovering":true}}
                    > {"type":"history","channel":"none-kept","payload":{"after":{"epoch":"$e","offset":1}}}
                    < {"type":"history","payload":{"publications":[],"position":{"epoch":"$e","offset":2},"complete":false}}
                    """);
        }
    }
}
