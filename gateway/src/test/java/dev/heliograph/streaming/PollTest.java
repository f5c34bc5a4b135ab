package dev.heliograph.streaming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a client of {@code /publications} is answered, and when. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class PollTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int WAITING = 200;

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() throws IOException, InterruptedException {
        gateway.untilEmpty();
        gateway.close();
    }

    private static Answer ask(TestGateway at, String query) throws IOException {
        return at.ask(
                "GET",
                "/publications?" + query,
                "",
                "Authorization: Bearer " + TestToken.acme().text());
    }

    private static JsonNode poll(TestGateway at, String query) throws IOException {
        Answer answer = ask(at, query);
        assertEquals(200, answer.status(), answer::body);
        return JSON.readTree(answer.body());
    }

    private static JsonNode poll(String query) throws IOException {
        return poll(gateway, query);
    }

    private static List<Integer> offsets(JsonNode answer) {
        var offsets = new ArrayList<Integer>();
        answer.path("publications")
                .forEach(event -> offsets.add(event.at("/position/offset").asInt()));
        return offsets;
    }

    private static void publish(String channel, int count) throws IOException {
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int i = 1; i <= count; i++) {
                publisher.publish(channel, "{\"n\":" + i + "}");
            }
        }
    }

    @Test
    void firstPoll_marksNow_andEachNextOneBringsWhatCameSince() throws IOException {
        JsonNode first = poll("channel=long-since");
        assertEquals(List.of(), offsets(first));
        assertTrue(first.path("complete").asBoolean());
        publish("long-since", 3);
        JsonNode second =
                poll("channel=long-since&after=" + first.path("cursor").asText());
        assertEquals(List.of(1, 2, 3), offsets(second));
        assertEquals("event", second.at("/publications/0/type").asText());
        assertEquals("long-since", second.at("/publications/0/channel").asText());
        assertEquals(3, second.at("/publications/2/payload/data/n").asInt());
        assertFalse(second.path("more").asBoolean());
        JsonNode third =
                poll("channel=long-since&after=" + second.path("cursor").asText());
        assertEquals(List.of(), offsets(third));
        assertEquals(second.path("cursor"), third.path("cursor"));
    }

    @Test
    void limit_leavesTheRestForTheNext() throws IOException {
        String cursor = poll("channel=long-limit").path("cursor").asText();
        publish("long-limit", 150);
        var seen = new ArrayList<Integer>();
        boolean more = true;
        while (more) {
            JsonNode answer = poll("channel=long-limit&limit=40&after=" + cursor);
            assertTrue(answer.path("publications").size() <= 40);
            seen.addAll(offsets(answer));
            cursor = answer.path("cursor").asText();
            more = answer.path("more").asBoolean();
        }
        assertEquals(IntStream.rangeClosed(1, 150).boxed().toList(), seen);
    }

    @Test
    void answer_isBoundedInBytes() throws IOException {
        String cursor = poll("channel=long-bytes").path("cursor").asText();
        try (WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int i = 0; i < 20; i++) {
                publisher.publish("long-bytes", "\"" + "x".repeat(40_000) + "\"");
            }
        }
        JsonNode answer = poll("channel=long-bytes&limit=1000&after=" + cursor);
        assertEquals(IntStream.rangeClosed(1, 7).boxed().toList(), offsets(answer));
        assertTrue(answer.path("more").asBoolean());
    }

    @Test
    void last_bringsTheNewest_whichTakesTheHistoryGrant() throws IOException {
        publish("long-last", 5);
        JsonNode answer = poll("channel=long-last&last=2");
        assertEquals(List.of(4, 5), offsets(answer));
        assertEquals(
                List.of(),
                offsets(poll("channel=long-last&after=" + answer.path("cursor").asText())));
        String token = TestToken.acme().subscribingTo("*").text();
        Answer refused = gateway.ask("GET", "/publications?channel=long-last&last=2&token=" + token, "");
        assertEquals(403, refused.status(), refused::body);
        assertTrue(refused.body().contains("history"), refused::body);
        assertEquals(List.of(), offsets(poll("channel=long-never-used&last=2")));
    }

    @Test
    void cursorThatIsTooOld_getsWhatThereIs_andIsToldThatItIsNotAll() throws IOException {
        String cursor =
                poll("channel=short-old&channel=long-young").path("cursor").asText();
        publish("short-old", 15); // ten are kept
        publish("long-young", 1);
        JsonNode answer = poll("channel=short-old&channel=long-young&after=" + cursor);
        assertFalse(answer.path("complete").asBoolean());
        assertEquals("[\"short-old\"]", answer.path("missed").toString());
        assertEquals(11, answer.path("publications").size());
        JsonNode next = poll("channel=short-old&channel=long-young&after="
                + answer.path("cursor").asText());
        assertTrue(next.path("complete").asBoolean());
        assertEquals(List.of(), offsets(next));
    }

    @Test
    void cursorOfAnotherRun_isToldThatSomethingIsMissing() throws IOException {
        String key = Cursor.key("long-rerun");
        JsonNode answer = poll("channel=long-rerun&after=" + key + "5.another-run");
        assertFalse(answer.path("complete").asBoolean());
    }

    @Test
    void filter_leavesOut_andTheCursorGoesPast() throws IOException {
        String cursor = poll("channel=short-sieve").path("cursor").asText();
        publish("short-sieve", 8);
        String filter = "&filter=" + URLEncoder.encode("{\"gt\":[\"n\",6]}", StandardCharsets.UTF_8);
        JsonNode answer = poll("channel=short-sieve&after=" + cursor + filter);
        assertEquals(List.of(7, 8), offsets(answer));
        publish("short-sieve", 5); // of the first eight, five are kept
        JsonNode none =
                poll("channel=short-sieve&after=" + answer.path("cursor").asText() + filter);
        assertEquals(List.of(), offsets(none));
        publish("short-sieve", 9); // none of those is
        assertTrue(poll("channel=short-sieve&after=" + none.path("cursor").asText() + filter)
                .path("complete")
                .asBoolean());
    }

    @Test
    void poll_waits_andIsAnsweredAsSoonAsThereIsSomething_alsoWhereNothingIsKept() throws Exception {
        for (String channel : List.of("long-wait", "none-wait")) {
            String cursor = poll("channel=" + channel).path("cursor").asText();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Future<JsonNode> waiting = threads.submit(
                        () -> poll("channel=" + channel + "&channel=long-quiet&wait=30&after=" + cursor));
                TestGateway.until(
                        "the poll waits",
                        () -> gateway.statez().at("/channels/occupied").asInt() == 2);
                publish(channel, 1);
                JsonNode answer = waiting.get();
                assertEquals(List.of(1), offsets(answer));
                assertTrue(answer.path("complete").asBoolean());
            }
        }
    }

    @Test
    void pollThatWaitsInVain_isAnsweredEmpty_withACursorThatHolds() throws IOException {
        JsonNode empty = poll("channel=long-vain&wait=1");
        assertEquals(List.of(), offsets(empty));
        publish("long-vain", 1);
        assertEquals(
                List.of(1),
                offsets(poll("channel=long-vain&wait=30&after="
                        + empty.path("cursor").asText())));
    }

    @Test
    void manyWaitingPolls_costNoThread_andOneEventAnswersThemAll() throws Exception {
        String request = "GET /publications?channel=long-crowd&wait=30&token="
                + TestToken.acme().text() + " HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n";
        var sockets = new ArrayList<Socket>();
        try {
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            for (int i = 0; i < WAITING; i++) {
                var socket = new Socket(
                        gateway.address().getAddress(), gateway.address().getPort());
                socket.setSoTimeout(20_000);
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                sockets.add(socket);
            }
            TestGateway.until("they wait", () -> gateway.metric("heliograph_connections_open") == WAITING);
            int more = ManagementFactory.getThreadMXBean().getThreadCount() - threads;
            assertTrue(more < WAITING / 4, "threads for " + WAITING + " polls: " + more);
            publish("long-crowd", 1);
            for (Socket socket : sockets) {
                String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertTrue(answer.contains("\"offset\":1"), answer);
            }
        } finally {
            for (Socket socket : sockets) {
                socket.close();
            }
        }
        gateway.untilEmpty();
    }

    @Test
    void clientThatGoesAway_freesItsPollAtOnce() throws Exception {
        for (boolean reset : new boolean[] {false, true}) {
            try (var socket =
                    new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
                socket.setSoLinger(reset, 0);
                String request = "GET /publications?channel=long-gone&wait=30&token="
                        + TestToken.acme().text() + " HTTP/1.1\r\nHost: gateway.test\r\n\r\n";
                socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
                TestGateway.until("it waits", () -> gateway.metric("heliograph_connections_open") == 1);
            }
            gateway.untilEmpty();
        }
    }

    @Test
    void connection_livesOnAfterAPoll() throws IOException {
        String request = "GET /publications?channel=long-alive&token="
                + TestToken.acme().text() + " HTTP/1.1\r\nHost: gateway.test\r\n";
        try (var socket =
                new Socket(gateway.address().getAddress(), gateway.address().getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((request + "\r\n" + request + "Connection: close\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertEquals(2, answers.split("HTTP/1.1 200 OK", -1).length - 1, answers);
        }
    }

    @Test
    void gatewayThatEnds_answersWhoWaits() throws Exception {
        TestGateway own = TestGateway.start();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<JsonNode> waiting = threads.submit(() -> poll(own, "channel=long-end&wait=30"));
            TestGateway.until("the poll waits", () -> own.metric("heliograph_connections_open") == 1);
            own.close();
            assertEquals(List.of(), offsets(waiting.get()));
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "limit=10 | 400 | BAD_MESSAGE",
                "channel=long-a&limit=0 | 400 | BAD_MESSAGE",
                "channel=long-a&limit=1001 | 400 | BAD_MESSAGE",
                "channel=long-a&wait=31 | 400 | BAD_MESSAGE",
                "channel=long-a&wait=-1 | 400 | BAD_MESSAGE",
                "channel=long-a&after=nonsense | 400 | BAD_MESSAGE",
                "channel=long-a&after=AAAAAAAA1.e&last=5 | 400 | BAD_MESSAGE",
                "channel=a%20b | 400 | BAD_CHANNEL",
                "channel=long-a&filter=%5B%5D | 400 | BAD_FILTER"
            })
    void requestThatCannotBeRead_isRefused(String query, int status, String code) throws IOException {
        Answer answer = ask(gateway, query);
        assertEquals(status, answer.status(), answer::body);
        assertTrue(answer.body().startsWith("{\"code\":\"" + code + "\""), answer::body);
    }

    @ParameterizedTest
    @CsvSource({
        "channel=public-a&workspace=acme, 200",
        "channel=long-a&workspace=acme, 403",
        "channel=public-a&last=1&workspace=acme, 403",
        "channel=long-a, 401",
        "channel=long-a&token=nonsense, 401"
    })
    void rights_areThoseOfStreams(String query, int status) throws IOException {
        Answer answer = gateway.ask("GET", "/publications?" + query, "");
        assertEquals(status, answer.status(), answer::body);
        assertEquals(
                403,
                gateway.ask("GET", "/publications?" + query, "", "Origin: https://evil.test")
                        .status());
    }
}
