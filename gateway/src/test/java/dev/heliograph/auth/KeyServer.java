package dev.heliograph.auth;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An identity provider's JWKS endpoint on this machine, which counts who asks and fails when told to. */
final class KeyServer implements AutoCloseable {
    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger requests = new AtomicInteger();
    private volatile Behaviour behaviour = exchange -> exchange.sendResponseHeaders(404, -1);

    /** What it answers. */
    interface Behaviour {
        void answer(HttpExchange exchange) throws IOException;
    }

    KeyServer() throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.incrementAndGet();
            try (exchange) {
                behaviour.answer(exchange);
            }
        });
        server.start();
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    int requests() {
        return requests.get();
    }

    void publishes(List<Map<String, Object>> keys) {
        byte[] body = TestTokens.json(Map.of("keys", keys)).getBytes(StandardCharsets.UTF_8);
        answers(200, body);
    }

    void answers(int status, byte[] body) {
        behaves(exchange -> {
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        });
    }

    void behaves(Behaviour how) {
        behaviour = how;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
