package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.config.PusherConfig;
import dev.heliograph.config.PusherKeyConfig;
import dev.heliograph.config.Secret;
import dev.heliograph.config.SourceConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class DemoAccessTest {
    private static final SourceConfig SHOP = new SourceConfig(
            "shop",
            List.of(new Secret("write-key")),
            Set.copyOf(SourceConfig.TYPES),
            List.of(new Secret("webhook-secret")),
            null,
            1,
            1,
            1,
            PrivacyConfig.DEFAULT);

    private static final PusherConfig APP = new PusherConfig(
            "1",
            true,
            List.of(new PusherKeyConfig("demo", new Secret("pusher-secret"))),
            true,
            10,
            true,
            false,
            PusherConfig.SubscriptionErrors.CHANNEL,
            0,
            1,
            1,
            1,
            null,
            "",
            false,
            List.of(),
            null);

    private static DemoAccess access(boolean tls, String host) {
        return new DemoAccess(
                tls,
                new InetSocketAddress(InetAddress.ofLiteral(host), 8080),
                new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 8081),
                new Secret("admin-token"),
                "a.b.c",
                SHOP,
                APP,
                new DemoAccess.Place("demo", "private-prod-segment-events"));
    }

    @ParameterizedTest
    @CsvSource({
        "false, 127.0.0.1, http://127.0.0.1:8080, ws://127.0.0.1:8080/ws",
        "true, 127.0.0.1, https://127.0.0.1:8080, wss://127.0.0.1:8080/ws",
        "true, ::1, https://[0:0:0:0:0:0:0:1]:8080, wss://[0:0:0:0:0:0:0:1]:8080/ws"
    })
    void addresses_areThoseOfWhatTheListenerSpeaks(boolean tls, String host, String url, String webSocketUrl)
            throws Exception {
        DemoAccess access = access(tls, host);
        JsonNode json = new ObjectMapper().readTree(access.json());
        assertEquals(url, json.path("url").textValue());
        assertEquals(webSocketUrl, json.path("ws").textValue());
        assertEquals(url + "/ingest/segment/shop", json.path("webhookUrl").textValue());
        assertEquals("http://127.0.0.1:8081", json.at("/admin/url").textValue());
        assertEquals("pusher-secret", json.at("/pusher/secret").textValue());
        assertTrue(access.text().contains(url + "/#token=a.b.c"), access.text());
        assertTrue(access.text().contains("http://127.0.0.1:8081/console/#token=admin-token"), access.text());
        assertTrue(access.text().contains(" " + webSocketUrl + "\n"), access.text());
    }
}
