package dev.heliograph.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Arrays;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The opening handshake (RFC 6455 section 4.2) as strange clients do it. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class HandshakeTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("limits: {headersTimeoutMs: 400}");
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.untilEmpty();
        gateway.close();
    }

    private static WsClient.Head answer(String request) throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(request.getBytes(StandardCharsets.ISO_8859_1));
            WsClient.Head head = client.readHead();
            assertTrue(
                    head.status() == 101 || Integer.parseInt(head.header("Content-Length")) > 0, "a refusal says why");
            return head;
        }
    }

    @Test
    void upgrade_isAnsweredByTheProofOfTheRfc() throws IOException {
        WsClient.Head head = answer(WsClient.request("/ws", "Sec-WebSocket-Extensions: permessage-deflate"));
        assertEquals(101, head.status());
        assertEquals("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", head.header("Sec-WebSocket-Accept"));
        assertEquals("websocket", head.header("Upgrade"));
        assertEquals("Upgrade", head.header("Connection"));
        assertEquals("", head.header("Sec-WebSocket-Extensions"));
        assertEquals("", head.header("Sec-WebSocket-Protocol"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            heliograph.v1                          | heliograph.v1
            chat, heliograph.v1                    | heliograph.v1
            heliograph.bearer.x                    | heliograph.bearer.x
            heliograph.bearer.x, heliograph.v1     | heliograph.v1
            chat                                   | ''
            """)
    void subprotocol_isTheOneThatIsSpokenHere_orTheTokenAlone(String offered, String chosen) throws IOException {
        WsClient.Head head = answer(WsClient.request("/ws", "Sec-WebSocket-Protocol: " + offered));
        assertEquals(101, head.status());
        assertEquals(chosen, head.header("Sec-WebSocket-Protocol"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8", "7", "12", "0", "14", "thirteen", "13, 8"})
    void version_otherThan13_isAnswered426_withTheOneThatIsSpoken(String version) throws IOException {
        WsClient.Head head = answer(
                WsClient.request("/ws").replace("Sec-WebSocket-Version: 13", "Sec-WebSocket-Version: " + version));
        assertEquals(426, head.status());
        assertEquals("13", head.header("Sec-WebSocket-Version"));
    }

    @ParameterizedTest(name = "{0} becomes {1}: {2}")
    @CsvSource(delimiter = '|', textBlock = """
            Sec-WebSocket-Version: 13\\r\\n                        | ''                                                | 426
            Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\\r\\n      | ''                                                | 400
            dGhlIHNhbXBsZSBub25jZQ==                             | c2hvcnQ=                                          | 400
            dGhlIHNhbXBsZSBub25jZQ==                             | dGhlIHNhbXBsZSBub25jZSBsb25n                       | 400
            dGhlIHNhbXBsZSBub25jZQ==                             | not base64 at all!                                | 400
            dGhlIHNhbXBsZSBub25jZQ==                             | dGhlIHNhbXBsZSBub25jZQ==\\r\\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ== | 400
            Connection: keep-alive, Upgrade\\r\\n                  | ''                                                | 400
            Connection: keep-alive, Upgrade                      | Connection: keep-alive                            | 400
            Host: gateway.test\\r\\n                               | ''                                                | 400
            GET /ws                                              | POST /ws                                          | 426
            GET /ws                                              | GET /nowhere                                      | 404
            Upgrade: websocket                                   | Upgrade: h2c                                      | 426
            """)
    void faultInTheRequest_isRefused(String part, String becomes, int status) throws IOException {
        String good = WsClient.request("/ws");
        String from = part.replace("\\r\\n", "\r\n");
        assertTrue(good.contains(from), good);
        String bad = good.replace(from, becomes.replace("\\r\\n", "\r\n"));
        assertEquals(status, answer(bad).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Content-Length: 5", "Transfer-Encoding: chunked"})
    void body_isRefused(String header) throws IOException {
        int status = answer(
                        WsClient.request("/ws", header) + (header.endsWith("5") ? "hello" : "5\r\nhello\r\n0\r\n\r\n"))
                .status();
        assertTrue(status >= 400 && status < 500, "status " + status);
    }

    @ParameterizedTest
    @CsvSource({
        "https://app.acme.test, 101",
        "https://app.other.test, 101",
        "https://app.acme.test:443, 101",
        "http://app.acme.test, 403",
        "https://app.acme.test:8443, 403",
        "https://app.acme.test.evil.test, 403",
        "https://evil.test, 403",
        "null, 403",
        "'', 403",
        "https://app.acme.test/path, 403"
    })
    void origin_isTakenExactly(String origin, int status) throws IOException {
        assertEquals(
                status, answer(WsClient.request("/ws", "Origin: " + origin)).status());
    }

    @Test
    void requestWithoutUpgrade_isNoUpgrade() throws IOException {
        int status = answer("GET /ws HTTP/1.1\r\nHost: gateway.test\r\nConnection: close\r\n\r\n")
                .status();
        assertTrue(status >= 400 && status < 500, "status " + status);
    }

    @Test
    void frames_inTheSegmentOfTheUpgrade_areNotLost() throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            var together = new ByteArrayOutputStream();
            together.writeBytes(
                    WsClient.request("/ws?token=" + TestToken.acme().text()).getBytes(StandardCharsets.US_ASCII));
            for (String text : new String[] {"{\"type\":\"subscribe\",\"channel\":\"early\"}", "{\"type\":\"ping\"}"}) {
                together.writeBytes(
                        WsClient.frame(WsClient.FIN | WsClient.TEXT, text.getBytes(StandardCharsets.UTF_8)));
            }
            byte[] half = WsClient.frame(
                    WsClient.FIN | WsClient.TEXT, "{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
            together.write(half, 0, 7);
            client.sendBytes(together.toByteArray());
            assertEquals(101, client.readHead().status());
            client.expect("connected");
            client.expect("subscribed");
            client.expect("pong");
            client.sendBytes(Arrays.copyOfRange(half, 7, half.length)).expect("pong");
        }
    }

    @Test
    void upgrade_byteByByte_isTheSameUpgrade() throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendByteByByte(WsClient.request("/ws").getBytes(StandardCharsets.US_ASCII));
            assertEquals(101, client.readHead().status());
            client.expect("connected");
        }
    }

    @Test
    void clientThatDoesNotFinishItsHeaders_isAnswered408_orClosedIfItNeverBegan() throws IOException {
        try (WsClient slow = WsClient.bare(gateway);
                WsClient mute = WsClient.bare(gateway)) {
            slow.sendBytes("GET /ws HTTP/1.1\r\nHost: gate".getBytes(StandardCharsets.US_ASCII));
            assertEquals(408, slow.readHead().status());
            assertEquals("", mute.readRest());
        }
    }

    @Test
    void tokenWhoseKeyIsStillBeingFetched_holdsBackWhatTheClientSays_untilItIsConnected() throws Exception {
        KeyPair pair = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
        var asked = new CountDownLatch(1);
        var answer = new CountDownLatch(1);
        HttpServer keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            keys.setExecutor(threads);
            keys.createContext("/", exchange -> {
                asked.countDown();
                try (exchange) {
                    assertTrue(answer.await(20, TimeUnit.SECONDS));
                    byte[] body = jwks(pair).getBytes(StandardCharsets.UTF_8);
                    exchange.sendResponseHeaders(200, body.length);
                    exchange.getResponseBody().write(body);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            keys.start();
            try (TestGateway fetching = TestGateway.ofYaml("""
                    server: {port: 0, eventLoops: 1}
                    admin: {port: 0, token: %s}
                    page: {enabled: false}
                    workspaces:
                      acme: {keys: [{issuer: "https://login.test/", url: "http://127.0.0.1:%d/jwks"}]}
                    """.formatted(
                                    TestGateway.ADMIN_TOKEN, keys.getAddress().getPort()));
                    WsClient client = WsClient.bare(fetching)) {
                client.sendBytes(WsClient.request("/ws?token=" + token(pair)).getBytes(StandardCharsets.US_ASCII));
                client.send("{\"type\":\"subscribe\",\"channel\":\"early\"}");
                assertTrue(asked.await(20, TimeUnit.SECONDS));
                client.send("{\"type\":\"ping\"}");
                answer.countDown();
                assertEquals(101, client.readHead().status());
                assertEquals(
                        "u1", client.expect("connected").at("/payload/userId").asText());
                client.expect("subscribed");
                client.expect("pong");
            }
        } finally {
            keys.stop(0);
        }
    }

    private static String jwks(KeyPair pair) {
        byte[] der = pair.getPublic().getEncoded();
        String x = base64(Arrays.copyOfRange(der, der.length - 32, der.length));
        return "{\"keys\":[{\"kid\":\"k\",\"use\":\"sig\",\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + x + "\"}]}";
    }

    private static String token(KeyPair pair) throws Exception {
        String claims = "{\"iss\":\"https://login.test/\",\"sub\":\"u1\",\"exp\":"
                + (System.currentTimeMillis() / 1_000 + 600) + ",\"grants\":{\"subscribe\":[\"*\"]}}";
        String content = base64("{\"alg\":\"EdDSA\",\"kid\":\"k\"}".getBytes(StandardCharsets.UTF_8)) + "."
                + base64(claims.getBytes(StandardCharsets.UTF_8));
        Signature signature = Signature.getInstance("Ed25519");
        signature.initSign(pair.getPrivate());
        signature.update(content.getBytes(StandardCharsets.US_ASCII));
        return content + "." + base64(signature.sign());
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    @Test
    void refusedUpgrade_closesTheConnection() throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(
                    WsClient.request("/ws", "Origin: https://evil.test").getBytes(StandardCharsets.US_ASCII));
            WsClient.Head head = client.readHead();
            assertEquals("close", head.header("Connection"));
            assertFalse(client.readRest().isEmpty());
        }
    }
}
