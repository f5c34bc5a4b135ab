package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** {@code /pusher/auth} and {@code /pusher/user-auth}, with tokens of the gateway and of a stand-in for GitHub. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class AuthEndpointsTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    /** What the stand-in answers, by path and token; what is not here is answered with 404, an unknown user with 401. */
    private static final Map<String, String> GITHUB = new ConcurrentHashMap<>();

    private static final AtomicInteger ASKED = new AtomicInteger();
    private static HttpServer gitHub;
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gitHub = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        gitHub.createContext("/", exchange -> {
            ASKED.incrementAndGet();
            String token =
                    exchange.getRequestHeaders().getFirst("Authorization").replace("Bearer ", "");
            String path = exchange.getRequestURI().getPath();
            String said = GITHUB.get(path + " " + token);
            int status = said != null ? 200 : path.equals("/user") ? 401 : 404;
            if ("broken".equals(said)) {
                status = 500;
            } else if ("limited".equals(said)) {
                status = 403;
                exchange.getResponseHeaders().add("x-ratelimit-remaining", "0");
            }
            byte[] body = (said == null ? "{}" : said).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        gitHub.start();
        gateway = TestApp.start("""
                github:
                  apiUrl: http://127.0.0.1:%d
                  users: [octocat]
                  repository: acme/dagnet
                  subscribe: ["private-prod-*", "presence-prod"]
                """.formatted(gitHub.getAddress().getPort()), "");
    }

    @AfterAll
    static void stop() {
        gateway.close();
        gitHub.stop(0);
    }

    private static Answer auth(String token, String path, String channel, String socketId) throws IOException {
        String form = "socket_id=" + socketId + "&channel_name=" + URLEncoder.encode(channel, StandardCharsets.UTF_8);
        return gateway.post(
                path,
                form,
                "Authorization: Bearer " + token,
                "Origin: https://dagnet.example",
                "Content-Type: application/x-www-form-urlencoded");
    }

    private static void knows(String token, String login) {
        GITHUB.put("/user " + token, "{\"login\":\"" + login + "\",\"id\":1,\"name\":\"Person " + login + "\"}");
    }

    @Test
    void token_isGivenTheSignatureOfWhatItGrants_andNoOther() throws IOException {
        String token = TestToken.acme().text();
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            for (String channel : List.of("private-a", "presence-a", "private-encrypted-a")) {
                Answer answer = auth(token, "/pusher/auth", channel, client.id.text());
                assertEquals(200, answer.status(), answer::body);
                JsonNode signed = JSON.readTree(answer.body());
                var data = JSON.createObjectNode()
                        .put("channel", channel)
                        .put("auth", signed.path("auth").asText());
                if (signed.has("channel_data")) {
                    data.put("channel_data", signed.path("channel_data").asText());
                }
                assertEquals(channel.startsWith("presence-"), signed.has("channel_data"));
                assertEquals(channel.contains("encrypted"), signed.has("shared_secret"));
                client.say("pusher:subscribe", data);
                client.expect("pusher_internal:subscription_succeeded", channel);
            }
            JsonNode user = JSON.readTree(
                    auth(token, "/pusher/user-auth", "", client.id.text()).body());
            client.say("pusher:signin", user);
            client.expect("pusher:signin_success", null);
        }
    }

    @Test
    void whatIsNotGranted_isRefused() throws IOException {
        String token = TestToken.acme().subscribingTo("private-mine-*").text();
        assertEquals(200, auth(token, "/pusher/auth", "private-mine-1", "1.1").status());
        assertEquals(
                new Answer(403, "the token does not grant subscribe on private-yours\n"),
                auth(token, "/pusher/auth", "private-yours", "1.1"));
        assertEquals(400, auth(token, "/pusher/auth", "public", "1.1").status());
        String inPart = TestToken.acme()
                .with(
                        "grants",
                        Map.of(
                                "subscribe",
                                List.of(Map.of("channel", "private-*", "filter", Map.of("exists", List.of("a"))))))
                .text();
        assertEquals(
                new Answer(403, "the token does not grant subscribe on private-mine-1\n"),
                auth(inPart, "/pusher/auth", "private-mine-1", "1.1"),
                "Pusher's clients get everything");
        assertEquals(
                400,
                auth(token, "/pusher/auth", "private-mine-1", "1.1:private-other")
                        .status());
        assertEquals(
                401,
                auth("no.such.token", "/pusher/auth", "private-mine-1", "1.1").status());
        assertEquals(
                401,
                gateway.post("/pusher/auth", "socket_id=1.1&channel_name=private-a")
                        .status());
    }

    @Test
    void userOnTheList_mayIn_asFarAsItsPatternsReach() throws IOException {
        knows("gho_listed", "OctoCat");
        Answer answer = auth("gho_listed", "/pusher/auth", "private-prod-segment-events", "1.1");
        assertEquals(200, answer.status(), answer::body);
        assertEquals(
                403,
                auth("gho_listed", "/pusher/auth", "private-staging", "1.1").status());
        JsonNode presence = JSON.readTree(
                auth("gho_listed", "/pusher/auth", "presence-prod", "1.1").body());
        assertEquals(
                "{\"user_id\":\"github-OctoCat\",\"user_info\":{\"name\":\"Person OctoCat\"}}",
                presence.path("channel_data").asText());
    }

    @Test
    void whoReachesTheRepository_mayIn_butNotBecauseItIsPublic() throws IOException {
        knows("ghp_reader", "reader");
        GITHUB.put(
                "/repos/acme/dagnet ghp_reader", "{\"private\":true,\"permissions\":{\"push\":false,\"pull\":true}}");
        assertEquals(
                200, auth("ghp_reader", "/pusher/auth", "private-prod-x", "1.1").status());
        knows("ghp_anyone", "anyone");
        GITHUB.put(
                "/repos/acme/dagnet ghp_anyone", "{\"private\":false,\"permissions\":{\"push\":false,\"pull\":true}}");
        assertEquals(
                new Answer(403, "the GitHub user anyone may not use this app\n"),
                auth("ghp_anyone", "/pusher/auth", "private-prod-x", "1.1"));
        knows("ghp_writer", "writer");
        GITHUB.put(
                "/repos/acme/dagnet ghp_writer", "{\"private\":false,\"permissions\":{\"push\":true,\"pull\":true}}");
        assertEquals(
                200, auth("ghp_writer", "/pusher/auth", "private-prod-x", "1.1").status());
        assertEquals(
                401,
                auth("ghp_unknown", "/pusher/auth", "private-prod-x", "1.1").status());
    }

    @Test
    void answers_areRememberedForAMinute_andThenAccessThatWasTakenAwayIsGone() throws IOException {
        knows("gho_leaver", "leaver");
        GITHUB.put("/repos/acme/dagnet gho_leaver", "{\"private\":true}");
        assertEquals(
                200, auth("gho_leaver", "/pusher/auth", "private-prod-x", "1.1").status());
        GITHUB.remove("/repos/acme/dagnet gho_leaver");
        int asked = ASKED.get();
        assertEquals(
                200, auth("gho_leaver", "/pusher/auth", "private-prod-x", "1.1").status());
        assertEquals(asked, ASKED.get());
        gateway.advance(Duration.ofSeconds(61));
        assertEquals(
                403, auth("gho_leaver", "/pusher/auth", "private-prod-x", "1.1").status());
    }

    @Test
    void gitHubThatFails_isNotTheUsersFault() throws IOException {
        GITHUB.put("/user gho_outage", "broken");
        assertEquals(
                503, auth("gho_outage", "/pusher/auth", "private-prod-x", "1.1").status());
        knows("gho_outage", "octocat");
        assertEquals(
                200, auth("gho_outage", "/pusher/auth", "private-prod-x", "1.1").status());
    }

    @Test
    void gitHubThatIsAskedTooOften_isLeftAloneForAWhile_andNobodyIsTakenForAStranger() throws IOException {
        GITHUB.put("/user gho_many", "limited");
        knows("gho_other", "octocat");
        assertEquals(
                503, auth("gho_many", "/pusher/auth", "private-prod-x", "1.1").status());
        int asked = ASKED.get();
        assertEquals(
                503, auth("gho_other", "/pusher/auth", "private-prod-x", "1.1").status());
        assertEquals(asked, ASKED.get());
        gateway.advance(Duration.ofSeconds(31));
        assertEquals(
                200, auth("gho_other", "/pusher/auth", "private-prod-x", "1.1").status());
    }

    @Test
    void whatCannotBeATokenOfGitHub_isNotAskedFor() throws IOException {
        int asked = ASKED.get();
        assertEquals(
                401, auth("anything", "/pusher/auth", "private-prod-x", "1.1").status());
        assertEquals(asked, ASKED.get());
    }

    @Test
    void pagesOfAnyOrigin_mayAsk_withTheHeadersTheySet() throws IOException {
        Answer answer = gateway.ask(
                "OPTIONS",
                "/pusher/auth",
                "",
                "Origin: https://dagnet.example",
                "Access-Control-Request-Method: POST",
                "Access-Control-Request-Headers: authorization,x-socket-id");
        assertEquals(204, answer.status());
        assertFalse(answer.body().contains("error"));
        assertTrue(gateway.metric("heliograph_api_requests_total") >= 0);
    }

    @Test
    void revokedUser_isSignedNothing_andItsConnectionIsEnded() throws IOException {
        String token = TestToken.acme().user("revoked").text();
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            JsonNode user = JSON.readTree(
                    auth(token, "/pusher/user-auth", "x", client.id.text()).body());
            client.say("pusher:signin", user);
            client.expect("pusher:signin_success", null);
            Answer revoked =
                    gateway.operate("POST", "/admin/revocations", "{\"workspace\":\"acme\",\"user\":\"revoked\"}");
            assertEquals(201, revoked.status(), revoked::body);
            WsClient.End end = client.socket.readToClose();
            assertEquals(4009, end.code());
            assertEquals("revoked", end.reason());
            for (String path : List.of("/pusher/auth", "/pusher/user-auth")) {
                Answer refused = auth(token, path, "private-a", "1.1");
                assertEquals(403, refused.status());
                assertEquals("the token has been revoked\n", refused.body());
            }
        }
    }

    private static JsonNode userSignature(TestToken token, PusherClient client) throws IOException {
        Answer signed = auth(token.text(), "/pusher/user-auth", "x", client.id.text());
        assertEquals(200, signed.status(), signed::body);
        return JSON.readTree(signed.body());
    }

    private static String revoke(String what) throws IOException {
        Answer answer = gateway.operate("POST", "/admin/revocations", "{\"workspace\":\"acme\"," + what + "}");
        assertEquals(201, answer.status(), answer::body);
        return JSON.readTree(answer.body()).path("id").asText();
    }

    private static void assertSigninRefused(PusherClient client, JsonNode signature) throws IOException {
        client.say("pusher:signin", signature);
        WsClient.End end = client.socket.readToClose();
        assertEquals(4009, end.code(), end::toString);
        assertEquals(1, end.texts().size(), end::toString);
        JsonNode error = end.texts().getFirst();
        assertEquals("pusher:error", error.path("event").asText(), end::toString);
        assertEquals(4009, error.path("data").path("code").asInt(), end::toString);
    }

    @Test
    void signatureHeldSinceBeforeTheRevocation_signsNobodyIn_untilItIsLifted() throws IOException {
        TestToken token = TestToken.acme().user("held");
        for (int protocol : List.of(5, 7)) {
            try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP, protocol);
                    PusherClient patient = PusherClient.connect(gateway, TestApp.SHOP, protocol)) {
                JsonNode held = userSignature(token, client);
                JsonNode heldOn = userSignature(token, patient);
                String id = revoke("\"user\":\"held\"");
                assertSigninRefused(client, held);
                assertEquals(
                        204,
                        gateway.operate("DELETE", "/admin/revocations/" + id, "")
                                .status());
                patient.say("pusher:signin", heldOn).expect("pusher:signin_success", null);
            }
        }
    }

    @Test
    void revocationOfEarlierTokens_hitsConnectionsThatWereOpenBefore_andNoLaterOne() throws IOException {
        long nowMs = gateway.millis();
        TestToken old = TestToken.acme().user("renewed").with("iat", nowMs / 1_000 - 60);
        TestToken fresh = TestToken.acme().user("renewed").with("iat", nowMs / 1_000);
        try (PusherClient holder = PusherClient.connect(gateway, TestApp.SHOP);
                PusherClient signedIn = PusherClient.connect(gateway, TestApp.SHOP)) {
            JsonNode held = userSignature(old, holder);
            signedIn.say("pusher:signin", userSignature(old, signedIn)).expect("pusher:signin_success", null);
            gateway.advance(Duration.ofSeconds(1));
            revoke("\"user\":\"renewed\",\"issuedBefore\":" + (nowMs - 30_000));
            assertEquals(4009, signedIn.socket.readToClose().code());
            assertSigninRefused(holder, held);
        }
        gateway.advance(Duration.ofSeconds(1));
        try (PusherClient back = PusherClient.connect(gateway, TestApp.SHOP)) {
            assertEquals(
                    403,
                    auth(old.text(), "/pusher/user-auth", "x", back.id.text()).status());
            back.say("pusher:signin", userSignature(fresh, back)).expect("pusher:signin_success", null);
            revoke("\"user\":\"somebody-else\"");
            revoke("\"jti\":\"one-more\"");
            gateway.advance(Duration.ofSeconds(1));
            back.expectNothing();
        }
    }
}
