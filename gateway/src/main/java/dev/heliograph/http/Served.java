package dev.heliograph.http;

import dev.heliograph.config.LimitsConfig;
import dev.heliograph.config.Network;
import dev.heliograph.limit.Census;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HttpRefusal;
import dev.heliograph.metrics.Metrics;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all connections of one server share. Any thread. */
final class Served {
    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    private final String name;
    private final Router router;
    private final Bounds bounds;
    private final BodyWorkers workers;
    private final Metrics metrics;
    private final TrustedProxies proxies;
    private final Census<Network> upgraded = new Census<>();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean draining;
    private volatile boolean waning;

    /** @param answerTimeoutMs how long a handler may take */
    record Bounds(LimitsConfig limits, BodyRoom room, long answerTimeoutMs) {}

    Served(String name, Router router, Bounds bounds, BodyWorkers workers, Metrics metrics) {
        this(name, router, bounds, workers, metrics, TrustedProxies.NONE);
    }

    Served(String name, Router router, Bounds bounds, BodyWorkers workers, Metrics metrics, TrustedProxies proxies) {
        this.proxies = proxies;
        this.name = name;
        this.router = router;
        this.bounds = bounds;
        this.workers = workers;
        this.metrics = metrics;
    }

    /** From now on every answer is its connection's last. */
    void drain() {
        draining = true;
    }

    /** From now on every answer is its connection's last, and nobody leaves HTTP. */
    void wane() {
        waning = true;
    }

    boolean isWaning() {
        return waning || draining;
    }

    boolean isDraining() {
        return draining;
    }

    Router router() {
        return router;
    }

    LimitsConfig limits() {
        return bounds.limits();
    }

    TrustedProxies proxies() {
        return proxies;
    }

    /** Connections that have left HTTP, or are about to, and requests that are held, by whose they are; empty where there is no bound. */
    Census<Network> upgraded() {
        return upgraded;
    }

    BodyWorkers workers() {
        return workers;
    }

    BodyRoom room() {
        return bounds.room();
    }

    long answerTimeoutMs() {
        return bounds.answerTimeoutMs();
    }

    Metrics metrics() {
        return metrics;
    }

    long nanoTime() {
        return System.nanoTime();
    }

    void count(HttpRefusal reason) {
        metrics.increment(Count.HTTP_REFUSED, reason);
    }

    /** Logs a failure of ours and gives the client nothing of it but where to find it. */
    Response failed(String what, Throwable failure) {
        String reference =
                name + "-" + Long.toString(System.currentTimeMillis(), 36) + "-" + failures.incrementAndGet();
        LOG.error("{} (reference {})", what, reference, failure);
        return Response.json(
                500,
                "{\"code\":\"internal\",\"message\":\"the gateway failed to answer\",\"reference\":\"" + reference
                        + "\"}\n");
    }
}
