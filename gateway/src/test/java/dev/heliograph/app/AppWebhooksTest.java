package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What really happens in an app reaches its server, signed; and what happened as the gateway stopped, after the next start. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before each test
final class AppWebhooksTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private HttpServer server;

    @TempDir
    private Path folder;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hooks", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            assertEquals("shop-key", exchange.getRequestHeaders().getFirst("X-Pusher-Key"));
            assertTrue(
                    TestApp.SHOP.key.verify(body, exchange.getRequestHeaders().getFirst("X-Pusher-Signature")));
            for (JsonNode event : JSON.readTree(body).path("events")) {
                told.add(event.path("name").asText() + " "
                        + event.path("channel").asText()
                        + (event.has("user_id") ? " " + event.path("user_id").asText() : "")
                        + (event.has("data") ? " " + event.path("data").asText() : ""));
            }
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private TestGateway gateway() throws IOException {
        return TestApp.start(
                """
                webhooks:
                  - url: http://127.0.0.1:%d/hooks
                    channels: "p*"
                  - url: http://127.0.0.1:%d/hooks
                    events: [cache_miss]
                """.formatted(server.getAddress().getPort(), server.getAddress().getPort()),
                "store: {folder: " + folder + "}");
    }

    private void await(String... events) throws Exception {
        List<String> wanted = List.of(events);
        TestGateway.until("told " + wanted + ", so far " + told, () -> told.size() >= wanted.size());
        assertEquals(wanted, told);
        told.clear();
    }

    @Test
    void whatHappens_isTold_andADepartureAtTheStop_afterTheNextStart() throws Exception {
        try (TestGateway gateway = gateway()) {
            try (PusherClient one = PusherClient.connect(gateway, TestApp.SHOP);
                    PusherClient two = PusherClient.connect(gateway, TestApp.SHOP)) {
                one.join("presence-room", "{\"user_id\":7}");
                await("channel_occupied presence-room", "member_added presence-room 7");
                two.join("presence-room", "{\"user_id\":7}");
                one.subscribe("other");
                one.subscribe("cache-x");
                one.expect("pusher:cache_miss", "cache-x");
                await("cache_miss cache-x");
                one.socket.send("{\"event\":\"client-a\",\"channel\":\"presence-room\",\"data\":{\"n\":1}}");
                await("client_event presence-room 7 {\"n\":1}");
            }
            TestGateway.until(
                    "all are gone",
                    () -> gateway.statez().at("/apps/acme/connections").asInt() == 0);
            assertEquals(List.of(), told, "they may come back");
            await("member_removed presence-room 7", "channel_vacated presence-room");
            try (PusherClient late = PusherClient.connect(gateway, TestApp.SHOP)) {
                late.join("presence-room", "{\"user_id\":8}");
                await("channel_occupied presence-room", "member_added presence-room 8");
                assertEquals(0, gateway.statez().at("/webhooks/0/deadLetters").asInt(-1));
            }
        }
        assertEquals(List.of(), told);
        try (TestGateway _ = gateway()) {
            await("member_removed presence-room 8", "channel_vacated presence-room");
        }
    }
}
