package dev.heliograph.blackbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway behind a real nginx and a real haproxy, both on 127.0.0.1, which is trusted, with one WebSocket for each address. Clients come from other addresses
 * of the loopback, which only Linux has without being told.
 */
@EnabledOnOs(OS.LINUX)
final class ProxiesTest {
    private static final String ALICE = "127.0.1.1";
    private static final String BOB = "127.0.1.2";
    private static final String FORGED = "X-Forwarded-For: 203.0.113.9";

    @TempDir
    private Path folder;

    private GatewayProcess gateway(boolean proxyProtocol) {
        var settings = new HashMap<>(Map.of(
                "HELIOGRAPH_SERVER_TRUSTED_PROXIES", "127.0.0.1",
                "HELIOGRAPH_LIMITS_CONNECTIONS_PER_ADDRESS_MAX", "1"));
        settings.put("HELIOGRAPH_SERVER_PROXY_PROTOCOL", Boolean.toString(proxyProtocol));
        return GatewayProcess.startSet(folder, settings);
    }

    private static String nginx(String listen, InetSocketAddress to) {
        return """
                        listen 127.0.0.1:%%d%s;
                        location / {
                            proxy_pass http://127.0.0.1:%d;
                            proxy_http_version 1.1;
                            proxy_set_header Host $host;
                            proxy_set_header Upgrade $http_upgrade;
                            proxy_set_header Connection $http_connection;
                            proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                            proxy_read_timeout 75s;
                        }
                """.formatted(listen, to.getPort());
    }

    private static String haproxy(String mode, InetSocketAddress to, String server) {
        return """
                    bind 127.0.0.1:%%d
                    mode %s
                    server next 127.0.0.1:%d %s
                """.formatted(mode, to.getPort(), server);
    }

    private static InetSocketAddress of(GatewayProcess gateway) {
        URI url = gateway.demo().url();
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), url.getPort());
    }

    /** Two clients get a WebSocket each, and neither gets another, whatever it says of itself. */
    private static void assertEachClientCountsByItself(GatewayProcess gateway, FrontProxy front) throws IOException {
        InetSocketAddress to = front.address();
        try (RawWebSocket alice = RawWebSocket.open(gateway.demo(), ALICE, to);
                RawWebSocket bob = RawWebSocket.open(gateway.demo(), BOB, to, FORGED)) {
            alice.readMessage("connected");
            bob.readMessage("connected");
            for (String client : new String[] {ALICE, BOB}) {
                assertEquals(429, RawWebSocket.statusOf(gateway.demo(), client, to));
                assertEquals(429, RawWebSocket.statusOf(gateway.demo(), client, to, FORGED));
                assertEquals(429, RawWebSocket.statusOf(gateway.demo(), client, to, FORGED, "X-Forwarded-For: ::1"));
            }
        }
    }

    private static String metrics(GatewayProcess gateway) throws Exception {
        Demo.Admin admin = gateway.demo().admin();
        try (Producer operator = new Producer(gateway.demo())) {
            return operator.get(admin.url().resolve("/metrics"), "Authorization", "Bearer " + admin.token())
                    .body();
        }
    }

    @Test
    void nginx_appendsToXForwardedFor() throws Exception {
        try (GatewayProcess gateway = gateway(false);
                FrontProxy nginx = FrontProxy.nginx(folder, nginx("", of(gateway)))) {
            assertEachClientCountsByItself(gateway, nginx);
        }
    }

    @Test
    void haproxy_addsAnXForwardedForOfItsOwn() throws Exception {
        String forwarding = "http\n    option forwardfor";
        try (GatewayProcess gateway = gateway(false);
                FrontProxy haproxy = FrontProxy.haproxy(folder, haproxy(forwarding, of(gateway), ""))) {
            assertEachClientCountsByItself(gateway, haproxy);
        }
    }

    @Test
    void haproxyBeforeNginx_isAChainOfTrustedProxies() throws Exception {
        String forwarding = "http\n    option forwardfor";
        try (GatewayProcess gateway = gateway(false);
                FrontProxy nginx = FrontProxy.nginx(folder, nginx("", of(gateway)));
                FrontProxy haproxy = FrontProxy.haproxy(folder, haproxy(forwarding, nginx.address(), ""))) {
            assertEachClientCountsByItself(gateway, haproxy);
        }
    }

    @Test
    void haproxyThatTellsNginxByTheProxyProtocol_isWhomNginxForwardsFor() throws Exception {
        String realip = " proxy_protocol; set_real_ip_from 127.0.0.1; real_ip_header proxy_protocol";
        try (GatewayProcess gateway = gateway(false);
                FrontProxy nginx = FrontProxy.nginx(folder, nginx(realip, of(gateway)));
                FrontProxy haproxy = FrontProxy.haproxy(folder, haproxy("tcp", nginx.address(), "send-proxy-v2"))) {
            assertEachClientCountsByItself(gateway, haproxy);
        }
    }

    @Test
    void haproxy_speaksVersionOneOfTheProxyProtocol() throws Exception {
        try (GatewayProcess gateway = gateway(true);
                FrontProxy haproxy = FrontProxy.haproxy(folder, haproxy("tcp", of(gateway), "send-proxy"))) {
            assertEachClientCountsByItself(gateway, haproxy);
        }
    }

    @Test
    void haproxy_speaksVersionTwo_alsoForItsHealthChecks() throws Exception {
        String checked = "http\n    option httpchk GET /health-check-of-haproxy\n    http-check expect status 404";
        // without "timeout check" a check may last no longer than the interval, and a JVM that has just started can be
        // slower
        String server = "send-proxy-v2 check check-send-proxy inter 50ms fall 100";
        try (GatewayProcess gateway = gateway(true);
                FrontProxy haproxy = FrontProxy.haproxy(folder, haproxy(checked, of(gateway), server))) {
            String answered = "heliograph_http_answers_total{status=\"4xx\"} ";
            long deadline = System.nanoTime() + 20_000_000_000L;
            while (!metrics(gateway).contains(answered) || metrics(gateway).contains(answered + "0")) {
                assertTrue(System.nanoTime() - deadline < 0, "no health check came:\n" + haproxy.log());
                Thread.sleep(20);
            }
            assertEachClientCountsByItself(gateway, haproxy);
            for (String line : metrics(gateway).split("\n", -1)) {
                if (line.startsWith("heliograph_proxy_headers_refused_total{")) {
                    assertTrue(line.endsWith(" 0") || line.endsWith(" 0.0"), line);
                }
            }
        }
    }

    @Test
    void proxyThatDoesNotSpeakTheProxyProtocol_thoughItShould_isRefusedAndCounted() throws Exception {
        try (GatewayProcess gateway = gateway(true);
                FrontProxy nginx = FrontProxy.nginx(folder, nginx("", of(gateway)))) {
            assertEquals(502, RawWebSocket.statusOf(gateway.demo(), ALICE, nginx.address()));
            assertTrue(metrics(gateway).contains("heliograph_proxy_headers_refused_total{reason=\"missing\"} 1"));
        }
    }
}
