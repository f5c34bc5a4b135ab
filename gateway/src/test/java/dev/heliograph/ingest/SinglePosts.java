package dev.heliograph.ingest;

import dev.heliograph.auth.WriteKeys;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.Config;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.http.Router;
import dev.heliograph.http.SocketlessConnection;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.pipeline.Ambience;
import dev.heliograph.pipeline.Dedupe;
import dev.heliograph.pipeline.Pipeline;
import dev.heliograph.pipeline.TestConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * A producer that posts one event at a time, each with an id of its own, over one connection to all of a gateway but its sockets. Run by hand it prints the
 * cost of a post: {@code java -cp … dev.heliograph.ingest.SinglePosts}. One thread.
 */
final class SinglePosts implements AutoCloseable {
    private static final com.sun.management.ThreadMXBean THREADS =
            (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUND = 200_000;
    private static final int ROUNDS = 10;
    private static final int DIGITS = 12;
    private static final int RETAINED = 1_000;
    private static final String EVENT = """
            {"timestamp":"2026-11-21T00:00:00.000Z","integrations":{},"event":"Order Completed","type":"track",\
            "properties":{"checkpoint":"payment","category":"checkout","revenue":49.9,"email":"jane@example.com","products":[{"sku":"A-1","price":12}],"trace_id":"7f3c1e90"},\
            "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},"userId":"u1-12345","messageId":"node-next-1795219529882-~~000000000000-4c1b-9a3f-1b2c3d4e5f60",\
            "_metadata":{"nodeVersion":"v20.20.2","jsRuntime":"node"}}""";

    final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    final SocketlessConnection connection;
    private final byte[] request = request();
    private final int idAt = new String(request, StandardCharsets.US_ASCII).indexOf("~~") + 2;
    private long nextId = 500_000_000_000L;

    SinglePosts() {
        var privacy =
                new PrivacyConfig(Set.of("checkpoint", "category", "step"), Set.of(), "trace_id", true, List.of());
        Config config = TestConfig.config(TestConfig.workspace(
                "acme", "0123456789abcdef0123456789abcdef", false, TestConfig.source("web", privacy, 1)));
        var budget = new WorkspaceBudget(64L << 20, 100);
        var broker = new MemoryBroker(
                channel -> new HistoryLimits(RETAINED, 16 << 20, 3_600_000),
                workspace -> budget,
                (publication, loops) -> {},
                Clock.systemUTC(),
                () -> "e");
        var dedupe = new Dedupe(3_600_000, 1_000_000, System::nanoTime, metrics);
        var ambience = new Ambience(System::nanoTime, () -> UUID.randomUUID().toString(), new byte[32]);
        var pipeline = new Pipeline(config, broker, dedupe, metrics, ambience);
        var router = new Router();
        IngestRoutes.register(
                router,
                new WriteKeys(config.workspaces()),
                pipeline,
                config.ingest(),
                metrics,
                System::currentTimeMillis);
        connection = new SocketlessConnection(router, metrics);
    }

    private static byte[] request() {
        String key = Base64.getEncoder().encodeToString("web-write-key:".getBytes(StandardCharsets.US_ASCII));
        return ("POST /v1/track HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nUser-Agent: analytics-node/2\r\nAccept: */*\r\n"
                        + "Authorization: Basic " + key + "\r\nContent-Type: application/json\r\nContent-Length: "
                        + EVENT.length() + "\r\n\r\n" + EVENT)
                .getBytes(StandardCharsets.US_ASCII);
    }

    /** One post.
     *
     * @return how many buffers would be written
     */
    int post() {
        long id = nextId++;
        for (int i = DIGITS - 1; i >= 0; i--) {
            request[idAt + i] = (byte) ('0' + id % 10);
            id /= 10;
        }
        return connection.receive(request);
    }

    /** So many posts, whose answers nobody looks at; returns the bytes allocated for them. */
    long allocatedBy(int posts) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < posts; i++) {
            post();
            connection.drop();
        }
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    public static void main(String[] args) {
        try (var posts = new SinglePosts()) {
            for (int round = 0; round < ROUNDS; round++) {
                long begin = THREADS.getCurrentThreadCpuTime();
                long allocated = posts.allocatedBy(ROUND);
                long nanos = THREADS.getCurrentThreadCpuTime() - begin;
                System.out.printf("%,6d ns and %,6d bytes a post%n", nanos / ROUND, allocated / ROUND);
            }
        }
    }

    @Override
    public void close() {
        connection.close();
    }
}
