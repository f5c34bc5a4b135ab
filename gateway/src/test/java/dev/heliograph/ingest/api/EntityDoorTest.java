package dev.heliograph.ingest.api;

import static dev.heliograph.ingest.api.NativeDoors.json;
import static dev.heliograph.ingest.api.NativeDoors.publishingTo;
import static dev.heliograph.ingest.api.NativeDoors.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code POST /entities/…} and {@code POST /users/…}, over real sockets. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class EntityDoorTest {
    private static TestGateway gateway;
    private static NativeDoors doors;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
        doors = new NativeDoors(gateway);
    }

    @AfterAll
    static void stop() {
        doors.close();
        gateway.close();
    }

    private static HttpResponse<String> post(String path, String body, String... headers) throws IOException {
        return doors.post(TestToken.acme(), path, body, headers);
    }

    @Test
    void oneChange_reachesTheTypeAndTheRecord_asSeed004HasIt() throws IOException {
        try (WsClient type = gateway.connect(TestToken.acme().subscribingTo("entity:Task"));
                WsClient record = gateway.connect(TestToken.acme().subscribingTo("entity:Task:42"))) {
            type.subscribe("entity:Task");
            record.subscribe("entity:Task:42");
            HttpResponse<String> answer = post("/entities/Task/42/created", """
                    {"data":{"id":"42","title":"New task"},"version":1,"mutationId":"m_1","userId":"u_42"}
                    """);
            assertEquals(200, answer.statusCode(), answer::body);
            assertEquals(1, json(answer).at("/positions/entity:Task/offset").asInt());
            assertEquals(1, json(answer).at("/positions/entity:Task:42/offset").asInt());
            post("/entities/Task/42/updated", "{\"data\":{\"id\":42,\"title\":\"Renamed\"}}");
            post("/entities/Task/42/deleted", "");
            String transcript = """
                    < {"version":1,"type":"entity:created","channel":"%1$s","payload":{"id":"42","title":"New task"},"meta":{"entity":"Task","id":"42","version":1,"userId":"u_42","mutationId":"m_1"},"position":{"epoch":"$e","offset":1},"timestamp":"*"}
                    < {"type":"entity:updated","channel":"%1$s","payload":{"id":42,"title":"Renamed"},"meta":{"entity":"Task","id":"42","version":"-","userId":"u1","mutationId":"-"},"position":{"epoch":"$e","offset":2}}
                    < {"type":"entity:deleted","channel":"%1$s","payload":{"id":"42","title":"-"},"meta":{"entity":"Task","id":"42"},"position":{"epoch":"$e","offset":3}}
                    """;
            new Transcript(type).play(transcript.formatted("entity:Task"));
            new Transcript(record).play(transcript.formatted("entity:Task:42"));
        }
    }

    @Test
    void changeOfAnotherRecord_doesNotReachTheRecord() throws IOException {
        try (WsClient record = gateway.connect(TestToken.acme())) {
            record.subscribe("entity:Note:1");
            post("/entities/Note/2/updated", "{\"data\":{\"id\":\"2\"}}");
            post("/entities/Note/1/updated", "{\"data\":{\"id\":\"1\"}}");
            new Transcript(record)
                    .play("< {\"type\":\"entity:updated\",\"payload\":{\"id\":\"1\"},\"position\":{\"offset\":1}}");
        }
    }

    @Test
    void idempotencyKey_tellsOfAChangeOnce_andIsOfItsRecordAndEventAlone() throws IOException {
        String body = "{\"data\":{\"id\":\"7\"}}";
        String first =
                post("/entities/Once/7/created", body, "Idempotency-Key", "k1").body();
        assertEquals(
                first,
                post("/entities/Once/7/created", body, "Idempotency-Key", "k1").body());
        assertEquals(
                first,
                post("/entities/Once/7/created", "{\"data\":{\"id\":\"7\"},\"id\":\"k1\"}")
                        .body());
        HttpResponse<String> updated = post("/entities/Once/7/updated", body, "Idempotency-Key", "k1");
        assertEquals(2, json(updated).at("/positions/entity:Once/offset").asInt());
        HttpResponse<String> other = post("/entities/Once/8/created", "{\"data\":{}}", "Idempotency-Key", "k1");
        assertEquals(3, json(other).at("/positions/entity:Once/offset").asInt());
        assertEquals(
                "400 BAD_MESSAGE",
                refusal(post("/entities/Once/7/created", "{\"data\":{},\"id\":\"a\"}", "Idempotency-Key", "b")));
    }

    @Test
    void grants_areNeededOnTypeAndRecord() throws IOException {
        String body = "{\"data\":{}}";
        assertEquals(
                200,
                doors.post(publishingTo("entity:G*"), "/entities/G/1/created", body)
                        .statusCode());
        assertEquals("403 FORBIDDEN", refusal(doors.post(publishingTo("entity:G"), "/entities/G/1/created", body)));
        assertEquals("403 FORBIDDEN", refusal(doors.post(publishingTo("entity:G:*"), "/entities/G/1/created", body)));
        assertEquals("401 UNAUTHENTICATED", refusal(doors.post("", "/entities/G/1/created", body)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 BAD_MESSAGE | /entities/Task/1/created | ``",
                "400 BAD_MESSAGE | /entities/Task/1/created | {}",
                "400 BAD_MESSAGE | /entities/Task/1/created | {\"data\":[]}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":\"x\"}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":{\"id\":\"2\"}}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":{},\"version\":-1}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":{},\"version\":1.5}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":{},\"version\":99999999999999999999}",
                "400 BAD_MESSAGE | /entities/Task/1/updated | {\"data\":{},\"mutationId\":\"\"}",
                "400 BAD_MESSAGE | /entities/Task/1/deleted | [",
                "400 BAD_MESSAGE | /entities/Task/1/changed | {\"data\":{}}",
                "400 BAD_MESSAGE | /entities/Task/created   | {\"data\":{}}",
                "400 BAD_MESSAGE | /entities/               | {\"data\":{}}",
                "400 BAD_CHANNEL | /entities/Ta:sk/1/created | {\"data\":{}}",
                "400 BAD_CHANNEL | /entities/Ta%20sk/1/created | {\"data\":{}}",
                "400 BAD_CHANNEL | /entities/Task/a%23b/created | {\"data\":{}}",
            })
    void change_thatIsNone_isRefusedWithAReason(String expected, String path, String body) throws IOException {
        HttpResponse<String> answer = post(path, body);
        assertEquals(expected, refusal(answer), answer::body);
        assertTrue(json(answer).path("message").asText().length() > 5, answer::body);
    }

    @Test
    void id_mayHoldColonsAndSlashes() throws IOException {
        HttpResponse<String> answer = post("/entities/File/a/b:c/created", "{\"data\":{\"id\":\"a/b:c\"}}");
        assertTrue(json(answer).path("positions").has("entity:File:a/b:c"), answer::body);
    }

    @Test
    void messageToAUser_reachesEveryConnectionThatIsOnTheUsersChannel_andNobodyElse() throws IOException {
        TestToken alice = TestToken.acme().user("alice").subscribingTo("user:{sub}");
        try (WsClient one = gateway.connect(alice);
                WsClient two = gateway.connect(alice);
                WsClient bob = gateway.connect(alice.user("bob"))) {
            one.subscribe("user:alice");
            two.subscribe("user:alice");
            bob.subscribe("user:bob");
            HttpResponse<String> answer = doors.post(
                    publishingTo("user:*"), "/users/alice/messages", "{\"name\":\"greeting\",\"data\":\"hi\"}");
            assertEquals(1, json(answer).at("/position/offset").asInt(), answer::body);
            for (WsClient client : new WsClient[] {one, two}) {
                new Transcript(client)
                        .play(
                                "< {\"type\":\"event\",\"channel\":\"user:alice\",\"payload\":{\"name\":\"greeting\",\"data\":\"hi\"}}");
            }
            new Transcript(bob).play("""
                    > {"type":"subscribe","channel":"user:alice","requestId":"1"}
                    < {"type":"error","requestId":"1","payload":{"code":"FORBIDDEN"}}
                    """);
        }
    }

    @Test
    void messageToAUser_thatIsNone_isRefused() throws IOException {
        assertEquals(
                "403 FORBIDDEN", refusal(doors.post(publishingTo("user:u1"), "/users/u2/messages", "{\"data\":1}")));
        assertEquals("400 BAD_MESSAGE", refusal(post("/users/u2/messages", "{}")));
        assertEquals("400 BAD_MESSAGE", refusal(post("/users/u2/other", "{\"data\":1}")));
        assertEquals("400 BAD_MESSAGE", refusal(post("/users/messages", "{\"data\":1}")));
        assertEquals("400 BAD_CHANNEL", refusal(post("/users/a%7Cb/messages", "{\"data\":1}")));
    }
}
