package dev.heliograph.websocket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.heliograph.server.NoLeaks;
import dev.heliograph.server.TestGateway;
import dev.heliograph.server.TestToken;
import dev.heliograph.server.WsClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** permessage-deflate between clients and a gateway that has it on: what is agreed, and what then travels. */
@ExtendWith(NoLeaks.class)
@SuppressWarnings("NullAway.Init") // set up before all tests
final class CompressionTest {
    private static final String BROWSER = "permessage-deflate; client_max_window_bits";
    private static final String AGREED = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
    private static final String LONG = "\"" + "all work and no play ".repeat(50) + "\"";

    private static TestGateway gateway;

    @BeforeAll
    static void start() throws IOException {
        gateway = TestGateway.start("compression: {enabled: true, thresholdBytes: 300}");
    }

    @AfterAll
    static void stop() throws Exception {
        gateway.untilEmpty();
        gateway.close();
    }

    private static WsClient connect(String offer) throws IOException {
        WsClient client = WsClient.open(
                gateway,
                "/ws",
                "Authorization: Bearer " + TestToken.acme().text(),
                "Sec-WebSocket-Extensions: " + offer);
        client.expect("connected");
        return client;
    }

    private static WsClient.Head answer(String... headers) throws IOException {
        try (WsClient client = WsClient.bare(gateway)) {
            client.sendBytes(WsClient.request("/ws", headers).getBytes(StandardCharsets.ISO_8859_1));
            return client.readHead();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(delimiter = '|', textBlock = """
            permessage-deflate                                                          | AGREED
            permessage-deflate; client_max_window_bits                                  | AGREED
            permessage-deflate; client_max_window_bits=8                                | AGREED
            permessage-deflate; client_max_window_bits=15                               | AGREED
            permessage-deflate; client_max_window_bits="15"                             | AGREED
            permessage-deflate; client_max_window_bits="1\\5"                           | AGREED
            permessage-deflate; server_no_context_takeover; client_no_context_takeover  | AGREED
            permessage-deflate; server_max_window_bits=15                               | AGREED; server_max_window_bits=15
            permessage-deflate;server_max_window_bits = "15" ;client_max_window_bits    | AGREED; server_max_window_bits=15
            ,permessage-deflate,,                                                       | AGREED
            x-webkit-deflate-frame, permessage-bzip2; a=b, permessage-deflate           | AGREED
            permessage-deflate; server_max_window_bits=10, permessage-deflate           | AGREED
            permessage-deflate; unknown, permessage-deflate; client_max_window_bits     | AGREED
            permessage-deflate; server_max_window_bits=15, permessage-deflate           | AGREED; server_max_window_bits=15
            permessage-deflate; server_max_window_bits=8                                | ''
            permessage-deflate; server_max_window_bits=14                               | ''
            permessage-deflate; server_max_window_bits=16                               | ''
            permessage-deflate; server_max_window_bits=015                              | ''
            permessage-deflate; server_max_window_bits                                  | ''
            permessage-deflate; client_max_window_bits=7                                | ''
            permessage-deflate; client_max_window_bits=16                               | ''
            permessage-deflate; client_max_window_bits=08                               | ''
            permessage-deflate; client_max_window_bits=x                                | ''
            permessage-deflate; server_no_context_takeover=1                            | ''
            permessage-deflate; client_no_context_takeover=true                         | ''
            permessage-deflate; client_no_context_takeover; client_no_context_takeover  | ''
            permessage-deflate; client_max_window_bits; client_max_window_bits=10       | ''
            permessage-deflate; unknown                                                 | ''
            permessage-deflate; mux=1                                                   | ''
            permessage-bzip2                                                            | ''
            ' '                                                                         | ''
            """)
    void offers_areMetOrDeclined(String offered, String agreed) throws IOException {
        WsClient.Head head = answer("Sec-WebSocket-Extensions: " + offered);
        assertEquals(101, head.status());
        assertEquals(agreed.replace("AGREED", AGREED), head.header("Sec-WebSocket-Extensions"));
    }

    @Test
    void offers_inSeveralFields_areOneList() throws IOException {
        WsClient.Head head = answer(
                "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=9",
                "Sec-WebSocket-Extensions: permessage-deflate; server_max_window_bits=15",
                "Sec-WebSocket-Extensions: permessage-deflate");
        assertEquals(AGREED + "; server_max_window_bits=15", head.header("Sec-WebSocket-Extensions"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "permessage-deflate;",
                "permessage-deflate; ;client_max_window_bits",
                "permessage-deflate; =10",
                "permessage-deflate; client_max_window_bits=",
                "permessage-deflate; client_max_window_bits=\"\"",
                "permessage-deflate; client_max_window_bits=\"10",
                "permessage-deflate; client_max_window_bits=\"1 0\"",
                "permessage-deflate; client_max_window_bits=\"10\\",
                "permessage-deflate; client_max_window_bits=1 0",
                "permessage-deflate client_max_window_bits",
                "permessage-deflate=1",
                "; client_max_window_bits",
                "perm/deflate",
                "permessage-deflate, \"x\""
            })
    void fieldThatIsNotAsTheRfcHasIt_isRefused(String field) throws IOException {
        WsClient.Head head = answer("Sec-WebSocket-Extensions: " + field);
        assertEquals(400, head.status());
    }

    @Test
    void parser_keepsNamesAndUnquotesValues() {
        assertEquals(
                List.of(
                        new ExtensionOffer("a", List.of()),
                        new ExtensionOffer(
                                "b",
                                List.of(
                                        new ExtensionOffer.Parameter("X", null),
                                        new ExtensionOffer.Parameter("y", "1"),
                                        new ExtensionOffer.Parameter("z", "a.b"))),
                        new ExtensionOffer("c", List.of())),
                ExtensionOffer.parse(List.of("a, b;X ; y=1;\tz = \"a\\.b\"", "c")));
        assertEquals(List.of(), ExtensionOffer.parse(List.of()));
        assertNull(ExtensionOffer.parse(List.of("a", "b\0")));
    }

    @Test
    void publication_isCompressedForWhoAgreed_andThePlainOneSaysTheSame() throws IOException {
        try (WsClient browser = connect(BROWSER);
                WsClient other = connect("permessage-deflate; server_max_window_bits=9");
                WsClient publisher = gateway.connect(TestToken.acme())) {
            browser.subscribe("both");
            other.subscribe("both");
            publisher.publish("both", LONG);
            publisher.publish("both", "\"short\"");
            JsonNode compressed = browser.expect("event");
            assertEquals(compressed, other.expect("event"));
            assertTrue(compressed.toString().contains("all work and no play"));
            assertEquals(1, browser.compressedFrames());
            assertEquals(browser.expect("event"), other.expect("event"));
            assertEquals(1, browser.compressedFrames(), "what is short stays as it is, and so do answers");
            assertEquals(0, other.compressedFrames());
        }
    }

    @Test
    void historyAndRecovery_showTheSamePublications() throws IOException {
        try (WsClient publisher = gateway.connect(TestToken.acme());
                WsClient browser = connect(BROWSER)) {
            publisher.subscribe("long-past");
            publisher.publish("long-past", LONG);
            JsonNode live = publisher.expect("event");
            browser.send("{\"type\":\"subscribe\",\"channel\":\"long-past\",\"payload\":{\"recover\":{\"epoch\":\""
                    + live.at("/position/epoch").asText() + "\",\"offset\":0}}}");
            assertTrue(browser.expect("subscribed").at("/payload/recovered").asBoolean());
            assertEquals(live, browser.expect("event"));
            assertEquals(1, browser.compressedFrames());
        }
    }

    @Test
    void clientsMessages_compressedOrNot_wholeOrInFragments_areTaken() throws IOException {
        try (WsClient client = connect(BROWSER)) {
            client.sendCompressed("{\"type\":\"subscribe\",\"channel\":\"mine\"}")
                    .expect("subscribed");
            byte[] publish = WsClient.deflated(
                    ("{\"type\":\"publish\",\"channel\":\"mine\",\"payload\":{\"data\":" + LONG + "}}")
                            .getBytes(StandardCharsets.UTF_8));
            int half = publish.length / 2;
            client.sendBytes(WsClient.frame(WsClient.RSV1 | WsClient.TEXT, Arrays.copyOf(publish, half)));
            client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.PING, new byte[] {1}));
            assertEquals(WsClient.PONG, client.readFrame().opcode());
            client.sendBytes(WsClient.frame(WsClient.FIN, Arrays.copyOfRange(publish, half, publish.length)));
            assertTrue(client.expect("event").toString().contains("all work"));
            client.send("{\"type\":\"ping\"}");
            client.expect("pong");
        }
    }

    @Test
    void bomb_isClosedBy1009_andNobodyElseNotices() throws IOException {
        byte[] bomb = WsClient.deflated(new byte[4 << 20]);
        assertTrue(bomb.length < 4_200, () -> bomb.length + " bytes");
        try (WsClient neighbour = connect(BROWSER)) {
            for (int i = 0; i < 20; i++) {
                try (WsClient client = connect(BROWSER)) {
                    client.sendBytes(WsClient.frame(WsClient.FIN | WsClient.RSV1 | WsClient.TEXT, bomb));
                    assertEquals(1009, client.readToClose().code());
                }
                neighbour.sendCompressed("{\"type\":\"ping\"}").expect("pong");
            }
        }
    }

    @Test
    void compressedMessages_thatBreakTheRules_areClosedWithTheirCode() throws IOException {
        byte[] ping = WsClient.deflated("{\"type\":\"ping\"}".getBytes(StandardCharsets.UTF_8));
        assertClosed(BROWSER, 1007, WsClient.FIN | WsClient.RSV1 | WsClient.TEXT, new byte[] {0x06});
        assertClosed(BROWSER, 1007, WsClient.FIN | WsClient.RSV1 | WsClient.TEXT, Arrays.copyOf(ping, 5));
        assertClosed(BROWSER, 1002, WsClient.FIN | WsClient.RSV1 | WsClient.PING, new byte[0]);
        assertClosed(BROWSER, 1002, WsClient.FIN | 0x20 | WsClient.TEXT, ping);
        assertClosed(BROWSER, 1003, WsClient.FIN | WsClient.RSV1 | WsClient.BINARY, ping);
        assertClosed(
                "permessage-deflate; server_max_window_bits=9",
                1002,
                WsClient.FIN | WsClient.RSV1 | WsClient.TEXT,
                ping);
    }

    private static void assertClosed(String offer, int code, int start, byte[] payload) throws IOException {
        try (WsClient client = connect(offer)) {
            client.sendBytes(WsClient.frame(start, payload));
            WsClient.End end = client.readToClose();
            assertEquals(code, end.code(), end::reason);
        }
    }
}
