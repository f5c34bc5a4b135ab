package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A reader that comes back with the last id it has seen, or polls with the last cursor, gets exactly what it has not seen, in each of its channels. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class StreamRecoveryTest {
    private static final int PUBLICATIONS = 3_000;
    private static final int AHEAD_MAX = 400;

    private static TestGateway epoll;
    private static TestGateway nio;

    @BeforeAll
    static void start() throws IOException {
        epoll = TestGateway.start();
        nio = TestGateway.start(", transport: nio", "");
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        epoll.untilEmpty();
        epoll.close();
        nio.close();
    }

    /** What a reader must see of each channel: every offset once, in order. */
    private static final class Ledger {
        private final Map<String, Long> seen = new HashMap<>();
        private int total;

        void see(JsonNode event) {
            String channel = event.path("channel").asText();
            long expected = seen.merge(channel, 1L, Long::sum);
            assertEquals(expected, event.at("/position/offset").asLong(), () -> "of " + channel);
            total++;
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, epoll", "2, 2, epoll", "3, 3, epoll", "4, 12, epoll", "5, 3, nio"})
    void streamsThatBreak_whilePublishersAreAtWork_neitherLoseNorRepeat(long seed, int channels, String transport)
            throws Exception {
        TestGateway gateway = transport.equals("nio") ? nio : epoll;
        var random = new SplittableRandom(seed);
        List<String> names = names("stream-" + seed, channels);
        String target = "/sse?token=" + TestToken.acme().text() + parameters(names);
        var ledger = new Ledger();
        var read = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String id;
            try (SseClient first = SseClient.open(gateway, target)) {
                first.begin();
                id = first.lastId();
            }
            Future<Void> publisher = threads.submit(publisher(gateway, names, random.split(), read));
            while (ledger.total < PUBLICATIONS) {
                try (SseClient client = SseClient.open(gateway, target, "Last-Event-ID: " + id)) {
                    for (JsonNode joined : client.begin().path("channels")) {
                        assertTrue(joined.path("recovered").asBoolean(), joined::toString);
                    }
                    for (int left = random.nextInt(500); left > 0 && ledger.total < PUBLICATIONS; left--) {
                        ledger.see(client.expect("message"));
                        read.set(ledger.total);
                    }
                    id = client.lastId().isEmpty() ? id : client.lastId();
                    if (random.nextBoolean()) {
                        client.reset();
                    }
                }
            }
            publisher.get();
        }
    }

    @ParameterizedTest
    @CsvSource({"11, 1, 0", "12, 3, 0", "13, 3, 5", "14, 8, 5"})
    void polls_whilePublishersAreAtWork_neitherLoseNorRepeat(long seed, int channels, int wait) throws Exception {
        var random = new SplittableRandom(seed);
        List<String> names = names("poll-" + seed, channels);
        String target = "/publications?token=" + TestToken.acme().text() + parameters(names);
        var json = new ObjectMapper();
        var ledger = new Ledger();
        var read = new AtomicInteger();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            String cursor = json.readTree(epoll.ask("GET", target, "").body())
                    .path("cursor")
                    .asText();
            Future<Void> publisher = threads.submit(publisher(epoll, names, random.split(), read));
            while (ledger.total < PUBLICATIONS) {
                String asked = target + "&after=" + cursor + "&limit=" + (1 + random.nextInt(300)) + "&wait=" + wait;
                JsonNode answer = json.readTree(epoll.ask("GET", asked, "").body());
                assertTrue(answer.path("complete").asBoolean(), answer::toString);
                answer.path("publications").forEach(ledger::see);
                read.set(ledger.total);
                cursor = answer.path("cursor").asText();
            }
            publisher.get();
        }
    }

    private static List<String> names(String prefix, int channels) {
        return IntStream.range(0, channels)
                .mapToObj(i -> "long-" + prefix + "-" + i)
                .toList();
    }

    private static String parameters(List<String> channels) {
        return channels.stream().map(name -> "&channel=" + name).collect(Collectors.joining());
    }

    /** Publishes to the channels at random, in bursts, never further ahead of the reader than the logs reach. */
    private static Callable<Void> publisher(
            TestGateway gateway, List<String> channels, SplittableRandom random, AtomicInteger read) {
        return () -> {
            int published = 0;
            try (WsClient client = gateway.connect(TestToken.acme())) {
                while (published < PUBLICATIONS) {
                    int ahead = published - AHEAD_MAX;
                    TestGateway.until("the reader keeps up", () -> read.get() >= ahead);
                    var burst = new ArrayList<String>();
                    for (int i = Math.min(1 + random.nextInt(60), PUBLICATIONS - published); i > 0; i--) {
                        burst.add("{\"type\":\"publish\",\"channel\":\"" + channels.get(random.nextInt(channels.size()))
                                + "\",\"payload\":{\"data\":\"" + "x".repeat(random.nextInt(300)) + "\"}}");
                    }
                    client.sendTogether(burst.toArray(String[]::new));
                    client.send("{\"type\":\"ping\"}").expect("pong");
                    published += burst.size();
                }
            }
            return null;
        };
    }
}
