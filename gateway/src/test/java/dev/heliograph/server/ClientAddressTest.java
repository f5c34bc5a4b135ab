package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many WebSockets one address may have, and whose address counts behind proxies; clients and proxies are all on the loopback. */
@ExtendWith(NoLeaks.class)
final class ClientAddressTest {
    private static final String TWO = "limits: {connectionsPerAddressMax: 2}";
    private static final String BEHIND = ", trustedProxies: [127.0.0.1]";
    private static final String TOKEN =
            "Authorization: Bearer " + TestToken.acme().text();

    private static WsClient ask(TestGateway gateway, String before, String... headers) throws IOException {
        String request = WsClient.request("/ws", headers);
        return WsClient.bare(gateway).sendBytes((before + request).getBytes(StandardCharsets.ISO_8859_1));
    }

    private static void assertRefused(TestGateway gateway, String before, String... headers) throws IOException {
        try (WsClient client = ask(gateway, before, headers)) {
            WsClient.Head head = client.readHead();
            assertEquals(429, head.status(), head::text);
            assertEquals("1", head.header("Retry-After"));
        }
    }

    private static double refused(TestGateway gateway) throws IOException {
        return gateway.metric("heliograph_http_refused_total{reason=\"connections_per_address\"}");
    }

    private static double addresses(TestGateway gateway) throws IOException {
        return gateway.metric("heliograph_client_addresses");
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void connectionOverItsAddresssLimit_isRefused_untilAnotherHasEnded(String transport) throws Exception {
        try (TestGateway gateway = TestGateway.start(", transport: " + transport, TWO)) {
            try (WsClient one = gateway.connect(TestToken.acme());
                    WsClient two = gateway.connect(TestToken.other())) {
                assertRefused(gateway, "", TOKEN);
                assertEquals(1, refused(gateway));
                assertEquals(1, addresses(gateway));
                one.sendBytes(WsClient.close(1000)).readToClose();
                TestGateway.until("its place is free", () -> {
                    try (WsClient next = ask(gateway, "", TOKEN)) {
                        return next.readHead().status() == 101;
                    }
                });
                two.sendBytes(WsClient.close(1000)).readToClose();
            }
            gateway.untilEmpty();
            TestGateway.until("all have left", () -> addresses(gateway) == 0);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void placesOfClientsThatComeAndGo_inWhateverWay_areFreeAgain(String transport) throws Exception {
        try (TestGateway gateway = TestGateway.start(", transport: " + transport, TWO)) {
            for (int i = 0; i < 12; i++) {
                TestGateway.until("the place is free", () -> addresses(gateway) == 0);
                switch (i % 4) {
                    case 0 -> WsClient.open(gateway, "/ws", TOKEN).close();
                    case 1 -> gateway.connect(TestToken.acme()).close();
                    case 2 ->
                        ask(gateway, "", TOKEN, "Origin: https://evil.test").close();
                    default -> ask(gateway, "", TOKEN).close();
                }
            }
            gateway.untilEmpty();
            TestGateway.until("all have left", () -> addresses(gateway) == 0);
            assertEquals(0, refused(gateway));
        }
    }

    @Test
    void forwardedAddresses_countEachByItself_fromATrustedProxy() throws Exception {
        try (TestGateway gateway = TestGateway.start(BEHIND, TWO)) {
            var clients = new ArrayList<WsClient>();
            for (String address : List.of("192.0.2.1", "192.0.2.2", "6.6.6.6, 192.0.2.1", "2001:db8::1")) {
                clients.add(WsClient.open(gateway, "/ws", TOKEN, "X-Forwarded-For: " + address));
            }
            assertEquals(3, addresses(gateway));
            assertRefused(gateway, "", TOKEN, "X-Forwarded-For: 192.0.2.1");
            assertRefused(gateway, "", TOKEN, "X-Forwarded-For: 7.7.7.7, 192.0.2.1");
            clients.add(WsClient.open(gateway, "/ws", TOKEN, "X-Forwarded-For: 2001:db8::ffff:ffff"));
            assertRefused(gateway, "", TOKEN, "X-Forwarded-For: 2001:db8::9");
            clients.add(WsClient.open(gateway, "/ws", TOKEN, "X-Forwarded-For: 2001:db8:0:1::9"));
            assertEquals(3, refused(gateway));
            for (WsClient client : clients) {
                client.close();
            }
            gateway.untilEmpty();
        }
    }

    @Test
    void forwardedAddresses_areNotBelieved_fromAnybodyElse() throws Exception {
        for (String settings : List.of("", ", trustedProxies: [10.0.0.0/8, \"::1\"]")) {
            try (TestGateway gateway = TestGateway.start(settings, TWO);
                    WsClient one = WsClient.open(gateway, "/ws", TOKEN, "X-Forwarded-For: 192.0.2.1");
                    WsClient two = WsClient.open(gateway, "/ws", TOKEN, "X-Forwarded-For: 192.0.2.2")) {
                assertEquals(1, addresses(gateway));
                assertRefused(gateway, "", TOKEN, "X-Forwarded-For: 192.0.2.3");
                one.sendBytes(WsClient.close(1000)).readToClose();
                two.sendBytes(WsClient.close(1000)).readToClose();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "nio"})
    void proxyHeaders_sayWhoseConnectionItIs(String transport) throws Exception {
        String speaking = ", transport: " + transport + BEHIND + ", proxyProtocol: true";
        try (TestGateway gateway = TestGateway.start(speaking, TWO)) {
            String one = "PROXY TCP4 192.0.2.1 198.51.100.1 4711 80\r\n";
            String two = "PROXY TCP4 192.0.2.2 198.51.100.1 4711 80\r\n";
            try (WsClient first = ask(gateway, one, TOKEN);
                    WsClient second = ask(gateway, one, TOKEN);
                    WsClient other = ask(gateway, two, TOKEN)) {
                for (WsClient client : List.of(first, second, other)) {
                    assertEquals(101, client.readHead().status());
                    client.expect("connected");
                }
                assertRefused(gateway, one, TOKEN);
                assertRefused(gateway, one, TOKEN, "X-Forwarded-For: 192.0.2.9");
                assertEquals(2, addresses(gateway));
            }
            gateway.untilEmpty();
        }
    }
}
