package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a subscriber asks for beside the channel: a filter, a sample, a rate, a beginning, and books about what it was not sent. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class WatchSessionTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @Test
    void filterAndSample_takeWholeTraces_andTheBooksSayWhatWasLeftOut() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient all = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            subscribe(all, "long-sample", "{}");
            JsonNode granted = subscribe(
                            watcher,
                            "long-sample",
                            "{\"filter\":{\"eq\":[\"kind\",\"wanted\"]},\"sampleRate\":0.5,\"watchSessionId\":\"ws_1\"}")
                    .at("/payload/granted");
            assertEquals("{\"sampleRate\":0.5,\"watchSessionId\":\"ws_1\"}", granted.toString());
            int events = 600;
            for (int i = 0; i < events; i++) {
                String kind = i % 3 == 0 ? "other" : "wanted";
                publish(publisher, "long-sample", "{\"kind\":\"" + kind + "\",\"trace_id\":\"t" + i / 6 + "\"}");
            }
            for (int i = 0; i < events; i++) {
                all.expect("event");
            }
            JsonNode stats = null;
            int sent = 0;
            var traces = new ArrayList<String>();
            while (stats == null || total(stats) < events) {
                JsonNode frame = watcher.read();
                if (frame.path("type").asText().equals("stats")) {
                    stats = frame.path("payload");
                } else {
                    sent++;
                    assertEquals("wanted", frame.at("/payload/data/kind").asText());
                    traces.add(frame.at("/payload/data/trace_id").asText());
                }
            }
            assertEquals(200, stats.path("filtered").asInt());
            assertEquals(sent, stats.path("sent").asInt());
            assertEquals(400 - sent, stats.path("sampled").asInt());
            assertEquals("ws_1", stats.path("watchSessionId").asText());
            assertTrue(sent > 100 && sent < 300, "of 400 in 100 traces came " + sent);
            Set<String> distinct = new HashSet<>(traces);
            assertEquals(4 * distinct.size(), traces.size(), "a trace comes whole or not at all");
        }
    }

    private static int total(JsonNode stats) {
        return stats.path("sent").asInt()
                + stats.path("filtered").asInt()
                + stats.path("sampled").asInt()
                + stats.path("skipped").asInt();
    }

    @Test
    void rate_holds_theNewestAlwaysComes_andTheRestIsCountedInBand() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            JsonNode granted =
                    subscribe(watcher, "long-rate", "{\"maxPerSecond\":2.5}").at("/payload/granted");
            assertEquals("{\"maxPerSecond\":2.5}", granted.toString());
            int events = 500;
            for (int i = 1; i <= events; i++) {
                publish(publisher, "long-rate", "{\"n\":" + i + "}");
            }
            long reached = 0;
            int sent = 0;
            while (reached < events) {
                JsonNode frame = watcher.read();
                if (frame.path("type").asText().equals("skipped")) {
                    assertEquals(reached + 1, frame.at("/payload/from/offset").asLong());
                    assertEquals(
                            frame.at("/payload/count").asLong(),
                            frame.at("/payload/to/offset").asLong() - reached);
                    reached = frame.at("/payload/to/offset").asLong();
                } else {
                    assertEquals(++reached, frame.at("/position/offset").asLong());
                    sent++;
                }
            }
            assertTrue(sent < 100, sent + " of " + events + " at 2.5 a second");
        }
    }

    @Test
    void equalRates_areOneGroup_andANeighbourWithoutOneGetsEverything() throws IOException {
        try (WsClient one = gateway.connect(TestToken.acme());
                WsClient two = gateway.connect(TestToken.acme());
                WsClient all = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            subscribe(one, "long-group", "{\"maxPerSecond\":1}");
            subscribe(two, "long-group", "{\"maxPerSecond\":1}");
            subscribe(all, "long-group", "{}");
            publish(publisher, "long-group", "{\"n\":1}");
            for (WsClient paced : List.of(one, two)) {
                assertEquals(1, paced.expect("event").at("/position/offset").asInt());
            }
            for (int i = 2; i <= 50; i++) {
                publish(publisher, "long-group", "{\"n\":" + i + "}");
            }
            for (int i = 1; i <= 50; i++) {
                assertEquals(i, all.expect("event").at("/position/offset").asInt());
            }
            for (WsClient paced : List.of(one, two)) {
                JsonNode next = paced.read();
                assertTrue(next.at("/payload/count").asInt() > 0
                        || next.at("/position/offset").asInt() > 1);
            }
        }
    }

    @Test
    void optionsReplaced_whileSomethingIsHeldBack_itIsStillBrought() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient all = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            subscribe(watcher, "long-held", "{\"maxPerSecond\":0.1}");
            subscribe(all, "long-held", "{}");
            for (int i = 1; i <= 5; i++) {
                publish(publisher, "long-held", "{\"n\":" + i + "}");
                assertEquals(i, all.expect("event").at("/position/offset").asInt());
            }
            assertEquals(1, watcher.expect("event").at("/position/offset").asInt());
            JsonNode answer = subscribe(watcher, "long-held", "{}");
            assertTrue(answer.at("/payload/recovered").asBoolean(), answer::toString);
            for (int i = 2; i <= 5; i++) {
                assertEquals(i, watcher.expect("event").at("/position/offset").asInt());
            }
        }
    }

    @Test
    void last_bringsTheNewestFirst_withoutAGapToWhatIsLive() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            for (int i = 1; i <= 300; i++) {
                publish(publisher, "long-last", "{\"n\":" + i + "}");
            }
            JsonNode answer = subscribe(watcher, "long-last", "{\"last\":200}");
            assertEquals(300, answer.at("/payload/position/offset").asInt());
            assertEquals(false, answer.at("/payload/recovered").asBoolean());
            publish(publisher, "long-last", "{\"n\":301}");
            for (int i = 101; i <= 301; i++) {
                assertEquals(i, watcher.expect("event").at("/position/offset").asInt());
            }
        }
    }

    @Test
    void last_afterAFailedRecovery_bringsTheNewest_andAfterAGoodOne_onlyWhatWasMissed() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient publisher = gateway.connect(TestToken.acme())) {
            String epoch = "";
            for (int i = 1; i <= 20; i++) {
                epoch = publish(publisher, "long-both", "{\"n\":" + i + "}")
                        .at("/payload/position/epoch")
                        .asText();
            }
            subscribe(watcher, "long-both", "{\"last\":5,\"recover\":{\"epoch\":\"gone\",\"offset\":3}}");
            assertEquals(16, watcher.expect("event").at("/position/offset").asInt());
            for (int i = 17; i <= 20; i++) {
                watcher.expect("event");
            }
            watcher.send("{\"type\":\"unsubscribe\",\"channel\":\"long-both\",\"requestId\":\"u\"}");
            watcher.expect("unsubscribed");
            subscribe(watcher, "long-both", "{\"last\":5,\"recover\":{\"epoch\":\"" + epoch + "\",\"offset\":18}}");
            assertEquals(19, watcher.expect("event").at("/position/offset").asInt());
            assertEquals(20, watcher.expect("event").at("/position/offset").asInt());
        }
    }

    @Test
    void last_needsTheGrantToReadHistory() throws IOException {
        TestToken token = TestToken.acme().subscribingTo("*");
        try (WsClient watcher = gateway.connect(token)) {
            watcher.send("{\"type\":\"subscribe\",\"channel\":\"long-x\",\"payload\":{\"last\":1}}");
            assertEquals(
                    "FORBIDDEN", watcher.expect("error").at("/payload/code").asText());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"sampleRate":0}         | "sampleRate" is a number above 0 up to 1
            {"sampleRate":1.01}      | "sampleRate" is a number above 0 up to 1
            {"sampleRate":"half"}    | "sampleRate" is a number above 0 up to 1
            {"maxPerSecond":0.01}    | "maxPerSecond" is a number from 0.1 up to 10000
            {"maxPerSecond":1e9}     | "maxPerSecond" is a number from 0.1 up to 10000
            {"last":1001}            | "last" is a whole number from 0 to 1000
            {"last":1.5}             | "last" is a whole number from 0 to 1000
            {"last":99999999999}     | "last" is a whole number from 0 to 1000
            {"state":1}              | "state" is true or false
            {"watchSessionId":""}    | "watchSessionId" is a string of 1 to 64 characters
            """)
    void optionThatCannotBe_isRefused_andNamed(String payload, String message) throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme())) {
            watcher.send("{\"type\":\"subscribe\",\"channel\":\"long-x\",\"payload\":" + payload + "}");
            JsonNode error = watcher.expect("error").path("payload");
            assertEquals("BAD_MESSAGE", error.path("code").asText());
            assertEquals(message, error.path("message").asText());
        }
    }

    private static JsonNode subscribe(WsClient client, String channel, String payload) throws IOException {
        client.send("{\"type\":\"subscribe\",\"channel\":\"" + channel + "\",\"payload\":" + payload + "}");
        return client.expect("subscribed");
    }

    private static JsonNode publish(WsClient client, String channel, String data) throws IOException {
        client.send("{\"type\":\"publish\",\"channel\":\"" + channel + "\",\"requestId\":\"p\",\"payload\":{\"data\":"
                + data + "}}");
        return client.expect("published");
    }
}
