package dev.heliograph.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestGateway.Answer;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the operator learns of one connection, channel or message, and of where the work goes. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before each test
final class ExplainTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private TestGateway gateway;

    @BeforeEach
    void start() throws IOException {
        gateway = TestGateway.start();
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    /** A client and the name that it was given. */
    private record Named(WsClient client, String id) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            client.close();
        }
    }

    private Named connect(TestToken token) throws IOException {
        return named(WsClient.open(gateway, "/ws", "Authorization: Bearer " + token.text()));
    }

    private static Named named(WsClient client) throws IOException {
        return new Named(
                client, client.expect("connected").at("/payload/connectionId").asText());
    }

    private JsonNode explain(String query) throws IOException {
        Answer answer = gateway.operate("GET", "/admin/explain" + query, "");
        assertEquals(200, answer.status(), answer::body);
        assertFalse(answer.body().contains("canary"), answer::body);
        return JSON.readTree(answer.body());
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private void track(String id, String writeKey) throws IOException {
        Answer answer = gateway.post(
                "/v1/track",
                "{\"type\":\"track\",\"event\":\"Seen\",\"userId\":\"canary\",\"messageId\":\"" + id
                        + "\",\"properties\":{\"checkpoint\":\"canary\"},\"writeKey\":\"" + writeKey + "\"}");
        assertEquals(200, answer.status(), answer::body);
    }

    @Test
    void connection_saysWhoItIs_whatItMay_andWhereItStands_butNothingThatWasSent() throws IOException {
        TestToken token = TestToken.acme()
                .user("alice")
                .with("jti", "t1")
                .with("sid", "s1")
                .with("name", "canary");
        try (Named alice = connect(token)) {
            alice.client()
                    .send(
                            "{\"type\":\"subscribe\",\"channel\":\"a\",\"payload\":{\"filter\":{\"eq\":[\"kind\",\"canary\"]}}}");
            alice.client().expect("subscribed");
            assertEquals(1, alice.client().publish("a", "{\"kind\":\"other\"}"));
            JsonNode told = explain("?connection=" + alice.id());
            assertEquals("native", told.path("protocol").asText());
            assertTrue(told.path("peer").asText().startsWith("127.0.0.1:"), told::toString);
            assertEquals("healthy", told.path("rung").asText());
            assertEquals(0, told.path("waitingBytes").asInt(-1));
            JsonNode principal = told.path("principal");
            assertEquals("acme", principal.path("workspace").asText());
            assertEquals("alice", principal.path("user").asText());
            assertEquals("t1", principal.path("jti").asText());
            assertEquals("s1", principal.path("session").asText());
            assertEquals("*", principal.at("/grants/publish/0").asText());
            assertTrue(principal.path("expiresAt").asLong() > gateway.millis());
            JsonNode subscription = told.at("/subscriptions/0");
            assertEquals("a", subscription.path("channel").asText());
            assertEquals("live", subscription.path("phase").asText());
            assertEquals("kind", subscription.at("/filterPaths/0").asText());
        }
    }

    @Test
    void connectionOfPushersProtocol_isFoundByItsSocketId() throws IOException {
        String yaml = """
                server: {port: 0, eventLoops: 2}
                admin: {port: 0, token: %s}
                page: {enabled: false}
                workspaces: {acme: {pusher: {appId: "1", keys: [{key: shop-key, secret: shop-secret}]}}}
                """.formatted(TestGateway.ADMIN_TOKEN);
        gateway.close();
        gateway = TestGateway.ofYaml(yaml);
        try (WsClient client = WsClient.open(gateway, "/app/shop-key?protocol=7")) {
            String socketId = JSON.readTree(client.read().path("data").asText())
                    .path("socket_id")
                    .asText();
            client.send("{\"event\":\"pusher:subscribe\",\"data\":{\"channel\":\"news\"}}");
            client.read();
            JsonNode told = explain("?connection=" + socketId);
            assertEquals("pusher", told.path("protocol").asText());
            assertEquals("news", told.at("/subscriptions/0/channel").asText());
        }
    }

    @Test
    void channel_saysItsRules_itsLog_andWhoListensInWhichShape() throws IOException {
        try (Named plain = connect(TestToken.acme());
                Named same = connect(TestToken.acme());
                Named shaped = connect(TestToken.acme())) {
            plain.client().subscribe("short-a");
            same.client().subscribe("short-a");
            shaped.client()
                    .send(
                            "{\"type\":\"subscribe\",\"channel\":\"short-a\",\"payload\":{\"filter\":{\"exists\":[\"x\",true]}}}");
            shaped.client().expect("subscribed");
            shaped.client().publish("short-a", "1");
            JsonNode told = explain("?workspace=acme&channel=short-a");
            assertEquals(1, told.at("/position/offset").asInt());
            assertEquals(1, told.at("/history/publications").asInt());
            assertEquals(3, told.path("subscribers").asInt());
            assertTrue(told.at("/configured/rules").asText().contains("namespaces"), told::toString);
            int subscribers = 0;
            boolean filtered = false;
            for (JsonNode loop : told.path("loops")) {
                for (JsonNode group : loop.path("groups")) {
                    subscribers += group.path("subscribers").asInt();
                    filtered |= group.at("/filterPaths/0").asText().equals("x");
                }
            }
            assertEquals(3, subscribers, told::toString);
            assertTrue(filtered, told::toString);
        }
    }

    @Test
    void message_saysWhatThePipelineDecided() throws IOException {
        track("m-1", "acme-web-key");
        track("m-1", "acme-web-key");
        track("m-2", "acme-quiet-key");
        JsonNode told = explain("?message=m-1");
        assertEquals("published", told.at("/decisions/0/outcome").asText(), told::toString);
        assertEquals("acme/prod/acme-web", told.at("/decisions/0/source").asText());
        assertEquals(TestGateway.EVENTS, told.at("/decisions/0/channel").asText());
        assertEquals("duplicate", told.at("/decisions/1/outcome").asText());
        assertEquals(1, told.path("publications").size());
        assertTrue(told.at("/publications/0/inHistory").asBoolean());
        assertEquals(
                "unwatched", explain("?message=m-2").at("/decisions/0/outcome").asText());
        assertEquals(
                404, gateway.operate("GET", "/admin/explain?message=m-3", "").status());
        assertEquals(
                404,
                gateway.operate("GET", "/admin/explain?message=m-1&workspace=other", "")
                        .status());
    }

    @Test
    void messageAndConnection_sayWhetherItCameThere_orWhyNot() throws IOException {
        String subscribe = "{\"type\":\"subscribe\",\"channel\":\"" + TestGateway.EVENTS + "\",\"payload\":{";
        try (Named got = connect(TestToken.acme());
                Named filtered = connect(TestToken.acme());
                Named sampled = connect(TestToken.acme());
                Named paced = connect(TestToken.acme());
                Named elsewhere = connect(TestToken.acme());
                Named inPart = connect(TestToken.acme()
                        .with(
                                "grants",
                                Map.of(
                                        "subscribe",
                                        List.of(Map.of(
                                                "channel",
                                                "private-*",
                                                "filter",
                                                Map.of("eq", List.of("event_name", "Other")))))));
                Named denied = connect(TestToken.acme().subscribingTo("b"));
                Named other = connect(TestToken.other())) {
            got.client().subscribe(TestGateway.EVENTS);
            filtered.client().send(subscribe + "\"filter\":{\"eq\":[\"event_name\",\"Other\"]}}}");
            filtered.client().expect("subscribed");
            sampled.client().send(subscribe + "\"sampleRate\":0.000001}}");
            sampled.client().expect("subscribed");
            paced.client().send(subscribe + "\"maxPerSecond\":5}}");
            paced.client().expect("subscribed");
            other.client().subscribe(TestGateway.EVENTS);
            inPart.client().subscribe(TestGateway.EVENTS);
            track("m-1", "acme-web-key");
            got.client().expect("event");
            assertEquals("sent", outcome("m-1", got));
            assertEquals("filtered", outcome("m-1", filtered));
            assertEquals("not_permitted", outcome("m-1", inPart));
            assertEquals("sampled", outcome("m-1", sampled));
            assertEquals("sent_or_merged", outcome("m-1", paced));
            assertEquals("not_subscribed", outcome("m-1", elsewhere));
            assertEquals("not_subscribed", outcome("m-1", denied));
            assertEquals("not_subscribed", outcome("m-1", other));
            assertTrue(explain("?message=m-1&connection=" + elsewhere.id())
                    .at("/publications/0/connection/granted")
                    .asBoolean());
            assertFalse(explain("?message=m-1&connection=" + denied.id())
                    .at("/publications/0/connection/granted")
                    .asBoolean(true));
            JsonNode at = explain("?message=m-1").at("/publications/0/position");
            String epoch = at.path("epoch").asText();
            String prefix = TestGateway.EVENTS + "@";
            assertEquals("sent", outcome(prefix + epoch + ":1", got));
            assertEquals("not_yet", outcome(prefix + epoch + ":2", got));
            assertEquals("other_epoch", outcome(prefix + "before:1", got));
            JsonNode future = explain("?workspace=acme&message=" + encoded(prefix + epoch + ":2"));
            assertFalse(future.at("/publications/0/inHistory").asBoolean(true));
        }
    }

    private String outcome(String message, Named client) throws IOException {
        return explain("?workspace=acme&message=" + encoded(message) + "&connection=" + client.id())
                .at("/publications/0/connection/outcome")
                .asText();
    }

    @Test
    void withoutAQuestion_itNamesTheSlowestClients_andTheHottestChannels() throws Exception {
        var goesOn = new AtomicBoolean(true);
        try (Named slow = named(WsClient.openNarrow(
                        gateway,
                        "/ws",
                        "Authorization: Bearer " + TestToken.acme().text()));
                Named reader = connect(TestToken.acme());
                Named publisher = connect(TestToken.acme())) {
            slow.client().subscribe("wide");
            reader.client().subscribe("calm");
            String data = "\"" + "x".repeat(20_000) + "\"";
            Thread publishing = Thread.ofVirtual().start(() -> {
                try {
                    for (long n = 0; goesOn.get(); n++) {
                        publisher.client().publish(n % 10 == 0 ? "calm" : "wide", n % 10 == 0 ? "1" : data);
                    }
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            TestGateway.until(
                    "somebody is slow",
                    () -> !explain("").path("slowestConnections").isEmpty());
            JsonNode told = explain("?limit=2");
            goesOn.set(false);
            publishing.join();
            JsonNode slowest = told.at("/slowestConnections/0");
            assertEquals(slow.id(), slowest.path("connection").asText(), told::toString);
            assertTrue(slowest.path("waitingBytes").asLong() > 0, told::toString);
            assertFalse(slowest.path("rung").asText().equals("healthy"), told::toString);
            assertEquals("wide", told.at("/hottestChannels/0/channel").asText(), told::toString);
            assertEquals("calm", told.at("/hottestChannels/1/channel").asText(), told::toString);
            assertTrue(
                    told.at("/hottestChannels/0/publicationsPerSecond").asDouble()
                            > told.at("/hottestChannels/1/publicationsPerSecond")
                                    .asDouble(),
                    told::toString);
        }
    }

    @Test
    void everyConnection_isFound_amongMoreThanOneSliceOfThem() throws IOException {
        var all = new ArrayList<Named>();
        for (int i = 0; i < 600; i++) {
            all.add(connect(TestToken.acme()));
        }
        for (int i = 0; i < 600; i += 60) {
            assertEquals(
                    all.get(i).id(),
                    explain("?connection=" + all.get(i).id()).path("connection").asText());
        }
        for (Named each : all) {
            each.close();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "?connection=c_none|404|no connection has this id now",
                "?channel=a|400|parameter workspace: expected one of [acme, other]",
                "?channel=a&workspace=nope|400|parameter workspace: expected one of [acme, other]",
                "?channel=a%20b&workspace=acme|400|parameter channel: ",
                "?channel=a&workspace=acme&connection=c|400|parameter channel: stands alone",
                "?message=a@e:1|400|parameter workspace: is missing",
                "?limit=1000|400|parameter limit: 1000 is not a number from 1 to 100",
                "?conection=c|400|parameter conection: not known; expected channel, connection, limit, message, workspace"
            })
    void badQuestion_saysWhatWasExpected(String query, int status, String complaint) throws IOException {
        Answer answer = gateway.operate("GET", "/admin/explain" + query, "");
        assertEquals(status, answer.status(), answer::body);
        assertTrue(JSON.readTree(answer.body()).path("message").asText().contains(complaint), answer::body);
        assertEquals(
                401,
                gateway.operateAs("nobody", "GET", "/admin/explain" + query).status());
    }
}
