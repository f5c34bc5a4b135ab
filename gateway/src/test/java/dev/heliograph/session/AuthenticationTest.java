package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How a connection proves who it is, keeps proving it, and is sent away when it cannot. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class AuthenticationTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Stream<Arguments> waysToShowAToken() {
        String token = TestToken.acme().text();
        return Stream.of(
                Arguments.of("header", "/ws", List.of("Authorization: Bearer " + token)),
                Arguments.of("header, other case", "/ws", List.of("authorization: bearer  " + token)),
                Arguments.of("subprotocol", "/ws", List.of("Sec-WebSocket-Protocol: heliograph.bearer." + token)),
                Arguments.of(
                        "two subprotocols",
                        "/ws",
                        List.of("Sec-WebSocket-Protocol: heliograph.v1, heliograph.bearer." + token)),
                Arguments.of("query", "/ws?x=1&token=" + token, List.of()),
                Arguments.of(
                        "header before query",
                        "/ws?token=" + TestToken.acme().user("u2").text(),
                        List.of("Authorization: Bearer " + token)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("waysToShowAToken")
    void token_shownWithTheUpgrade_isAnsweredByConnected(String name, String target, List<String> headers)
            throws IOException {
        try (WsClient client = WsClient.open(gateway, target, headers.toArray(String[]::new))) {
            new Transcript(client).play("""
                    < {"type":"connected","payload":{"userId":"u1"}}
                    > {"type":"subscribe","channel":"a"}
                    < {"type":"subscribed"}
                    """);
        }
    }

    private static Stream<Arguments> badTokens() {
        TestToken good = TestToken.acme();
        return Stream.of(
                Arguments.of("expired", good.expiringIn(-60)),
                Arguments.of("other secret", good.signedWith(TestToken.OTHER_SECRET)),
                Arguments.of("other audience", good.with("aud", "elsewhere")),
                Arguments.of("no audience", good.without("aud")),
                Arguments.of("no expiry", good.without("exp")),
                Arguments.of("no subject", good.without("sub")),
                Arguments.of("not yet", good.with("nbf", System.currentTimeMillis() / 1_000 + 600)),
                Arguments.of("unknown kid", good.withHeader("kid", "acme-2")),
                Arguments.of("alg none", good.withHeader("alg", "none")),
                Arguments.of("alg of another key", good.withHeader("alg", "RS256")),
                Arguments.of("says another workspace", good.with("workspace", "other")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void badToken_isRefusedAfterTheUpgrade_by4401(String name, TestToken token) throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws?token=" + token.text())) {
            new Transcript(client).play("""
                    < {"type":"connected","payload":{"userId":null}}
                    < {"type":"error","payload":{"code":"UNAUTHENTICATED","message":"*"}}
                    < close 4401
                    """);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badTokens")
    void badToken_inAMessage_isRefused_by4401(String name, TestToken token) throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws")) {
            new Transcript(client).let("token", token.text()).play("""
                    < {"type":"connected"}
                    > {"type":"authenticate","requestId":"a","payload":{"token":"$token"}}
                    < {"type":"error","requestId":"a","payload":{"code":"UNAUTHENTICATED"}}
                    < close 4401
                    """);
        }
    }

    @Test
    void emptyToken_isABadToken() throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws?token=")) {
            client.expect("connected");
            assertEquals(4401, client.readToClose().code());
        }
    }

    @Test
    void badTokens_areNotRepeatedToTheClient() throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws?token=canary.canary.canary")) {
            WsClient.End end = client.readToClose();
            assertFalse(end.toString().contains("canary"), end::toString);
        }
    }

    @Test
    void renewalInPlace_keepsTheSubscriptions_andEndsThoseThatAreNoLongerGranted() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            client.subscribe("keep");
            client.subscribe("drop");
            Map<String, List<String>> fewer = Map.of("subscribe", List.of("keep"), "publish", List.of("drop"));
            new Transcript(client)
                    .let("token", TestToken.acme().with("grants", fewer).text())
                    .play("""
                    > {"type":"authenticate","requestId":"a","payload":{"token":"$token"}}
                    < {"type":"authenticated","requestId":"a","payload":{"userId":"u1","lost":["drop"]}}
                    """);
            publisher.publish("drop", "1");
            publisher.publish("keep", "2");
            new Transcript(client).play("""
                    < {"type":"event","channel":"keep","payload":{"data":2}}
                    > {"type":"unsubscribe","channel":"drop"}
                    < {"type":"error","payload":{"code":"NOT_SUBSCRIBED"}}
                    > {"type":"publish","channel":"keep","payload":{"data":1}}
                    < {"type":"error","payload":{"code":"FORBIDDEN"}}
                    > {"type":"publish","channel":"drop","requestId":"p","payload":{"data":1}}
                    < {"type":"published","requestId":"p"}
                    """);
        }
    }

    @Test
    void renewal_byAnotherSubjectOrWorkspace_orWithABadToken_isRefused_andNothingChanges() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme().subscribingTo("mine"))) {
            client.subscribe("mine");
            new Transcript(client)
                    .let("u2", TestToken.acme().user("u2").text())
                    .let("other", TestToken.other().text())
                    .let("bad", TestToken.acme().expiringIn(-60).text())
                    .play("""
                    > {"type":"authenticate","requestId":"1","payload":{"token":"$u2"}}
                    < {"type":"error","requestId":"1","payload":{"code":"FORBIDDEN"}}
                    > {"type":"authenticate","requestId":"2","payload":{"token":"$other"}}
                    < {"type":"error","requestId":"2","payload":{"code":"FORBIDDEN"}}
                    > {"type":"authenticate","requestId":"3","payload":{"token":"$bad"}}
                    < {"type":"error","requestId":"3","payload":{"code":"UNAUTHENTICATED"}}
                    > {"type":"subscribe","channel":"theirs"}
                    < {"type":"error","payload":{"code":"FORBIDDEN"}}
                    > {"type":"unsubscribe","channel":"mine","requestId":"4"}
                    < {"type":"unsubscribed","requestId":"4"}
                    """);
        }
    }

    @Test
    void anonymousConnection_mayDoWhatTheWorkspaceGrants_andMayAuthenticateLater() throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws?workspace=acme")) {
            new Transcript(client)
                    .let("token", TestToken.acme().user("u9").text())
                    .play("""
                    < {"type":"connected","payload":{"userId":null}}
                    > {"type":"subscribe","channel":"public-news"}
                    < {"type":"subscribed"}
                    > {"type":"subscribe","channel":"private-news"}
                    < {"type":"error","payload":{"code":"FORBIDDEN"}}
                    > {"type":"publish","channel":"public-news","payload":{"data":1}}
                    < {"type":"error","payload":{"code":"FORBIDDEN"}}
                    > {"type":"authenticate","payload":{"token":"$token"}}
                    < {"type":"authenticated","payload":{"userId":"u9","lost":[]}}
                    > {"type":"subscribe","channel":"private-news"}
                    < {"type":"subscribed"}
                    """);
        }
    }

    @Test
    void anonymousConnection_toAWorkspaceThatThereIsNot_isRefusedBeforeTheUpgrade() throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(WsClient.request("/ws?workspace=nowhere").getBytes(StandardCharsets.US_ASCII));
            assertEquals(403, client.readHead().status());
        }
    }

    @Test
    void clientThatNeverAuthenticates_orWhoseTokenExpires_isClosedBy4401() throws IOException {
        try (TestGateway impatient = TestGateway.start("limits: {authTimeoutMs: 100}");
                WsClient silent = WsClient.open(impatient, "/ws");
                WsClient expiring = impatient.connect(TestToken.acme().expiringIn(600));
                WsClient lasting = impatient.connect(TestToken.acme().expiringIn(7_200));
                WsClient anonymous = WsClient.open(impatient, "/ws?workspace=acme");
                WsClient renewing = impatient.connect(TestToken.acme().expiringIn(600))) {
            renewing.subscribe("a");
            new Transcript(renewing)
                    .let("token", TestToken.acme().expiringIn(7_200).text())
                    .play("""
                    > {"type":"authenticate","payload":{"token":"$token"}}
                    < {"type":"authenticated","payload":{"lost":[]}}
                    """);
            impatient.advance(Duration.ofMinutes(20));
            new Transcript(expiring).play("""
                    < {"type":"error","payload":{"code":"UNAUTHENTICATED","message":"the token has expired"}}
                    < close 4401
                    """);
            new Transcript(silent).play("""
                    < {"type":"connected"}
                    < {"type":"error","payload":{"code":"UNAUTHENTICATED"}}
                    < close 4401
                    """);
            anonymous.expect("connected");
            for (WsClient alive : List.of(lasting, anonymous, renewing)) {
                alive.send("{\"type\":\"ping\"}").expect("pong");
            }
            lasting.publish("a", "1");
            JsonNode event = renewing.expect("event");
            assertTrue(event.has("position"), event::toString);
        }
    }
}
