package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.protocol.pusher.AppKey;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pusher's HTTP API: statuses and bodies to the letter, since SDKs look at them. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class ApiTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestApp.start("subscriptionCount: true", "");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Answer post(String path, String body) throws IOException {
        return TestApp.SHOP.post(gateway, path, body);
    }

    private static Answer get(String path, Map<String, String> query) throws IOException {
        return TestApp.SHOP.get(gateway, path, query);
    }

    @Test
    void publishing_isAnsweredWithAnEmptyObject_orWithWhatWasAsked() throws IOException {
        try (PusherClient one = PusherClient.connect(gateway, TestApp.SHOP);
                PusherClient two = PusherClient.connect(gateway, TestApp.SHOP)) {
            one.join("presence-info", "{\"user_id\":\"a\"}");
            two.join("presence-info", "{\"user_id\":\"a\"}");
            one.subscribe("info");
            assertEquals(new Answer(200, "{}"), post("/events", event("\"channels\":[\"info\",\"presence-info\"]")));
            assertEquals(
                    "{\"channels\":{\"info\":{\"subscription_count\":1},\"presence-info\":{\"user_count\":1,\"subscription_count\":2}}}",
                    post(
                                    "/events",
                                    event(
                                            "\"channels\":[\"info\",\"presence-info\"],\"info\":\"user_count,subscription_count\""))
                            .body());
            assertEquals(
                    "{\"batch\":[{\"subscription_count\":1},{}]}",
                    post(
                                    "/batch_events",
                                    "{\"batch\":[" + event("\"channel\":\"info\",\"info\":\"subscription_count\"") + ","
                                            + event("\"channel\":\"info\"") + "]}")
                            .body());
            assertEquals(
                    "{}",
                    post("/batch_events", "{\"batch\":[" + event("\"channel\":\"info\"") + "]}")
                            .body());
            assertEquals(
                    "{\"channels\":{\"presence-info\":{\"user_count\":1}}}",
                    get("/channels", Map.of("filter_by_prefix", "presence-", "info", "user_count"))
                            .body());
            assertEquals(
                    "{\"occupied\":true,\"subscription_count\":1}",
                    get("/channels/info", Map.of("info", "subscription_count")).body());
            assertEquals(
                    "{\"occupied\":false}", get("/channels/nobody", Map.of()).body());
            assertEquals(
                    "{\"users\":[{\"id\":\"a\"}]}",
                    get("/channels/presence-info/users", Map.of()).body());
        }
    }

    @Test
    void channels_areAnObject_evenIfThereAreNone() throws Exception {
        TestGateway.until(
                "no channel is occupied",
                () -> get("/channels", Map.of("filter_by_prefix", "none-"))
                        .equals(new Answer(200, "{\"channels\":{}}")));
    }

    @Test
    void cache_isTold_withWhatIsLeftOfItsTime() throws IOException {
        assertEquals(
                "{\"occupied\":false,\"cache\":null}",
                get("/channels/cache-api", Map.of("info", "cache")).body());
        post("/events", event("\"channel\":\"cache-api\""));
        Answer kept = get("/channels/cache-api", Map.of("info", "cache"));
        assertTrue(
                kept.body().matches("\\{\"occupied\":false,\"cache\":\\{\"data\":\"\\{\\}\",\"ttl\":(1800|17\\d\\d)}}"),
                kept::body);
    }

    @Test
    void eventOfLongAgo_isTakenWith202() throws IOException {
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.subscribe("legacy");
            client.expect("pusher_internal:subscription_count", "legacy");
            Answer answer = TestApp.SHOP.ask(
                    gateway,
                    "POST",
                    "/channels/legacy/events",
                    Map.of("name", "old"),
                    "{\"a\":1}",
                    gateway.millis() / 1000);
            assertEquals(202, answer.status());
            assertEquals("{\"a\":1}", client.expect("old", "legacy").toString());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/events       | {\"name\":\"e\",\"data\":\"{}\"}                                            | 400 | Missing required parameter: channel",
                "/events       | {\"name\":\"e\",\"data\":\"{}\",\"channel\":\"a b\"}                        | 400 | Invalid channel name: 'a b', expected 1 to 164 characters of A-Z a-z 0-9 _ - = @ , . ;",
                "/events       | {\"name\":\"e\",\"data\":{},\"channel\":\"a\"}                              | 400 | Invalid parameter data: expected a string; what else there is to say goes into it as JSON",
                "/events       | nonsense                                                                    | 400 | *",
                "/events       | {\"name\":\"pusher:e\",\"data\":\"{}\",\"channel\":\"a\"}                     | 400 | *",
                "/batch_events | {\"batch\":[{},{},{},{},{},{},{},{},{},{},{}]}                              | 400 | Batch too large (11 > 10)",
                "/nowhere      | {}                                                                          | 404 | *",
                "/users/7      | {}                                                                          | 404 | *",
            })
    void whatCannotBeDone_isSaid_asPlainText(String path, String body, int status, String text) throws IOException {
        Answer answer = post(path, body);
        assertEquals(status, answer.status(), answer::body);
        assertTrue(answer.body().endsWith("\n"));
        if (!text.equals("*")) {
            assertEquals(text + "\n", answer.body());
        }
    }

    @Test
    void questionsAboutTheWrongChannel_areRefused() throws IOException {
        assertEquals(
                new Answer(400, "Users can only be retrieved for presence channels\n"),
                get("/channels/private-a/users", Map.of()));
        assertEquals(
                new Answer(400, "Cannot retrieve the user count unless the channel is a presence channel\n"),
                get("/channels/private-a", Map.of("info", "user_count")));
        assertEquals(400, get("/channels", Map.of("info", "user_count")).status());
        var bank = TestApp.BANK.get(gateway, "/channels/a", Map.of("info", "subscription_count"));
        assertEquals(400, bank.status(), bank::body);
    }

    @Test
    void dataThatIsTooLarge_isAnsweredWith413() throws IOException {
        String large = "{\"name\":\"e\",\"channel\":\"a\",\"data\":\"" + "x".repeat(10_241) + "\"}";
        Answer refused = post("/events", large);
        assertEquals(413, refused.status());
        assertTrue(
                refused.body().startsWith("The data content of this event exceeds the allowed maximum (10240 bytes)"));
        assertEquals(
                200,
                post("/events", large.replace("xx\"", "\"").replaceFirst("x{2}\"", "\""))
                        .status());
    }

    @Test
    void whatIsNotSigned_isRefused_andSaysWhy() throws IOException {
        String body = event("\"channel\":\"a\"");
        long now = gateway.millis() / 1000;
        assertEquals(new Answer(401, "Missing parameter: auth_key\n"), gateway.ask("POST", "/apps/1/events", body));
        var stranger = new TestApp("1", new AppKey("bank-key", "bank-secret"));
        assertEquals(new Answer(401, "Unknown auth_key\n"), stranger.post(gateway, "/events", body));
        var forger = new TestApp("1", new AppKey("shop-key", "a guess"));
        Answer forged = forger.post(gateway, "/events", body);
        assertEquals(401, forged.status());
        assertTrue(forged.body().startsWith("Invalid signature: you should have sent HmacSHA256Hex("), forged::body);
        assertEquals(
                200,
                TestApp.SHOP
                        .ask(gateway, "POST", "/events", Map.of(), body, now - 598)
                        .status());
        assertEquals(
                401,
                TestApp.SHOP
                        .ask(gateway, "POST", "/events", Map.of(), body, now - 601)
                        .status());
        assertEquals(
                401,
                TestApp.SHOP
                        .ask(gateway, "POST", "/events", Map.of(), body, now + 602)
                        .status());
        String query = TestApp.SHOP.signed("POST", "/apps/1/events", Map.of(), body, now);
        assertEquals(
                401,
                gateway.ask("POST", "/apps/1/events?" + query, body.replace("\"a\"", "\"b\""))
                        .status());
        assertEquals(
                401, gateway.ask("POST", "/apps/1/batch_events?" + query, body).status());
        assertEquals(401, gateway.ask("POST", "/apps/2/events?" + query, body).status());
        assertEquals(404, gateway.ask("POST", "/apps/9/events?" + query, body).status());
        var closed = new TestApp("3", new AppKey("closed-key", "closed-secret"));
        assertEquals(new Answer(403, "This app is disabled\n"), closed.post(gateway, "/events", body));
    }

    @Test
    void usage_isWhatPusherWouldBill_byWorkspaceAndDay() throws IOException {
        long before = gateway.statez().at("/usage/bank/0/messages").asLong();
        try (PusherClient one = PusherClient.connect(gateway, TestApp.BANK);
                PusherClient two = PusherClient.connect(gateway, TestApp.BANK)) {
            one.subscribe("billed");
            two.subscribe("billed");
            TestApp.BANK.post(gateway, "/events", event("\"channel\":\"billed\""));
            one.expect("e", "billed");
            two.expect("e", "billed");
            TestApp.BANK.post(gateway, "/events", event("\"channel\":\"nobody\""));
            one.expectNothing();
        }
        var day = gateway.statez().at("/usage/bank/0");
        assertEquals(before + 4, day.path("messages").asLong(), day::toString);
        assertEquals(2, day.path("published").asLong());
        assertEquals(2, day.path("delivered").asLong());
        assertEquals(2.0, gateway.metric("heliograph_usage_messages_today{kind=\"delivery\",workspace=\"bank\"}"));
    }

    @Test
    void requestsAreCounted() throws IOException {
        double answered = gateway.metric("heliograph_api_requests_total");
        double refused = gateway.metric("heliograph_api_refused_total");
        post("/events", event("\"channel\":\"a\""));
        post("/events", "{}");
        assertEquals(answered + 1, gateway.metric("heliograph_api_requests_total"));
        assertEquals(refused + 1, gateway.metric("heliograph_api_refused_total"));
    }

    private static String event(String more) {
        return "{\"name\":\"e\",\"data\":\"{}\"," + more + "}";
    }
}
