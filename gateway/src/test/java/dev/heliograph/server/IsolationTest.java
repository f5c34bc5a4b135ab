package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two workspaces that use the same names for everything never see anything of each other. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class IsolationTest {
    private static final String CANARY = "canary-of-acme";

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
    void sameChannelName_inTwoWorkspaces_isTwoChannels() throws IOException {
        try (WsClient acme = gateway.connect(TestToken.acme());
                WsClient other = gateway.connect(TestToken.other())) {
            String ours = acme.subscribe("shared").at("/payload/position/epoch").asText();
            String theirs =
                    other.subscribe("shared").at("/payload/position/epoch").asText();
            assertFalse(ours.equals(theirs), "one epoch for two channels");
            acme.publish("shared", "\"" + CANARY + "\"");
            acme.expect("event");
            new Transcript(other).let("ours", ours).let("theirs", theirs).play("""
                    > {"type":"history","channel":"shared"}
                    < {"type":"history","payload":{"publications":[],"position":{"epoch":"$theirs","offset":0}}}
                    > {"type":"subscribe","channel":"shared","payload":{"recover":{"epoch":"$ours","offset":0}}}
                    < {"type":"subscribed","payload":{"position":{"epoch":"$theirs","offset":0},"recovered":false}}
                    > {"type":"publish","channel":"shared","payload":{"data":"theirs"}}
                    < {"type":"event","payload":{"data":"theirs"},"position":{"epoch":"$theirs","offset":1}}
                    """);
            acme.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void idempotencyIds_ofTwoWorkspaces_doNotMeet() throws IOException {
        String publish =
                "{\"type\":\"publish\",\"channel\":\"ids\",\"requestId\":\"r\",\"payload\":{\"id\":\"same\",\"data\":1}}";
        try (WsClient acme = gateway.connect(TestToken.acme());
                WsClient other = gateway.connect(TestToken.other())) {
            JsonNode ours = acme.send(publish).expect("published").at("/payload/position");
            JsonNode theirs = other.send(publish).expect("published").at("/payload/position");
            assertFalse(ours.equals(theirs), ours::toString);
        }
    }

    @Test
    void writeKey_decidesTheWorkspace_andTheSameMessageIdInBothIsTwoEvents() throws IOException {
        try (WsClient acme = gateway.connect(TestToken.acme());
                WsClient other = gateway.connect(TestToken.other())) {
            acme.subscribe(TestGateway.EVENTS);
            other.subscribe(TestGateway.EVENTS);
            String event =
                    "{\"type\":\"track\",\"event\":\"%s\",\"userId\":\"u\",\"messageId\":\"m-1\",\"writeKey\":\"%s\"}";
            assertEquals(
                    200,
                    gateway.post("/v1/track", event.formatted("Ours", "acme-web-key"))
                            .status());
            assertEquals(
                    200,
                    gateway.post("/v1/track", event.formatted("Theirs", "other-web-key"))
                            .status());
            JsonNode ours = acme.expect("event").at("/payload/data");
            JsonNode theirs = other.expect("event").at("/payload/data");
            assertEquals(
                    "Ours acme",
                    ours.path("event_name").asText() + " "
                            + ours.path("workspace").asText());
            assertEquals(
                    "Theirs other",
                    theirs.path("event_name").asText() + " "
                            + theirs.path("workspace").asText());
            assertFalse(ours.path("user").equals(theirs.path("user")), "one pseudonym for a person in two workspaces");
            acme.send("{\"type\":\"ping\"}").expect("pong");
            other.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void origin_ofOneWorkspace_withATokenOfAnother_isRefusedBy4403() throws IOException {
        try (WsClient client = WsClient.open(
                gateway,
                "/ws",
                "Origin: https://app.acme.test",
                "Authorization: Bearer " + TestToken.other().text())) {
            new Transcript(client).play("""
                    < {"type":"connected"}
                    < {"type":"error","payload":{"code":"FORBIDDEN"}}
                    < close 4403
                    """);
        }
        try (WsClient later = WsClient.open(gateway, "/ws", "Origin: https://app.acme.test")) {
            new Transcript(later).let("token", TestToken.other().text()).play("""
                    < {"type":"connected"}
                    > {"type":"authenticate","requestId":"a","payload":{"token":"$token"}}
                    < {"type":"error","requestId":"a","payload":{"code":"FORBIDDEN"}}
                    < close 4403
                    """);
        }
        try (WsClient anonymous = WsClient.open(gateway, "/ws?workspace=other", "Origin: https://app.acme.test")) {
            assertEquals(4403, anonymous.readToClose().code());
        }
        try (WsClient own =
                WsClient.open(gateway, "/ws?token=" + TestToken.acme().text(), "Origin: https://app.acme.test")) {
            own.expect("connected");
            own.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void deletion_inOneWorkspace_leavesTheOtherAlone() throws IOException {
        String event = "{\"type\":\"track\",\"event\":\"Kept\",\"userId\":\"same-person\",\"writeKey\":\"%s\"}";
        gateway.post("/v1/track", event.formatted("acme-web-key"));
        gateway.post("/v1/track", event.formatted("other-web-key"));
        String deletion = "{\"type\":\"delete\",\"userId\":\"same-person\"}";
        assertEquals(
                200,
                gateway.post(
                                "/ingest/segment/acme-web",
                                deletion,
                                "X-Signature: " + IngestToWebSocketTest.sign(deletion))
                        .status());
        try (WsClient acme = gateway.connect(TestToken.acme());
                WsClient other = gateway.connect(TestToken.other())) {
            assertEquals(0, kept(acme, "same-person"));
            assertEquals(1, kept(other, "same-person"));
        }
    }

    private static long kept(WsClient client, String person) throws IOException {
        client.send("{\"type\":\"history\",\"channel\":\"" + TestGateway.EVENTS + "\",\"payload\":{\"limit\":1000}}");
        JsonNode history = client.expect("history");
        assertFalse(history.toString().contains(person), "a raw id in the open");
        long kept = 0;
        for (JsonNode publication : history.at("/payload/publications")) {
            kept += publication.at("/data/event_name").asText().equals("Kept") ? 1 : 0;
        }
        return kept;
    }

    @Test
    void twoGateways_inOneProcess_doNotSeeEachOther() throws IOException {
        try (TestGateway second = TestGateway.start();
                WsClient here = gateway.connect(TestToken.acme());
                WsClient there = second.connect(TestToken.acme())) {
            here.subscribe("process");
            there.subscribe("process");
            here.publish("process", "1");
            here.expect("event");
            there.send("{\"type\":\"ping\"}").expect("pong");
            String event =
                    "{\"type\":\"track\",\"event\":\"E\",\"userId\":\"u\",\"messageId\":\"m\",\"writeKey\":\"acme-web-key\"}";
            there.subscribe(TestGateway.EVENTS);
            gateway.post("/v1/track", event);
            there.send("{\"type\":\"ping\"}").expect("pong");
            second.post("/v1/track", event);
            there.expect("event");
            assertEquals(0, second.metric("heliograph_events_dropped_total{reason=\"duplicate\"}"));
        }
    }
}
