package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What Pusher's clients and servers have of {@code history.store: disk}. */
@ExtendWith(NoLeaks.class)
final class DiskApiTest {
    @TempDir
    private Path folder;

    private TestGateway start() throws IOException {
        return TestApp.start(
                "subscriptionCount: false", "history: {store: disk}\nstore: {folder: \"" + folder + "\"}\n");
    }

    private static String event(String channels, String data) {
        return "{\"name\":\"moved\",\"data\":\"" + data + "\"," + channels + "}";
    }

    @Test
    void restart_keepsWhatACacheChannelTellsThoseWhoCome() throws Exception {
        try (TestGateway gateway = start();
                PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.subscribe("board");
            for (String data : new String[] {"1", "2"}) {
                assertEquals(
                        new Answer(200, "{}"),
                        TestApp.SHOP.post(gateway, "/events", event("\"channels\":[\"board\",\"cache-board\"]", data)));
                assertEquals(data, client.expect("moved", "board").asText());
            }
            assertEquals(
                    200,
                    TestApp.SHOP
                            .post(
                                    gateway,
                                    "/batch_events",
                                    "{\"batch\":[" + event("\"channel\":\"cache-board\"", "3") + ","
                                            + event("\"channel\":\"board\"", "3") + "]}")
                            .status());
            assertEquals("3", client.expect("moved", "board").asText());
            assertEquals("3", cached(gateway), "when a server is answered, what it has published is kept");
        }
        try (TestGateway gateway = start();
                PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.subscribe("cache-board");
            assertEquals("3", client.expect("moved", "cache-board").asText());
            assertEquals("3", cached(gateway));
        }
    }

    private static String cached(TestGateway gateway) throws IOException {
        String body = TestApp.SHOP
                .get(gateway, "/channels/cache-board", Map.of("info", "cache"))
                .body();
        return body.replaceAll(".*\"data\":\"(.*?)\".*", "$1");
    }

    @Test
    void clientEvents_goByTheDiskToo_andReachTheOthers() throws Exception {
        try (TestGateway gateway = start();
                PusherClient sender = PusherClient.connect(gateway, TestApp.SHOP);
                PusherClient other = PusherClient.connect(gateway, TestApp.SHOP)) {
            sender.subscribe("private-room");
            other.subscribe("private-room");
            sender.socket.send("{\"event\":\"client-typing\",\"channel\":\"private-room\",\"data\":\"7\"}");
            assertEquals("7", other.expect("client-typing", "private-room").asText());
            assertEquals(1, (int) gateway.metric("heliograph_history_commits_total"));
        }
    }
}
