package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.Transcript;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Bounds of what a client may ask for, each set to something else than its default. */
@ExtendWith(NoLeaks.class)
final class LimitsTest {
    private static final String PUBLISH =
            "{\"type\":\"publish\",\"channel\":\"c\",\"requestId\":\"r\",\"payload\":{\"data\":1}}";

    private static String names(int count) {
        return "{\"type\":\"subscribe\",\"requestId\":\"m\",\"payload\":{\"channels\":["
                + IntStream.range(0, count)
                        .mapToObj(i -> "{\"channel\":\"entity:Task:550e8400-" + i
                                + "\",\"recover\":{\"epoch\":\"an-epoch-of-yesterday\",\"offset\":123456}}")
                        .collect(Collectors.joining(","))
                + "]}}";
    }

    @Test
    void channelRate_isOfAllWhoPublishThere_andIsToldAndCounted() throws IOException {
        try (TestGateway gateway = TestGateway.start("limits: {channelRatePerSecond: 0.01}");
                WsClient one = gateway.connect(TestToken.acme());
                WsClient two = gateway.connect(TestToken.acme())) {
            new Transcript(one)
                    .play("> " + PUBLISH + "\n< {\"type\":\"published\",\"payload\":{\"position\":{\"offset\":1}}}");
            new Transcript(two)
                    .play(
                            "> " + PUBLISH
                                    + "\n< {\"type\":\"error\",\"requestId\":\"r\",\"payload\":{\"code\":\"RATE_LIMITED\",\"message\":\"*\"}}");
            new Transcript(one).play("> " + PUBLISH.replace("\"c\"", "\"d\"") + "\n< {\"type\":\"published\"}");
            assertEquals(2, gateway.metric("heliograph_messages_refused_total") + 1);
            assertEquals(1, gateway.metric("heliograph_limits_reached_total{reason=\"channel_rate\"}"));
        }
    }

    @Test
    void channelRate_doesNotChargeARepetition() throws IOException {
        try (TestGateway gateway = TestGateway.start("limits: {channelRatePerSecond: 0.01}");
                WsClient client = gateway.connect(TestToken.acme())) {
            String once = PUBLISH.replace("\"data\":1", "\"data\":1,\"id\":\"i1\"");
            String published = "\n< {\"type\":\"published\",\"payload\":{\"position\":{\"offset\":1}}}\n";
            new Transcript(client)
                    .play("> " + once + published + "> " + once + published + "> " + PUBLISH
                            + "\n< {\"type\":\"error\",\"payload\":{\"code\":\"RATE_LIMITED\"}}");
        }
    }

    @Test
    void subscriptionLimit_isCounted() throws IOException {
        try (TestGateway gateway = TestGateway.start();
                WsClient client = gateway.connect(TestToken.acme())) {
            client.send(names(51));
            JsonNode channels = client.expect("subscribed").at("/payload/channels");
            assertEquals(51, channels.size());
            assertTrue(channels.get(49).has("position"), channels::toString);
            assertEquals(
                    "SUBSCRIPTION_LIMIT", channels.get(50).at("/error/code").asText());
            assertEquals(1, gateway.metric("heliograph_limits_reached_total{reason=\"subscriptions\"}"));
        }
    }

    @Test
    void reconnectThatNamesFiveHundredChannels_isOneMessageWithinTheDefaultFrameLimit() throws IOException {
        try (TestGateway gateway = TestGateway.start("limits: {subscriptionsMax: 500}");
                WsClient client = gateway.connect(TestToken.acme())) {
            String message = names(500);
            assertTrue(message.length() < 65_536, "length: " + message.length());
            client.send(message);
            JsonNode channels = client.expect("subscribed").at("/payload/channels");
            assertEquals(500, channels.size());
            channels.forEach(
                    channel -> assertEquals(false, channel.path("recovered").asBoolean(true), channel::toString));
        }
    }

    @Test
    void refusals_overTheirLimitInAMinute_endTheConnection() throws Exception {
        try (TestGateway gateway = TestGateway.start("limits: {refusalsPerMinuteMax: 3}");
                WsClient client = gateway.connect(TestToken.acme())) {
            String bad = "> {\"type\":\"nonsense\"}\n";
            String refused = "< {\"type\":\"error\",\"payload\":{\"code\":\"UNKNOWN_MESSAGE_TYPE\"}}\n";
            new Transcript(client).play((bad + refused).repeat(3) + bad + refused + "< close 4429");
            gateway.untilClosed("abuse", 1);
        }
    }
}
