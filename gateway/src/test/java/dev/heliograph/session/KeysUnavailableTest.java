package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.sun.net.httpserver.HttpServer;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Tokens whose keys cannot be had now, or not yet: that is no fault of the client's. */
@ExtendWith(NoLeaks.class)
final class KeysUnavailableTest {
    private static final String TOKEN = base64("{\"alg\":\"EdDSA\",\"kid\":\"k\"}") + "."
            + base64("{\"iss\":\"https://login.test/\",\"sub\":\"u1\",\"exp\":4000000000}") + "."
            + base64("s".repeat(64));
    private static final String AUTHENTICATE =
            "{\"type\":\"authenticate\",\"requestId\":\"%s\",\"payload\":{\"token\":\"" + TOKEN + "\"}}";

    @Test
    void keysThatCannotBeFetched_putTheClientOff_by1013() throws IOException {
        HttpServer keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        keys.createContext("/", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        keys.start();
        try (TestGateway gateway = gateway(keys);
                WsClient client = WsClient.open(gateway, "/ws")) {
            client.expect("connected");
            client.send(AUTHENTICATE.formatted("a"));
            assertEquals(
                    "UNAVAILABLE", client.expect("error").at("/payload/code").asText());
            assertEquals(1013, client.readToClose().code());
        } finally {
            keys.stop(0);
        }
    }

    @Test
    void secondAuthenticate_whileTheFirstIsBeingChecked_isRefused_andTheFirstIsAnswered() throws Exception {
        var answer = new CountDownLatch(1);
        HttpServer keys = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            keys.setExecutor(threads);
            keys.createContext("/", exchange -> {
                try (exchange) {
                    answer.await(20, TimeUnit.SECONDS);
                    exchange.sendResponseHeaders(503, -1);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            keys.start();
            try (TestGateway gateway = gateway(keys);
                    WsClient client = WsClient.open(gateway, "/ws")) {
                client.expect("connected");
                client.send(AUTHENTICATE.formatted("first"));
                client.send(AUTHENTICATE.formatted("second"));
                var refused = client.expect("error");
                assertEquals("CONFLICT", refused.at("/payload/code").asText());
                assertEquals("second", refused.at("/requestId").asText());
                answer.countDown();
                assertEquals("first", client.expect("error").at("/requestId").asText());
                assertEquals(1013, client.readToClose().code());
            }
        } finally {
            keys.stop(0);
        }
    }

    private static TestGateway gateway(HttpServer keys) throws IOException {
        return TestGateway.ofYaml(
                """
                server: {port: 0, eventLoops: 1}
                admin: {port: 0, token: %s}
                page: {enabled: false}
                workspaces:
                  acme: {keys: [{issuer: "https://login.test/", url: "http://127.0.0.1:%d/jwks"}]}
                """.formatted(TestGateway.ADMIN_TOKEN, keys.getAddress().getPort()));
    }

    private static String base64(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
