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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A grant with a filter shows what that takes and nothing else, by whichever way one asks. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before each test
final class RowFilterTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Map<String, Object> MINE = Map.of("eq", List.of("owner", "u1"));
    private static final TestToken IN_PART = token(MINE);

    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = TestGateway.start();
        for (int i = 1; i <= 6; i++) {
            publish(i);
        }
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private static TestToken token(Map<String, Object> filter) {
        return TestToken.acme()
                .with(
                        "grants",
                        Map.of(
                                "subscribe",
                                List.of("open", Map.of("channel", "t*", "filter", filter)),
                                "history",
                                List.of("*")));
    }

    /** Even ones are those of u1. */
    private void publish(int n) throws IOException {
        String data = "{\"n\":" + n + ",\"owner\":\"" + (n % 2 == 0 ? "u1" : "u2") + "\"}";
        Answer answer = gateway.post(
                "/publications",
                "{\"channel\":\"tasks\",\"data\":" + data + "}",
                "Authorization: Bearer " + TestToken.acme().text());
        assertEquals(200, answer.status(), answer::body);
    }

    private static int n(JsonNode event) {
        return event.at("/payload/data/n").asInt();
    }

    /** Up to the answer of a ping. */
    private static List<Integer> numbers(WsClient client) throws IOException {
        client.send("{\"type\":\"ping\"}");
        var numbers = new ArrayList<Integer>();
        for (JsonNode next = client.read(); !next.path("type").asText().equals("pong"); next = client.read()) {
            numbers.add(n(next));
        }
        return numbers;
    }

    /** Up to that one. */
    private static List<Integer> numbers(WsClient client, int last) throws IOException {
        var numbers = new ArrayList<Integer>();
        while (numbers.isEmpty() || numbers.getLast() != last) {
            numbers.add(n(client.expect("event")));
        }
        return numbers;
    }

    private static String subscribe(String options) {
        return "{\"type\":\"subscribe\",\"channel\":\"tasks\",\"payload\":{" + options + "}}";
    }

    @Test
    void whatIsLive_isTheirs_whateverTheyAskFor() throws IOException {
        try (WsClient all = gateway.connect(TestToken.acme());
                WsClient part = gateway.connect(IN_PART);
                WsClient asking = gateway.connect(IN_PART)) {
            all.subscribe("tasks");
            part.subscribe("tasks");
            asking.send(subscribe("\"filter\":{\"gt\":[\"n\",9]}")).expect("subscribed");
            for (int i = 7; i <= 10; i++) {
                publish(i);
            }
            assertEquals(List.of(7, 8, 9, 10), numbers(all, 10));
            assertEquals(List.of(8, 10), numbers(part, 10));
            assertEquals(List.of(10), numbers(asking, 10));
            part.send("{\"type\":\"subscribe\",\"channel\":\"elsewhere\"}").expect("error");
        }
    }

    @Test
    void whatWasBefore_isTheirs_byRecovery_byLast_andByHistory() throws IOException {
        try (WsClient client = gateway.connect(IN_PART)) {
            JsonNode position =
                    client.send(subscribe("\"last\":1000")).expect("subscribed").at("/payload/position");
            assertEquals(List.of(2, 4, 6), numbers(client));
            String epoch = position.path("epoch").asText();
            client.send("{\"type\":\"unsubscribe\",\"channel\":\"tasks\"}");
            client.send(subscribe("\"recover\":{\"epoch\":\"" + epoch + "\",\"offset\":3}"))
                    .expect("subscribed");
            assertEquals(List.of(4, 6), numbers(client));
            JsonNode page = history(client, ",\"after\":{\"epoch\":\"" + epoch + "\",\"offset\":0},\"limit\":3");
            assertEquals(List.of(2), found(page));
            assertEquals(3, page.at("/position/offset").asInt(), "the next page goes on behind what was looked at");
            assertTrue(page.path("complete").asBoolean());
            assertEquals(List.of(4, 6), found(history(client, ",\"after\":" + page.path("position"))));
            assertEquals(List.of(6), found(history(client, ",\"limit\":2")));
        }
    }

    /** As of a list of ids that is empty. */
    @Test
    void aFilterThatLooksNowhere_takesNothing() throws Exception {
        for (Map<String, Object> nothing : List.of(
                Map.<String, Object>of("or", List.of()), Map.<String, Object>of("not", Map.of("and", List.of())))) {
            try (WsClient client = gateway.connect(token(nothing))) {
                client.send("{\"type\":\"subscribe\",\"channel\":\"tasks\",\"payload\":{\"last\":5}}")
                        .expect("subscribed");
                publish(7);
                publish(8);
                assertEquals(List.of(), numbers(client));
            }
        }
    }

    /** A record's own channel shows the whole record, whose type's channel is granted in part. */
    @Test
    void historyOfAChannelThatCannotBeSubscribedTo_isRefused() throws Exception {
        gateway.post(
                "/publications",
                "{\"channel\":\"record-1\",\"data\":{\"owner\":\"u2\"}}",
                "Authorization: Bearer " + TestToken.acme().text());
        try (WsClient client = gateway.connect(IN_PART)) {
            client.send("{\"type\":\"history\",\"channel\":\"record-1\",\"payload\":{}}");
            assertEquals("FORBIDDEN", client.expect("error").at("/payload/code").asText());
        }
        try (WsClient client =
                gateway.connect(TestToken.acme().with("grants", Map.of("history", List.of("record-*"))))) {
            client.send("{\"type\":\"history\",\"channel\":\"record-1\",\"payload\":{}}");
            assertEquals(1, client.expect("history").at("/payload/publications").size());
        }
    }

    private static JsonNode history(WsClient client, String options) throws IOException {
        return client.send("{\"type\":\"history\",\"channel\":\"tasks\",\"payload\":{\"x\":1" + options + "}}")
                .expect("history")
                .path("payload");
    }

    private static List<Integer> found(JsonNode page) {
        return StreamSupport.stream(page.path("publications").spliterator(), false)
                .map(item -> item.at("/data/n").asInt())
                .toList();
    }

    @Test
    void streamsAndPolls_bringTheirs() throws IOException {
        String bearer = "Authorization: Bearer " + IN_PART.text();
        try (SseClient stream = SseClient.open(gateway, "/sse?channel=tasks&last=2", bearer)) {
            stream.begin();
            assertEquals(6, n(stream.read().json()));
            publish(7);
            publish(8);
            assertEquals(8, n(stream.read().json()));
        }
        JsonNode first = poll("channel=tasks&last=100", bearer);
        assertEquals(List.of(2, 4, 6, 8), polled(first));
        publish(9);
        publish(10);
        JsonNode next = poll("channel=tasks&after=" + first.path("cursor").asText(), bearer);
        assertEquals(List.of(10), polled(next));
        assertTrue(next.path("complete").asBoolean());
        publish(11);
        JsonNode last = poll("channel=tasks&after=" + next.path("cursor").asText(), bearer);
        assertEquals(List.of(), polled(last));
        assertFalse(last.path("cursor").equals(next.path("cursor")), "it goes on behind what is not theirs");
    }

    private JsonNode poll(String query, String bearer) throws IOException {
        Answer answer = gateway.ask("GET", "/publications?" + query, "", bearer);
        assertEquals(200, answer.status(), answer::body);
        return JSON.readTree(answer.body());
    }

    private static List<Integer> polled(JsonNode answer) {
        return StreamSupport.stream(answer.path("publications").spliterator(), false)
                .map(RowFilterTest::n)
                .toList();
    }

    @Test
    void watchSession_isNotToldHowManyThereAre() throws IOException {
        try (WsClient client = gateway.connect(IN_PART)) {
            client.send(subscribe("\"watchSessionId\":\"w\",\"filter\":{\"gt\":[\"n\",10]}"))
                    .expect("subscribed");
            for (int i = 7; i <= 12; i++) {
                publish(i);
            }
            assertEquals(12, n(client.expect("event")));
            JsonNode stats = client.expect("stats").path("payload");
            assertEquals(1, stats.path("sent").asInt(), stats::toString);
            assertEquals(2, stats.path("filtered").asInt(), "theirs: 8 and 10");
        }
    }

    @Test
    void renewedToken_withAnotherFilter_endsTheSubscription() throws IOException {
        try (WsClient client = gateway.connect(IN_PART)) {
            client.subscribe("tasks");
            client.subscribe("open");
            assertEquals("[]", renew(client, IN_PART.with("jti", "2")).toString());
            assertEquals(
                    "[\"tasks\"]",
                    renew(client, token(Map.of("eq", List.of("owner", "u2")))).toString());
            publish(8);
            assertEquals(List.of(), numbers(client));
            client.subscribe("tasks");
            publish(9);
            publish(10);
            publish(11);
            assertEquals(List.of(9, 11), numbers(client, 11));
        }
    }

    private static JsonNode renew(WsClient client, TestToken token) throws IOException {
        return client.send("{\"type\":\"authenticate\",\"requestId\":\"r\",\"payload\":{\"token\":\"" + token.text()
                        + "\"}}")
                .expect("authenticated")
                .at("/payload/lost");
    }
}
