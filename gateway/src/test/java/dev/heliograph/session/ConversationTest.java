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
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The native protocol's commands and answers, over real sockets. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class ConversationTest {
    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("limits: {subscriptionsMax: 3}");
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    private static void play(String transcript) throws IOException {
        play(TestToken.acme(), transcript);
    }

    private static void play(TestToken token, String transcript) throws IOException {
        try (WsClient client = gateway.connect(token)) {
            new Transcript(client).play(transcript);
        }
    }

    @Test
    void commands_beforeAuthentication_areRefusedAndTheConnectionLives() throws IOException {
        try (WsClient client = WsClient.open(gateway, "/ws")) {
            new Transcript(client).let("token", TestToken.acme().text()).play("""
                    < {"version":1,"type":"connected","requestId":"-","payload":{"connectionId":"*","userId":null,"node":"test","pingInterval":25000,"maxMessageBytes":65536},"timestamp":"*"}
                    > {"type":"subscribe","channel":"a","requestId":"1"}
                    < {"type":"error","requestId":"1","payload":{"code":"UNAUTHENTICATED","message":"*","requestId":"1"}}
                    > {"type":"publish","channel":"a","requestId":"2","payload":{"data":1}}
                    < {"type":"error","requestId":"2","payload":{"code":"UNAUTHENTICATED"}}
                    > {"type":"history","channel":"a","requestId":"3"}
                    < {"type":"error","requestId":"3","payload":{"code":"UNAUTHENTICATED"}}
                    > {"type":"unsubscribe","channel":"a","requestId":"4"}
                    < {"type":"error","requestId":"4","payload":{"code":"UNAUTHENTICATED"}}
                    > {"type":"ping","requestId":"5"}
                    < {"type":"pong","requestId":"5"}
                    > {"type":"authenticate","requestId":"6","payload":{"token":"$token"}}
                    < {"type":"authenticated","requestId":"6","payload":{"userId":"u1","expiresAt":"*","lost":[]}}
                    > {"type":"subscribe","channel":"a","requestId":"7"}
                    < {"type":"subscribed","channel":"a","requestId":"7"}
                    """);
        }
    }

    @Test
    void subscribePublishUnsubscribe_areAnsweredOnceEach_andTheEventHasItsPosition() throws IOException {
        play("""
                > {"version":1,"type":"subscribe","channel":"talk","requestId":"s"}
                < {"version":1,"type":"subscribed","channel":"talk","requestId":"s","payload":{"position":{"epoch":"$e","offset":0},"recovered":false,"wasRecovering":false,"granted":{}},"timestamp":"*"}
                > {"type":"publish","channel":"talk","requestId":"p","payload":{"name":"said","key":"k","data":{"text":"hello \\u00e9"}}}
                < {"type":"published","channel":"talk","requestId":"p","payload":{"position":{"epoch":"$e","offset":1}}}
                < {"version":1,"type":"event","channel":"talk","requestId":"-","payload":{"name":"said","key":"k","data":{"text":"hello é"}},"position":{"epoch":"$e","offset":1},"timestamp":"*"}
                # without a requestId, only a failure is answered
                > {"type":"publish","channel":"talk","payload":{"data":[1,2]}}
                < {"type":"event","payload":{"name":"message","key":"-","data":[1,2]},"position":{"epoch":"$e","offset":2}}
                > {"type":"unsubscribe","channel":"talk","requestId":"u"}
                < {"type":"unsubscribed","channel":"talk","requestId":"u"}
                > {"type":"publish","channel":"talk","payload":{"data":null}}
                > {"type":"unsubscribe","channel":"talk"}
                < {"type":"error","channel":"talk","requestId":"-","payload":{"code":"NOT_SUBSCRIBED"}}
                > {"type":"subscribe","channel":"talk"}
                < {"type":"subscribed","requestId":"-","payload":{"position":{"epoch":"$e","offset":3}}}
                > {"type":"unsubscribe","channel":"talk"}
                > {"type":"ping","requestId":"end"}
                < {"type":"pong","requestId":"end"}
                """);
    }

    @Test
    void publication_thatPusherClientsWouldTakeForTheGateways_isRefused() throws IOException {
        play("""
                > {"type":"publish","channel":"talk","requestId":"1","payload":{"name":"pusher_internal:member_added","data":{}}}
                < {"type":"error","requestId":"1","payload":{"code":"FORBIDDEN"}}
                > {"type":"publish","channel":"talk","requestId":"2","payload":{"name":"pusher:error","data":{}}}
                < {"type":"error","requestId":"2","payload":{"code":"FORBIDDEN"}}
                > {"type":"publish","channel":"talk","requestId":"3","payload":{"name":"my-pusher:error","data":{}}}
                < {"type":"published","requestId":"3"}
                """);
    }

    @Test
    void subscribeMany_joinsOrRefusesEachByItself_inOneAnswer() throws IOException {
        play(TestToken.acme().subscribingTo("ok-*"), """
                > {"type":"subscribe","requestId":"m","payload":{"channels":[{"channel":"ok-1"},{"channel":"no"},{"channel":"ok 2"},{"channel":"ok-3","recover":{"epoch":"x","offset":1}}]}}
                < {"type":"subscribed","channel":"-","requestId":"m","payload":{"channels":[{"channel":"ok-1","position":{"epoch":"*","offset":0},"recovered":false,"wasRecovering":false,"error":"-"},{"channel":"no","position":"-","error":{"code":"FORBIDDEN","message":"*"}},{"channel":"ok 2","error":{"code":"BAD_CHANNEL"}},{"channel":"ok-3","recovered":false,"wasRecovering":true}]}}
                > {"type":"unsubscribe","channel":"ok-1","requestId":"1"}
                < {"type":"unsubscribed","requestId":"1"}
                > {"type":"unsubscribe","channel":"no","requestId":"2"}
                < {"type":"error","requestId":"2","payload":{"code":"NOT_SUBSCRIBED"}}
                > {"type":"unsubscribe","channel":"ok-3","requestId":"3"}
                < {"type":"unsubscribed","requestId":"3"}
                """);
    }

    @Test
    void subscribeMany_withOneChannelTwice_subscribesOnceWithTheLastOptions() throws IOException {
        play("""
                > {"type":"subscribe","requestId":"m","payload":{"channels":[{"channel":"twice"},{"channel":"twice","filter":{"eq":["n",1]}}]}}
                < {"type":"subscribed","requestId":"m","payload":{"channels":[{"channel":"twice","recovered":false},{"channel":"twice","position":{"offset":0},"recovered":true,"wasRecovering":true}]}}
                > {"type":"publish","channel":"twice","payload":{"data":{"n":2}}}
                > {"type":"publish","channel":"twice","payload":{"data":{"n":1}}}
                < {"type":"event","payload":{"data":{"n":1}},"position":{"offset":2}}
                > {"type":"unsubscribe","channel":"twice","requestId":"1"}
                < {"type":"unsubscribed","requestId":"1"}
                > {"type":"unsubscribe","channel":"twice","requestId":"2"}
                < {"type":"error","requestId":"2","payload":{"code":"NOT_SUBSCRIBED"}}
                """);
    }

    @Test
    void subscriptionsBeyondTheLimit_areRefused_andReplacingOneIsNot() throws IOException {
        play("""
                > {"type":"subscribe","payload":{"channels":[{"channel":"l1"},{"channel":"l2"},{"channel":"l3"},{"channel":"l4"}]}}
                < {"type":"subscribed","payload":{"channels":[{"channel":"l1","error":"-"},{"channel":"l2","error":"-"},{"channel":"l3","error":"-"},{"channel":"l4","error":{"code":"SUBSCRIPTION_LIMIT"}}]}}
                > {"type":"subscribe","channel":"l5","requestId":"x"}
                < {"type":"error","channel":"l5","requestId":"x","payload":{"code":"SUBSCRIPTION_LIMIT"}}
                > {"type":"subscribe","channel":"l2","requestId":"y"}
                < {"type":"subscribed","channel":"l2","requestId":"y"}
                > {"type":"unsubscribe","channel":"l1"}
                > {"type":"subscribe","channel":"l5"}
                < {"type":"subscribed","channel":"l5"}
                """);
    }

    @Test
    void whatTheTokenDoesNotGrant_isForbidden_andNothingOfItHappens() throws IOException {
        TestToken reader = TestToken.acme().with("grants", Map.of("subscribe", List.of("open", "user:{sub}")));
        play(reader, """
                > {"type":"subscribe","channel":"open"}
                < {"type":"subscribed"}
                > {"type":"publish","channel":"open","requestId":"p","payload":{"data":1}}
                < {"type":"error","channel":"-","requestId":"p","payload":{"code":"FORBIDDEN"}}
                > {"type":"publish","channel":"open","payload":{"data":1}}
                < {"type":"error","requestId":"-","payload":{"code":"FORBIDDEN"}}
                > {"type":"history","channel":"open","requestId":"h"}
                < {"type":"error","requestId":"h","payload":{"code":"FORBIDDEN"}}
                > {"type":"subscribe","channel":"closed","requestId":"s"}
                < {"type":"error","channel":"closed","requestId":"s","payload":{"code":"FORBIDDEN"}}
                > {"type":"subscribe","channel":"user:u1"}
                < {"type":"subscribed","channel":"user:u1"}
                > {"type":"subscribe","channel":"user:u2"}
                < {"type":"error","payload":{"code":"FORBIDDEN"}}
                > {"type":"subscribe","channel":"open"}
                < {"type":"subscribed","payload":{"position":{"offset":0}}}
                """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "has space", "emoji-😀", "new\\nline", "a*b", "#c"})
    void channelNames_outsideTheAlphabet_areRefusedForEveryCommand(String name) throws IOException {
        play("""
                > {"type":"subscribe","channel":"NAME","requestId":"1"}
                < {"type":"error","requestId":"1","payload":{"code":"BAD_CHANNEL"}}
                > {"type":"publish","channel":"NAME","requestId":"2","payload":{"data":1}}
                < {"type":"error","requestId":"2","payload":{"code":"BAD_CHANNEL"}}
                > {"type":"history","channel":"NAME","requestId":"3"}
                < {"type":"error","requestId":"3","payload":{"code":"BAD_CHANNEL"}}
                """.replace("NAME", name));
    }

    @Test
    void channelName_isGoodUpTo200Characters() throws IOException {
        play("""
                > {"type":"subscribe","channel":"LONG"}
                < {"type":"subscribed","channel":"LONG"}
                > {"type":"subscribe","channel":"LONGx"}
                < {"type":"error","payload":{"code":"BAD_CHANNEL"}}
                """.replace("LONG", "c".repeat(200)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"like\":[\"a\",1]}",
                "{}",
                "{\"eq\":[\"a\",1],\"ne\":[\"a\",2]}",
                "{\"eq\":\"a\"}",
                "{\"eq\":[\"a\"]}",
                "{\"eq\":[\"a\",1,2]}",
                "{\"eq\":[\"\",1]}",
                "{\"eq\":[\"a\",null]}",
                "{\"in\":[\"a\",1]}",
                "{\"and\":{\"eq\":[\"a\",1]}}",
                "{\"not\":[]}",
                "[]",
                "7",
                "\"eq\""
            })
    void filter_thatIsNoFilter_isRefused(String filter) throws IOException {
        play("""
                > {"type":"subscribe","channel":"filtered","requestId":"f","payload":{"filter":<FILTER>}}
                < {"type":"error","requestId":"f","payload":{"code":"BAD_FILTER"}}
                > {"type":"unsubscribe","channel":"filtered"}
                < {"type":"error","payload":{"code":"NOT_SUBSCRIBED"}}
                """.replace("<FILTER>", filter));
    }

    @Test
    void filter_onARedactedPathOfAnIngestedChannel_isRefused_onAShownOneNot() throws IOException {
        play("""
                > {"type":"subscribe","channel":"private-prod-segment-events","requestId":"1","payload":{"filter":{"eq":["properties.password","x"]}}}
                < {"type":"error","channel":"private-prod-segment-events","requestId":"1","payload":{"code":"BAD_FILTER"}}
                > {"type":"subscribe","channel":"private-prod-segment-events","requestId":"2","payload":{"filter":{"or":[{"eq":["properties.checkpoint","a"]},{"not":{"exists":["user_id"]}}]}}}
                < {"type":"error","requestId":"2","payload":{"code":"BAD_FILTER"}}
                > {"type":"subscribe","channel":"private-prod-segment-events","requestId":"3","payload":{"filter":{"and":[{"eq":["properties.checkpoint","a"]},{"in":["event_name",["A","B"]]}]}}}
                < {"type":"subscribed","requestId":"3"}
                # the same path is nothing special elsewhere
                > {"type":"subscribe","channel":"mine","requestId":"4","payload":{"filter":{"eq":["properties.password","x"]}}}
                < {"type":"subscribed","requestId":"4"}
                """);
    }

    @Test
    void filter_letsThroughWhatMatches_andEachSubscriberHasItsOwn() throws IOException {
        try (WsClient all = gateway.connect(TestToken.acme());
                WsClient some = gateway.connect(TestToken.acme())) {
            all.subscribe("shapes");
            new Transcript(some).play("""
                    > {"type":"subscribe","channel":"shapes","payload":{"filter":{"and":[{"gte":["size",2]},{"starts":["color","re"]}]}}}
                    < {"type":"subscribed"}
                    """);
            for (String data : List.of(
                    "{\"size\":1,\"color\":\"red\"}",
                    "{\"size\":2,\"color\":\"red\"}",
                    "{\"size\":3,\"color\":\"blue\"}",
                    "7",
                    "{\"size\":\"2\",\"color\":\"red\"}",
                    "{\"size\":9,\"color\":\"rent\"}")) {
                all.send("{\"type\":\"publish\",\"channel\":\"shapes\",\"payload\":{\"data\":" + data + "}}");
            }
            for (int offset = 1; offset <= 6; offset++) {
                assertEquals(offset, all.expect("event").at("/position/offset").asInt());
            }
            assertEquals(2, some.expect("event").at("/position/offset").asInt());
            assertEquals(6, some.expect("event").at("/position/offset").asInt());
        }
    }

    @Test
    void resubscribing_withOtherOptions_goesOnWithoutGapOrRepeat() throws IOException {
        play("""
                > {"type":"subscribe","channel":"again"}
                < {"type":"subscribed","payload":{"position":{"epoch":"$e","offset":0}}}
                > {"type":"publish","channel":"again","payload":{"data":{"n":1}}}
                < {"type":"event","position":{"epoch":"$e","offset":1}}
                > {"type":"subscribe","channel":"again","requestId":"r","payload":{"filter":{"eq":["n",2]}}}
                < {"type":"subscribed","requestId":"r","payload":{"position":{"epoch":"$e","offset":1},"recovered":true,"wasRecovering":true}}
                > {"type":"publish","channel":"again","payload":{"data":{"n":1}}}
                > {"type":"publish","channel":"again","payload":{"data":{"n":2}}}
                < {"type":"event","payload":{"data":{"n":2}},"position":{"epoch":"$e","offset":3}}
                > {"type":"subscribe","channel":"again","requestId":"r2"}
                < {"type":"subscribed","requestId":"r2","payload":{"position":{"epoch":"$e","offset":3},"recovered":true}}
                > {"type":"publish","channel":"again","payload":{"data":{"n":1}}}
                < {"type":"event","position":{"epoch":"$e","offset":4}}
                """);
    }

    @Test
    void resubscribing_whileAPublisherIsAtWork_losesAndRepeatsNothing() throws IOException {
        int publications = 2_000;
        try (WsClient publisher = gateway.connect(TestToken.acme());
                WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe("long-again");
            var batch = new String[100];
            for (int i = 0; i < publications / batch.length; i++) {
                Arrays.fill(batch, "{\"type\":\"publish\",\"channel\":\"long-again\",\"payload\":{\"data\":{}}}");
                publisher.sendTogether(batch);
                client.send(
                        i % 2 == 0
                                ? "{\"type\":\"subscribe\",\"channel\":\"long-again\",\"payload\":{\"filter\":{\"not\":{\"exists\":[\"x\"]}}}}"
                                : "{\"type\":\"subscribe\",\"channel\":\"long-again\"}");
            }
            for (long next = 1; next <= publications; ) {
                JsonNode message = client.read();
                if (message.path("type").asText().equals("event")) {
                    assertEquals(next++, message.at("/position/offset").asLong());
                } else {
                    assertTrue(message.at("/payload/recovered").asBoolean(), message::toString);
                }
            }
        }
    }

    @Test
    void publish_withAnId_happensOnce_alsoFromAnotherConnectionOfThatUser() throws IOException {
        try (WsClient watcher = gateway.connect(TestToken.acme());
                WsClient same = gateway.connect(TestToken.acme().user("u7"));
                WsClient again = gateway.connect(TestToken.acme().user("u7"));
                WsClient stranger = gateway.connect(TestToken.acme().user("u8"))) {
            watcher.subscribe("once");
            String publish =
                    "{\"type\":\"publish\",\"channel\":\"once\",\"requestId\":\"r\",\"payload\":{\"id\":\"order-1\",\"data\":1}}";
            JsonNode first = same.send(publish).expect("published").path("payload");
            assertEquals(first, same.send(publish).expect("published").path("payload"));
            assertEquals(first, again.send(publish).expect("published").path("payload"));
            assertEquals(
                    2,
                    stranger.send(publish)
                            .expect("published")
                            .at("/payload/position/offset")
                            .asInt());
            assertEquals(1, watcher.expect("event").at("/position/offset").asInt());
            assertEquals(2, watcher.expect("event").at("/position/offset").asInt());
            watcher.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void history_givesTheNewest_orWhatFollowsAPosition_andSaysWhetherThatIsAll() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            for (int i = 1; i <= 14; i++) {
                assertEquals(i, client.publish("short-story", "{\"n\":" + i + "}"));
            }
            new Transcript(client).play("""
                    > {"type":"history","channel":"short-story","requestId":"h","payload":{"limit":2}}
                    < {"type":"history","channel":"short-story","requestId":"h","payload":{"publications":[{"name":"message","data":{"n":13},"timestamp":"*","position":{"epoch":"$e","offset":13}},{"data":{"n":14},"position":{"epoch":"$e","offset":14}}],"position":{"epoch":"$e","offset":14},"complete":true}}
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"$e","offset":5},"limit":2}}
                    < {"type":"history","payload":{"publications":[{"position":{"offset":6}},{"position":{"offset":7}}],"position":{"epoch":"$e","offset":7},"complete":true}}
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"$e","offset":12}}}
                    < {"type":"history","payload":{"publications":[{"position":{"offset":13}},{"position":{"offset":14}}],"position":{"offset":14},"complete":true}}
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"$e","offset":14}}}
                    < {"type":"history","payload":{"publications":[],"position":{"offset":14},"complete":true}}
                    # offsets 1 to 4 are no longer kept
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"$e","offset":3},"limit":1}}
                    < {"type":"history","payload":{"publications":[{"position":{"offset":5}}],"position":{"offset":5},"complete":false}}
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"other","offset":3},"limit":1}}
                    < {"type":"history","payload":{"publications":[{"position":{"offset":5}}],"complete":false}}
                    > {"type":"history","channel":"short-story","requestId":"x","payload":{"limit":0}}
                    < {"type":"error","requestId":"x","payload":{"code":"BAD_MESSAGE"}}
                    > {"type":"history","channel":"short-story","payload":{"limit":1001}}
                    < {"type":"error","payload":{"code":"BAD_MESSAGE"}}
                    > {"type":"history","channel":"short-story","payload":{"after":{"epoch":"e"}}}
                    < {"type":"error","payload":{"code":"BAD_MESSAGE"}}
                    """);
        }
    }

    @Test
    void history_largerThanOneAnswer_comesInParts_thatJoinWithoutGap() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            for (int i = 1; i <= 20; i++) {
                client.publish("long-read", "\"" + "x".repeat(30_000) + "\"");
            }
            long next = 1;
            String after = "{\"epoch\":\"none\",\"offset\":0}";
            while (next <= 20) {
                client.send("{\"type\":\"history\",\"channel\":\"long-read\",\"payload\":{\"limit\":1000,\"after\":"
                        + after + "}}");
                JsonNode page = client.expect("history").path("payload");
                for (JsonNode publication : page.path("publications")) {
                    assertEquals(next++, publication.at("/position/offset").asLong());
                }
                after = page.path("position").toString();
                assertEquals(next - 1, page.at("/position/offset").asLong());
            }
        }
    }

    @Test
    void pings_ofBothKinds_areAnswered() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            new Transcript(client).play("""
                    > {"type":"ping"}
                    < {"type":"pong","requestId":"-"}
                    > {"type":"pong"}
                    > {"type":"ping","requestId":"x"}
                    < {"type":"pong","requestId":"x"}
                    """);
            byte[] payload = "are you there?".getBytes(StandardCharsets.UTF_8);
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PONG, payload));
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PING, payload));
            WsClient.Frame pong = client.readFrame();
            assertEquals(WsClient.PONG, pong.opcode());
            assertEquals("are you there?", pong.text());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"type":"dance","requestId":"r"}                                            | UNKNOWN_MESSAGE_TYPE | r
            {"version":2,"type":"ping","requestId":"r"}                                 | UNSUPPORTED_VERSION  | r
            {"type":"dance","version":2,"requestId":"r"}                                | UNSUPPORTED_VERSION  | r
            {"version":"1","type":"ping"}                                               | UNSUPPORTED_VERSION  |
            {"requestId":"r"}                                                           | BAD_MESSAGE          | r
            {"type":"subscribe","requestId":"r"}                                        | BAD_MESSAGE          | r
            {"type":"subscribe","payload":{"channels":["a"]}}                           | BAD_MESSAGE          |
            {"type":"subscribe","payload":{"channels":[{}]}}                            | BAD_MESSAGE          |
            {"type":"subscribe","channel":"a","payload":{"recover":{"offset":1}}}       | BAD_MESSAGE          |
            {"type":"subscribe","channel":"a","payload":{"recover":"x"}}                | BAD_MESSAGE          |
            {"type":"unsubscribe","requestId":"r"}                                      | BAD_MESSAGE          | r
            {"type":"publish","requestId":"r","payload":{"data":1}}                     | BAD_MESSAGE          | r
            {"type":"publish","channel":"a","requestId":"r","payload":{}}               | BAD_MESSAGE          | r
            {"type":"publish","channel":"a","requestId":"r"}                            | BAD_MESSAGE          | r
            {"type":"publish","channel":"a","payload":{"data":1,"id":7}}                | BAD_MESSAGE          |
            {"type":"publish","channel":"a","payload":{"data":1,"name":""}}             | BAD_MESSAGE          |
            {"type":"history","requestId":"r"}                                          | BAD_MESSAGE          | r
            {"type":"authenticate","requestId":"r"}                                     | BAD_MESSAGE          | r
            {"type":"ping","payload":[],"requestId":"r"}                                | BAD_MESSAGE          | r
            {"type":"ping","payload":null,"requestId":"r"}                              | BAD_MESSAGE          | r
            {"type":7,"requestId":"r"}                                                  | BAD_MESSAGE          |
            {"type":"ping","requestId":7}                                               | BAD_MESSAGE          |
            {"type":"ping","type":"ping"}                                               | BAD_MESSAGE          |
            {"type":"ping"} {"type":"ping"}                                             | BAD_MESSAGE          |
            {"type":"ping"                                                              | BAD_MESSAGE          |
            ["ping"]                                                                    | BAD_MESSAGE          |
            "ping"                                                                      | BAD_MESSAGE          |
            ping                                                                        | BAD_MESSAGE          |
            ``                                                                          | BAD_MESSAGE          |
            """)
    void message_thatCannotBeUnderstood_isAnsweredByItsError_andTheConnectionLives(
            String message, String code, String requestId) throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            JsonNode error = client.send(message).expect("error");
            assertEquals(code, error.at("/payload/code").asText(), error::toString);
            assertTrue(error.at("/payload/message").asText().length() > 5, error::toString);
            assertEquals(
                    requestId == null ? "" : requestId, error.path("requestId").asText(), error::toString);
            if (code.equals("UNSUPPORTED_VERSION")) {
                assertEquals("[1]", error.at("/payload/supported").toString());
            }
            client.send("{\"type\":\"ping\"}").expect("pong");
        }
    }

    @Test
    void requestId_hasUpTo64Characters() throws IOException {
        play("""
                > {"type":"ping","requestId":"ID"}
                < {"type":"pong","requestId":"ID"}
                > {"type":"ping","requestId":"IDx"}
                < {"type":"error","requestId":"-","payload":{"code":"BAD_MESSAGE"}}
                """.replace("ID", "i".repeat(64)));
    }

    @Test
    void whatIsEchoed_isValidUtf8_alsoIfTheClientSendsHalfACharacter() throws IOException {
        play("""
                > {"type":"ping","requestId":"a\\ud800b\\u0000\\"\\\\"}
                < {"type":"pong","requestId":"a\\ufffdb\\u0000\\"\\\\"}
                > {"type":"\\udfff"}
                < {"type":"error","payload":{"code":"UNKNOWN_MESSAGE_TYPE"}}
                > {"type":"subscribe","channel":"half"}
                < {"type":"subscribed"}
                > {"type":"publish","channel":"half","payload":{"key":"\\udc00","name":"\\ud83d","data":"\\ud83d"}}
                < {"type":"event","payload":{"name":"\\ufffd","key":"\\ufffd"}}
                """);
    }

    @Test
    void textInAnotherEncoding_isRefusedAsMessage_notAsAFault() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            for (Charset charset :
                    List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, Charset.forName("UTF-32BE"))) {
                byte[] text = "{\"type\":\"ping\",\"payload\":{}}".getBytes(charset);
                client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.TEXT, text));
                assertEquals(
                        "BAD_MESSAGE",
                        client.expect("error").at("/payload/code").asText(),
                        charset.name());
            }
        }
    }

    @Test
    void manyFrames_inOneSegment_areAnsweredInOrder() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            var pings = new String[500];
            for (int i = 0; i < pings.length; i++) {
                pings[i] = "{\"type\":\"ping\",\"requestId\":\"" + i + "\"}";
            }
            client.sendTogether(pings);
            for (int i = 0; i < pings.length; i++) {
                assertEquals(
                        String.valueOf(i),
                        client.expect("pong").path("requestId").asText());
            }
        }
    }

    @Test
    void message_byteByByte_isTheSameMessage() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            byte[] text = "{\"type\":\"ping\",\"requestId\":\"größer\"}".getBytes(StandardCharsets.UTF_8);
            client.sendByteByByte(WsClient.frame(WsClient.FIN | WsClient.TEXT, text));
            assertEquals("größer", client.expect("pong").path("requestId").asText());
        }
    }

    @Test
    void message_inFragments_withAPingBetween_isOneMessage() throws IOException {
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.sendBytes(WsClient.frame(WsClient.TEXT, "{\"type\":\"pi".getBytes(StandardCharsets.UTF_8)));
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PING, new byte[0]));
            assertEquals(WsClient.PONG, client.readFrame().opcode());
            client.sendBytes(WsClient.frame(0, new byte[0]));
            client.sendBytes(WsClient.frame(WsClient.FIN, "ng\"}".getBytes(StandardCharsets.UTF_8)));
            client.expect("pong");
        }
    }
}
