package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.ServerConfig;
import dev.heliograph.metrics.Metrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A server on a free port of the loopback, with its own loops and counters. */
final class TestServer implements AutoCloseable {
    static final BodyLimits SMALL = new BodyLimits(1_000, 4_000, reason -> Errors.json(413, "too_large", reason));

    final Router router = new Router();
    final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    final EventLoops loops;
    final HttpServer http;

    TestServer(LimitsConfig limits) throws IOException {
        this(limits, ServerConfig.Transport.AUTO, new BodyWorkers(16));
    }

    TestServer(LimitsConfig limits, ServerConfig.Transport transport, BodyWorkers workers) throws IOException {
        this(limits, transport, workers, null);
    }

    /** @param tls the caller's to close, after this; null: plain HTTP */
    TestServer(LimitsConfig limits, ServerConfig.Transport transport, BodyWorkers workers, @Nullable TlsContexts tls)
            throws IOException {
        this(limits, transport, workers, tls, TrustedProxies.NONE);
    }

    /** @param tls the caller's to close, after this; null: plain HTTP */
    TestServer(
            LimitsConfig limits,
            ServerConfig.Transport transport,
            BodyWorkers workers,
            @Nullable TlsContexts tls,
            TrustedProxies proxies)
            throws IOException {
        this.loops = EventLoops.create(transport, 2, "test-loop");
        var listener = new Listener("test", "127.0.0.1", 0, tls, proxies);
        this.http = HttpServer.start(listener, router, loops, limits, workers, metrics);
        router.add(Route.get("/hello", (request, respond) -> respond.accept(Response.text(200, "hello"))));
        router.add(Route.get(
                "/whoami",
                (request, respond) ->
                        respond.accept(Response.text(200, request.client().getHostAddress()))));
        router.add(Route.post(
                "/echo",
                SMALL,
                (request, respond) -> respond.accept(
                        new Response(200, Map.of("Content-Type", "application/octet-stream"), request.body()))));
    }

    /** The defaults with other times. */
    static LimitsConfig times(long headersMs, long bodyMs, long idleMs) {
        LimitsConfig d = LimitsConfig.DEFAULT;
        return limits(d.connectionsMax(), headersMs, bodyMs, idleMs);
    }

    static LimitsConfig limits(int connectionsMax, long headersMs, long bodyMs, long idleMs) {
        LimitsConfig d = LimitsConfig.DEFAULT;
        return limits(connectionsMax, d.handshakesMax(), headersMs, bodyMs, idleMs);
    }

    /** The defaults with other bounds of handshakes. */
    static LimitsConfig handshakes(long timeoutMs, int max) {
        LimitsConfig d = LimitsConfig.DEFAULT;
        return limits(d.connectionsMax(), max, timeoutMs, d.bodyTimeoutMs(), d.idleTimeoutMs());
    }

    private static LimitsConfig limits(
            int connectionsMax, int handshakesMax, long headersMs, long bodyMs, long idleMs) {
        LimitsConfig d = LimitsConfig.DEFAULT;
        return new LimitsConfig(
                connectionsMax,
                handshakesMax,
                headersMs,
                bodyMs,
                idleMs,
                d.authTimeoutMs(),
                d.pingIntervalMs(),
                d.frameBytesMax(),
                d.messageBytesMax(),
                d.fragmentsMax(),
                d.messageTimeoutMs(),
                d.subscriptionsMax(),
                d.refusalsPerMinuteMax(),
                d.channelRatePerSecond(),
                d.connectionsPerAddressMax(),
                d.outboxBytesMax(),
                d.backlogBytesMax(),
                d.stallTimeoutMs());
    }

    RawClient connect() throws IOException {
        return new RawClient(http.address());
    }

    /** Waits for what another thread brings about. */
    static void until(BooleanSupplier is) throws InterruptedException {
        long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (!is.getAsBoolean()) {
            if (System.nanoTime() - giveUp > 0) {
                throw new AssertionError("what was waited for did not come about");
            }
            Thread.sleep(2);
        }
    }

    @Override
    public void close() {
        http.close(2_000).orTimeout(10, TimeUnit.SECONDS).join();
        loops.close();
    }
}
