package dev.heliograph.webhook;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/** An app's server on this machine, which keeps what it is sent and answers as it is told. */
final class Receiver implements AutoCloseable {
    private static final long WAIT_NANOS = 30_000_000_000L;

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Call> calls = new CopyOnWriteArrayList<>();
    private volatile Behaviour behaviour = (exchange, _) -> answer(exchange, 200);

    record Call(String method, String target, Headers headers, String body, int status) {}

    /** What it answers. */
    interface Behaviour {
        /** Returns the status that it has answered with. */
        int answer(HttpExchange exchange, String body) throws IOException;
    }

    Receiver() throws IOException {
        this.server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::take);
        server.start();
    }

    private void take(HttpExchange exchange) throws IOException {
        try (exchange) {
            var body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            int status = behaviour.answer(exchange, body);
            calls.add(new Call(
                    exchange.getRequestMethod(),
                    exchange.getRequestURI().toString(),
                    exchange.getRequestHeaders(),
                    body,
                    status));
        }
    }

    static int answer(HttpExchange exchange, int status) throws IOException {
        exchange.sendResponseHeaders(status, -1);
        return status;
    }

    URI url(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    void behaves(Behaviour how) {
        behaviour = how;
    }

    void answers(int status) {
        behaves((exchange, _) -> answer(exchange, status));
    }

    List<Call> calls() {
        return calls;
    }

    /** Bodies that it has answered with 200. */
    List<String> taken() {
        return calls.stream()
                .filter(call -> call.status() == 200)
                .map(Call::body)
                .toList();
    }

    void awaitCalls(int count) {
        awaitThat(() -> calls.size() >= count, count + " calls");
    }

    void awaitTaken(int count) {
        awaitThat(() -> taken().size() >= count, count + " taken");
    }

    /** Waits, for much longer than it can take. */
    static void awaitThat(BooleanSupplier what, String description) {
        long giveUpNanos = System.nanoTime() + WAIT_NANOS;
        while (!what.getAsBoolean()) {
            if (System.nanoTime() > giveUpNanos) {
                throw new AssertionError("not within 30 s: " + description);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }
}
