package dev.heliograph.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How a gateway ends, for those who are connected and for the process around it. */
@ExtendWith(NoLeaks.class)
final class ShutdownTest {
    private static final int CLIENTS = 60;

    @Test
    void close_tellsEveryClient1012_onceAndCleanly() throws Exception {
        TestGateway gateway = TestGateway.start();
        var clients = new ArrayList<WsClient>();
        for (int i = 0; i < CLIENTS; i++) {
            WsClient client = gateway.connect(TestToken.acme());
            client.subscribe("c" + i % 7);
            clients.add(client);
        }
        WsClient unauthenticated = WsClient.open(gateway, "/ws");
        unauthenticated.expect("connected");
        clients.add(unauthenticated);
        Thread closing = Thread.ofPlatform().start(gateway::close);
        for (WsClient client : clients) {
            WsClient.End end = client.readToClose();
            assertEquals(1012, end.code());
            assertEquals(List.of(), end.texts());
            client.close();
        }
        closing.join();
    }

    @Test
    void close_waitsForNobodyWhoDoesNotAnswerTheClose() throws Exception {
        TestGateway gateway = TestGateway.start();
        try (WsClient client = gateway.connect(TestToken.acme())) {
            gateway.close();
            assertEquals(1012, client.readToClose().code());
        }
    }

    @Test
    void requestUnderWay_isAnswered_andNoNewOneIsTaken() throws Exception {
        TestGateway gateway = TestGateway.start();
        String event = "{\"type\":\"track\",\"event\":\"Last\",\"userId\":\"u\",\"writeKey\":\"acme-web-key\"}";
        String head = "POST /v1/track HTTP/1.1\r\nHost: gateway.test\r\nContent-Length: " + event.length() + "\r\n\r\n";
        try (WsClient producer = WsClient.bare(gateway)) {
            producer.sendBytes((head + event + head).getBytes(StandardCharsets.US_ASCII));
            assertEquals(200, producer.readHead().status());
            Thread closing;
            try (WsClient watcher = gateway.connect(TestToken.acme())) {
                closing = Thread.ofPlatform().start(gateway::close);
                assertEquals(1012, watcher.readToClose().code());
            }
            producer.sendBytes(event.getBytes(StandardCharsets.US_ASCII));
            String rest = producer.readRest();
            assertTrue(rest.contains("HTTP/1.1 200 OK"), rest);
            closing.join();
            assertThrows(ConnectException.class, () -> connect(gateway));
        }
    }

    private static void connect(TestGateway gateway) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(gateway.address());
        }
    }

    @Test
    void threadsOfAGateway_endWithIt() throws Exception {
        Set<Thread> before = threads();
        TestGateway gateway = TestGateway.start();
        try (WsClient client = gateway.connect(TestToken.acme())) {
            client.subscribe("a");
            Set<Thread> own = new HashSet<>(threads());
            own.removeAll(before);
            assertEquals(3, own.size(), own::toString);
        }
        gateway.close();
        TestGateway.until("its threads have ended", () -> before.containsAll(threads()));
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        thread.getName().startsWith("loop-") || thread.getName().startsWith("housekeeping"))
                .collect(Collectors.toSet());
    }

    @Test
    void gatewayThatFindsItsPortTaken_leavesNothingBehind() throws Exception {
        Set<Thread> before = threads();
        try (TestGateway gateway = TestGateway.start()) {
            int port = gateway.address().getPort();
            String yaml = """
                    server: {port: 0}
                    admin: {port: %d, token: %s}
                    page: {enabled: false}
                    workspaces: {acme: {keys: [{kid: k, algorithm: HS256, secret: %s}]}}
                    """.formatted(port, TestGateway.ADMIN_TOKEN, TestToken.ACME_SECRET);
            IOException taken = assertThrows(IOException.class, () -> TestGateway.ofYaml(yaml));
            assertTrue(String.valueOf(taken.getMessage()).contains(":" + port), taken::getMessage);
        }
        TestGateway.until("its threads have ended", () -> before.containsAll(threads()));
    }
}
