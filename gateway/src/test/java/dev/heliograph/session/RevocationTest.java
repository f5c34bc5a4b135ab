package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens taken back by the operator, seen by those who are connected, by those who come, and after a restart. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before each test
@Tag("slow")
final class RevocationTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PATH = "/admin/revocations";

    @TempDir
    private Path folder;

    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private JsonNode revoke(String what) throws IOException {
        Answer answer = gateway.operate("POST", PATH, "{\"workspace\":\"acme\"," + what + "}");
        assertEquals(201, answer.status(), answer::body);
        return JSON.readTree(answer.body());
    }

    private long nowSeconds() {
        return gateway.millis() / 1_000;
    }

    private static void assertRevoked(WsClient client) throws IOException {
        WsClient.End end = client.readToClose();
        assertEquals(4403, end.code(), end::toString);
        assertEquals("revoked", end.reason());
        assertEquals("FORBIDDEN", end.texts().getLast().at("/payload/code").asText(), end::toString);
    }

    private void assertTurnedAway(TestToken token) throws IOException {
        try (WsClient client = gateway.connect(token)) {
            assertRevoked(client);
        }
        try (WsClient client = WsClient.open(gateway, "/ws")) {
            client.expect("connected");
            client.send("{\"type\":\"authenticate\",\"payload\":{\"token\":\"" + token.text() + "\"}}");
            assertRevoked(client);
        }
    }

    private static void assertWelcome(WsClient client) throws IOException {
        client.subscribe("a");
    }

    @Test
    void jti_endsTheConnectionsOfThatToken_thoughItIsRemembered_andNoOther() throws Exception {
        TestToken lost = TestToken.acme().with("jti", "lost");
        TestToken kept = TestToken.acme().with("jti", "kept");
        try (WsClient one = gateway.connect(lost);
                WsClient two = gateway.connect(lost);
                WsClient other = gateway.connect(kept)) {
            one.subscribe("a");
            revoke("\"jti\":\"lost\"");
            assertRevoked(one);
            assertRevoked(two);
            assertTurnedAway(lost);
            assertWelcome(other);
            gateway.untilClosed("revoked", 4);
        }
    }

    @Test
    void jti_isOutAtTheDoorsForServersToo() throws IOException {
        String bearer =
                "Authorization: Bearer " + TestToken.acme().with("jti", "lost").text();
        String body = "{\"channel\":\"a\",\"data\":1}";
        assertEquals(200, gateway.post("/publications", body, bearer).status());
        revoke("\"jti\":\"lost\"");
        Answer refused = gateway.post("/publications", body, bearer);
        assertEquals(401, refused.status(), refused::body);
        assertTrue(refused.body().contains("revoked"), refused::body);
    }

    @Test
    void user_isOut_withNewTokensToo_untilItIsLifted() throws IOException {
        try (WsClient alice = gateway.connect(TestToken.acme().user("alice"));
                WsClient elsewhere = gateway.connect(TestToken.other().user("alice"));
                WsClient bob = gateway.connect(TestToken.acme().user("bob"))) {
            JsonNode revocation = revoke("\"user\":\"alice\"");
            assertTrue(revocation.get("expiresAt").isNull(), revocation::toString);
            assertRevoked(alice);
            TestToken fresh = TestToken.acme().user("alice").with("iat", nowSeconds());
            assertTurnedAway(fresh);
            assertWelcome(bob);
            assertWelcome(elsewhere);
            String lift = PATH + "/" + revocation.path("id").asText();
            assertEquals(204, gateway.operate("DELETE", lift, "").status());
            assertEquals(404, gateway.operate("DELETE", lift, "").status());
            try (WsClient again = gateway.connect(fresh)) {
                assertWelcome(again);
            }
        }
    }

    @Test
    void userByIssueTime_keepsWhatWasIssuedSince_andATokenThatDoesNotSayIsOld() throws IOException {
        long now = nowSeconds();
        TestToken old = TestToken.acme().user("alice").with("iat", now - 100);
        TestToken young = TestToken.acme().user("alice").with("iat", now - 10);
        try (WsClient before = gateway.connect(old);
                WsClient silent = gateway.connect(TestToken.acme().user("alice"));
                WsClient since = gateway.connect(young)) {
            revoke("\"user\":\"alice\",\"issuedBefore\":" + (now - 50) * 1_000);
            assertRevoked(before);
            assertRevoked(silent);
            assertTurnedAway(old);
            assertWelcome(since);
        }
    }

    @Test
    void workspaceByIssueTime_leavesTheOtherWorkspace_andConnectionsWithoutAToken() throws IOException {
        long now = nowSeconds();
        try (WsClient old = gateway.connect(TestToken.acme().with("iat", now - 100));
                WsClient young = gateway.connect(TestToken.acme().user("u2").with("iat", now));
                WsClient other = gateway.connect(TestToken.other().with("iat", now - 100));
                WsClient anonymous = WsClient.open(gateway, "/ws?workspace=acme")) {
            anonymous.expect("connected");
            revoke("\"issuedBefore\":" + (now - 50) * 1_000);
            assertRevoked(old);
            assertWelcome(young);
            assertWelcome(other);
            anonymous.subscribe("public-a");
        }
    }

    @Test
    void session_endsAllTokensThatCameFromIt() throws IOException {
        TestToken first = TestToken.acme().with("sid", "s1").with("jti", "1");
        TestToken renewed = TestToken.acme().with("sid", "s1").with("jti", "2");
        try (WsClient client = gateway.connect(first);
                WsClient other = gateway.connect(TestToken.acme().with("sid", "s2"))) {
            revoke("\"session\":\"s1\"");
            assertRevoked(client);
            assertTurnedAway(renewed);
            assertWelcome(other);
        }
    }

    @Test
    void renewalWithARevokedToken_isRefused_andTheConnectionGoesOnWithItsOwn() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme().with("jti", "good"))) {
            revoke("\"jti\":\"bad\"");
            new Transcript(client)
                    .let("token", TestToken.acme().with("jti", "bad").text())
                    .play("""
                    > {"type":"authenticate","requestId":"r","payload":{"token":"$token"}}
                    < {"type":"error","requestId":"r","payload":{"code":"UNAUTHENTICATED","message":"the token has been revoked"}}
                    """);
            assertWelcome(client);
        }
    }

    @Test
    void renewalWithAGoodToken_savesNobodyWhoseUserIsRevokedMeanwhile() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme().user("alice"))) {
            client.send("{\"type\":\"authenticate\",\"payload\":{\"token\":\""
                    + TestToken.acme().user("alice").with("jti", "new").text() + "\"}}");
            client.expect("authenticated");
            revoke("\"user\":\"alice\"");
            assertRevoked(client);
        }
    }

    @Test
    void restart_withAStore_forgetsNone_andWithoutOneSaysThatItWould() throws IOException {
        assertFalse(revoke("\"jti\":\"j\"").path("stored").asBoolean());
        gateway.close();
        String settings = "store: {folder: \"" + folder + "\"}";
        gateway = TestGateway.start(settings);
        assertTrue(revoke("\"jti\":\"j\"").path("stored").asBoolean());
        revoke("\"user\":\"zo\u00eb\"");
        String lifted = revoke("\"session\":\"s\"").path("id").asText();
        assertEquals(204, gateway.operate("DELETE", PATH + "/" + lifted, "").status());
        JsonNode before = list("");
        gateway.close();
        gateway = TestGateway.start(settings);
        assertEquals(before, list(""));
        assertEquals(2, before.path("inForce").asInt());
        assertTurnedAway(TestToken.acme().with("jti", "j"));
        assertTurnedAway(TestToken.acme().user("zo\u00eb"));
        try (WsClient client = gateway.connect(TestToken.acme().with("sid", "s"))) {
            assertWelcome(client);
        }
        assertEquals(2.0, gateway.metric("heliograph_revocations"));
    }

    private JsonNode list(String query) throws IOException {
        Answer answer = gateway.operate("GET", PATH + query, "");
        assertEquals(200, answer.status(), answer::body);
        return JSON.readTree(answer.body());
    }

    @Test
    void list_comesInPages_byWorkspaceIfAsked() throws IOException {
        for (int i = 0; i < 5; i++) {
            revoke("\"jti\":\"j" + i + "\"");
        }
        assertEquals(
                201,
                gateway.operate("POST", PATH, "{\"workspace\":\"other\",\"jti\":\"j0\"}")
                        .status());
        int seen = 0;
        String after = "";
        do {
            JsonNode page = list("?workspace=acme&limit=2" + (after.isEmpty() ? "" : "&after=" + after));
            seen += page.path("revocations").size();
            after = page.path("next").asText("");
        } while (!after.isEmpty() && !after.equals("null"));
        assertEquals(5, seen);
        assertEquals(6, list("").path("revocations").size());
    }

    @Test
    void sameAgain_isTheSameRevocation_andAWiderOneTakesItsPlace() throws IOException {
        long now = nowSeconds() * 1_000;
        JsonNode first = revoke("\"user\":\"u\",\"issuedBefore\":" + (now - 5_000));
        Answer narrower = gateway.operate(
                "POST", PATH, "{\"workspace\":\"acme\",\"user\":\"u\",\"issuedBefore\":" + (now - 9_000) + "}");
        assertEquals(200, narrower.status());
        assertEquals(first, JSON.readTree(narrower.body()));
        JsonNode all = revoke("\"user\":\"u\"");
        assertEquals(first.path("id"), all.path("id"));
        assertFalse(all.has("issuedBefore"));
        assertEquals(1, list("").path("inForce").asInt());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\u0001',
            value = {
                "not json|the body is no JSON",
                "[]|the body is no JSON object",
                "{\"jti\":\"a\"}|workspace is missing: expected one of [acme, other]",
                "{\"workspace\":\"nope\",\"jti\":\"a\"}|workspace: there is no such one; expected one of [acme, other]",
                "{\"workspace\":\"acme\"}|what to revoke: expected jti, session or user",
                "{\"workspace\":\"acme\",\"jti\":\"a\",\"user\":\"b\"}|what to revoke: expected jti, session or user",
                "{\"workspace\":\"acme\",\"jti\":\"a\",\"issuedBefore\":1700000000000}|lies so far back",
                "{\"workspace\":\"acme\",\"issuedBefore\":1700000000}|issuedBefore: expected milliseconds since 1970",
                "{\"workspace\":\"acme\",\"issuedBefore\":\"now\"}|issuedBefore: expected milliseconds since 1970",
                "{\"workspace\":\"acme\",\"issuedBefore\":9000000000000}|issuedBefore: lies in the future",
                "{\"workspace\":\"acme\",\"jti\":\"\"}|jti: expected a string of 1 to 200 characters",
                "{\"workspace\":\"acme\",\"jti\":7}|jti: expected a string of 1 to 200 characters",
                "{\"workspace\":\"acme\",\"jit\":\"a\"}|field jit is not known: expected [issuedBefore, jti,",
                "{\"workspace\":\"acme\",\"jti\":\"a\",\"jti\":\"b\"}|the body is no JSON"
            })
    void badRequest_saysWhatWasExpected_andRevokesNothing(String body, String complaint) throws IOException {
        Answer answer = gateway.operate("POST", PATH, body);
        assertEquals(400, answer.status(), answer::body);
        JsonNode error = JSON.readTree(answer.body());
        assertEquals("bad_request", error.path("code").asText());
        assertTrue(error.path("message").asText().contains(complaint), answer::body);
        assertEquals(0, list("").path("inForce").asInt());
    }

    @Test
    void nobodyButTheOperator_mayRevoke() throws IOException {
        String token = "Authorization: Bearer " + TestToken.acme().text();
        assertEquals(404, gateway.ask("POST", PATH, "{}", token).status());
        assertEquals(400, gateway.operate("GET", PATH + "?limit=0", "").status());
        assertEquals(400, gateway.operate("GET", PATH + "?offset=1", "").status());
    }

    @Test
    void sessionOfDazzlesClient_isNotTakenUpByARevokedUser() throws IOException {
        TestToken token = TestToken.acme().user("u9");
        try (WsClient client = WsClient.open(gateway, "/ws?dialect=dazzle&token=" + token.text())) {
            String key = client.expect("connected").at("/payload/resumeKey").asText();
            client.reset();
            revoke("\"user\":\"u9\"");
            try (WsClient again = WsClient.bare(gateway)) {
                again.sendBytes(
                        WsClient.request("/ws?dialect=dazzle&resume=" + key).getBytes(StandardCharsets.US_ASCII));
                assertEquals(403, again.readHead().status());
            }
        }
    }
}
