package dev.heliograph.app;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A channel's rate in the words of Pusher's protocol and its HTTP API: every channel takes one publication here, and the next a long time later. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class ChannelRateTest {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestApp.start("", "limits: {channelRatePerSecond: 0.01}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static Answer publish(String channels) throws IOException {
        return TestApp.SHOP.post(
                gateway, "/events", "{\"name\":\"e\",\"data\":\"{}\",\"channels\":[" + channels + "]}");
    }

    @Test
    void eventOverTheRate_isRefusedWith429_alsoWhereNobodySubscribes() throws IOException {
        assertEquals(200, publish("\"nobody\"").status());
        Answer refused = publish("\"nobody\"");
        assertEquals(429, refused.status());
        assertTrue(
                refused.body().startsWith("too much is published to nobody; expected at most 0.01 a second"),
                refused::body);
    }

    @Test
    void eventToSeveralChannels_isOnAll_orOnNone() throws IOException {
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.subscribe("several-a");
            client.subscribe("several-b");
            assertEquals(200, publish("\"several-a\"").status());
            client.expect("e", "several-a");
            assertEquals(429, publish("\"several-b\",\"several-a\"").status());
            client.expectNothing();
            assertEquals(200, publish("\"several-b\"").status(), "nothing was taken of its rate");
            client.expect("e", "several-b");
        }
    }

    @Test
    void clientEventOverTheRate_isRefusedWith4301() throws IOException {
        try (PusherClient client = PusherClient.connect(gateway, TestApp.SHOP)) {
            client.subscribe("private-typing");
            String event = "{\"event\":\"client-typing\",\"channel\":\"private-typing\",\"data\":{}}";
            JsonNode said = JSON.readTree(event);
            client.transcript()
                    .play("> " + said + "\n> " + said
                            + "\n< {\"event\":\"pusher:error\",\"data\":{\"code\":4301,\"message\":\"*\"}}");
        }
    }
}
