package dev.heliograph.ingest.api;

import static dev.heliograph.ingest.api.NativeDoors.json;
import static dev.heliograph.ingest.api.NativeDoors.publishingTo;
import static dev.heliograph.ingest.api.NativeDoors.refusal;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
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

/** {@code POST /publications}, over real sockets. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class PublicationDoorTest {
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

    private static HttpResponse<String> post(String body, String... headers) throws IOException {
        return doors.post(TestToken.acme(), "/publications", body, headers);
    }

    @Test
    void publication_reachesSubscribersOfTheTokensWorkspace_andNoOther() throws IOException {
        try (WsClient mine = gateway.connect(TestToken.acme());
                WsClient theirs = gateway.connect(TestToken.other())) {
            mine.subscribe("orders");
            theirs.subscribe("orders");
            HttpResponse<String> answer = post(
                    "{\"channel\":\"orders\",\"name\":\"paid\",\"key\":\"k1\",\"data\":{\"n\":\"é\"},\"later\":1}");
            assertEquals(200, answer.statusCode(), answer::body);
            assertEquals(1, json(answer).at("/position/offset").asInt());
            new Transcript(mine)
                    .let("e", json(answer).at("/position/epoch").asText())
                    .play("""
                    < {"type":"event","channel":"orders","payload":{"name":"paid","key":"k1","data":{"n":"é"}},"position":{"epoch":"$e","offset":1},"meta":"-"}
                    """);
            new Transcript(theirs).play("""
                    > {"type":"ping","requestId":"1"}
                    < {"type":"pong","requestId":"1"}
                    """);
        }
    }

    @Test
    void id_publishesOnce_whicheverWayItComes() throws IOException {
        String body = "{\"channel\":\"once\",\"data\":1,\"id\":\"m-1\"}";
        String first = post(body).body();
        assertEquals(first, post(body).body());
        try (WsClient client = gateway.connect(TestToken.acme())) {
            new Transcript(client)
                    .let(
                            "e",
                            NativeDoors.JSON
                                    .readTree(first)
                                    .at("/position/epoch")
                                    .asText())
                    .play("""
                    > {"type":"publish","channel":"once","requestId":"1","payload":{"data":1,"id":"m-1"}}
                    < {"type":"published","payload":{"position":{"epoch":"$e","offset":1}}}
                    """);
        }
        assertNotEquals(
                first,
                doors.post(TestToken.acme().user("u2"), "/publications", body).body(),
                "another user's id is another id");
    }

    @Test
    void list_succeedsOrFailsEachByItself_inOrder() throws IOException {
        HttpResponse<String> answer = doors.post(publishingTo("ok-*"), "/publications", """
                [{"channel":"ok-list","data":1},{"channel":"no","data":2},{"channel":"ok-list","data":3},{"channel":"ok list","data":4},
                 {"channel":"ok-list","name":"pusher:x","data":5}]
                """);
        assertEquals(200, answer.statusCode(), answer::body);
        JsonNode results = json(answer);
        assertEquals(5, results.size());
        assertEquals(1, results.at("/0/position/offset").asInt());
        assertEquals("FORBIDDEN", results.at("/1/error/code").asText());
        assertEquals(2, results.at("/2/position/offset").asInt());
        assertEquals("BAD_CHANNEL", results.at("/3/error/code").asText());
        assertEquals("FORBIDDEN", results.at("/4/error/code").asText());
        assertEquals("[]\n", post("[]").body());
    }

    @Test
    void list_thatIsTooLong_isRefusedAsAWhole() throws IOException {
        String one = "{\"channel\":\"long-list\",\"data\":1}";
        assertEquals(100, json(post("[" + (one + ",").repeat(99) + one + "]")).size());
        assertEquals("400 BAD_MESSAGE", refusal(post("[" + (one + ",").repeat(100) + one + "]")));
        assertEquals(101, json(post(one)).at("/position/offset").asInt(), "nothing of the refused list was published");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "400 BAD_MESSAGE | {",
                "400 BAD_MESSAGE | ``",
                "400 BAD_MESSAGE | 1",
                "400 BAD_MESSAGE | [1]",
                "400 BAD_MESSAGE | {\"channel\":\"c\"}",
                "400 BAD_MESSAGE | {\"data\":1}",
                "400 BAD_MESSAGE | {\"channel\":1,\"data\":1}",
                "400 BAD_MESSAGE | {\"channel\":\"c\",\"data\":1}{}",
                "400 BAD_MESSAGE | {\"channel\":\"c\",\"data\":1,\"data\":2}",
                "400 BAD_MESSAGE | {\"channel\":\"c\",\"data\":1,\"name\":\"\"}",
                "400 BAD_MESSAGE | {\"channel\":\"c\",\"data\":1,\"id\":7}",
                "400 BAD_CHANNEL | {\"channel\":\"a b\",\"data\":1}",
                "400 BAD_CHANNEL | {\"channel\":\"#members:x\",\"data\":1}",
                "403 FORBIDDEN   | {\"channel\":\"c\",\"data\":1,\"name\":\"pusher_internal:x\"}",
                "403 FORBIDDEN   | {\"channel\":\"presence:x\",\"data\":1}",
            })
    void body_thatIsNoPublication_isRefusedWithAReason(String expected, String body) throws IOException {
        HttpResponse<String> answer = post(body);
        assertEquals(expected, refusal(answer));
        assertTrue(json(answer).path("message").asText().length() > 5, answer::body);
    }

    @Test
    void token_thatIsMissingBadOrGrantsNothing_isRefused() throws IOException {
        String body = "{\"channel\":\"c\",\"data\":1}";
        HttpResponse<String> none = doors.post("", "/publications", body);
        assertEquals("401 UNAUTHENTICATED", refusal(none));
        assertEquals("Bearer", none.headers().firstValue("WWW-Authenticate").orElse(""));
        assertEquals("401 UNAUTHENTICATED", refusal(doors.post("Bearer x.y.z", "/publications", body)));
        assertEquals(
                "401 UNAUTHENTICATED", refusal(doors.post(TestToken.acme().expiringIn(-60), "/publications", body)));
        assertEquals("403 FORBIDDEN", refusal(doors.post(TestToken.acme().subscribingTo("*"), "/publications", body)));
    }

    @Test
    void page_ofAnOriginThatTheWorkspaceDoesNotList_isRefused() throws IOException {
        String body = "{\"channel\":\"c\",\"data\":1}";
        assertEquals("403 FORBIDDEN", refusal(post(body, "Origin", "https://app.other.test")));
        assertEquals(200, post(body, "Origin", "https://app.acme.test").statusCode());
    }

    @Test
    void data_overTheMessageLimit_isRefusedWith413() throws IOException {
        assertEquals(
                200,
                post("{\"channel\":\"big\",\"data\":\"" + "x".repeat(65_534) + "\"}")
                        .statusCode());
        assertEquals("413 TOO_LARGE", refusal(post("{\"channel\":\"big\",\"data\":\"" + "x".repeat(65_535) + "\"}")));
        assertEquals("413 TOO_LARGE", refusal(post("{\"channel\":\"big\",\"data\":\"" + "x".repeat(600_000) + "\"}")));
    }

    @Test
    void answers_areCounted() throws IOException {
        double done = gateway.metric("heliograph_doors_requests_total");
        double refused = gateway.metric("heliograph_doors_refused_total");
        post("{\"channel\":\"c\",\"data\":1}");
        post("{");
        assertEquals(done + 1, gateway.metric("heliograph_doors_requests_total"));
        assertEquals(refused + 1, gateway.metric("heliograph_doors_refused_total"));
    }
}
