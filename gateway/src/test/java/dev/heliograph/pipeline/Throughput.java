package dev.heliograph.pipeline;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.config.PrivacyConfig;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.segment.EventLimits;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.SegmentBodies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Prints how many events per second of CPU time one thread takes from bytes to broker. Run by hand: {@code java -cp … dev.heliograph.pipeline.Throughput}. */
final class Throughput {
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final long ROUND_NANOS = 2_000_000_000L;
    private static final int DIGITS = 12;

    private final SegmentBodies bodies = new SegmentBodies(new EventLimits(32_768, 2_500), 4 << 20);
    private final SourceId source = new SourceId("acme", "prod", "web");
    private final Sink sink = new Sink();
    private final Pipeline pipeline;
    private long nextId = 500_000_000_000L;

    private Throughput() {
        var privacy =
                new PrivacyConfig(Set.of("checkpoint", "category", "step"), Set.of(), "trace_id", true, List.of());
        var workspace = TestConfig.workspace(
                "acme", "0123456789abcdef0123456789abcdef", false, TestConfig.source("web", privacy, 1));
        var metrics = new Metrics(new SimpleMeterRegistry());
        var dedupe = new Dedupe(6 * 3_600_000L, 1_000_000, System::nanoTime, metrics);
        this.pipeline = new Pipeline(
                TestConfig.config(workspace),
                sink,
                dedupe,
                metrics,
                new Ambience(System::nanoTime, () -> UUID.randomUUID().toString(), new byte[32]));
    }

    public static void main(String[] args) {
        var throughput = new Throughput();
        for (int round = 0; round < 4; round++) {
            throughput.round("batches of 100, parsed only", 100, true);
            throughput.round("batches of 100", 100, false);
            throughput.round("single events", 1, false);
            throughput.sink.watched = false;
            throughput.round("batches of 100, unwatched", 100, false);
            throughput.sink.watched = true;
        }
    }

    private void round(String what, int events, boolean parseOnly) {
        byte[] body = (events == 1 ? event() : batch(events)).getBytes(StandardCharsets.UTF_8);
        int[] ids = idPositions(body, events);
        long begin = THREADS.getCurrentThreadCpuTime();
        long count = 0;
        while (THREADS.getCurrentThreadCpuTime() - begin < ROUND_NANOS) {
            renumber(body, ids);
            InboundBatch batch = events == 1 ? bodies.single(body, "track") : bodies.batch(body);
            if (!parseOnly) {
                pipeline.accept(source, batch, new Arrival(System.currentTimeMillis(), System.nanoTime()), _ -> {});
            }
            count += batch.size();
        }
        long elapsed = THREADS.getCurrentThreadCpuTime() - begin;
        System.out.printf(
                "%-28s %,10d events/s  %,6d bytes/event%n",
                what, count * 1_000_000_000L / elapsed, body.length / events);
    }

    private static int[] idPositions(byte[] body, int events) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        int[] ids = new int[events];
        int from = 0;
        for (int i = 0; i < events; i++) {
            ids[i] = text.indexOf("~~", from) + 2;
            from = ids[i];
        }
        return ids;
    }

    private void renumber(byte[] body, int[] ids) {
        for (int at : ids) {
            long id = nextId++;
            for (int i = DIGITS - 1; i >= 0; i--) {
                body[at + i] = (byte) ('0' + id % 10);
                id /= 10;
            }
        }
    }

    private static String batch(int events) {
        return "{\"batch\":[" + String.join(",", Collections.nCopies(events, event()))
                + "],\"writeKey\":\"WK1\",\"sentAt\":\"2026-11-21T00:00:01.500Z\"}";
    }

    private static String event() {
        return """
                {"timestamp":"2026-11-21T00:00:00.000Z","integrations":{},"event":"Order Completed","type":"track",\
                "properties":{"checkpoint":"payment","category":"checkout","revenue":49.9,"email":"jane@example.com","products":[{"sku":"A-1","price":12}],"trace_id":"7f3c1e90"},\
                "context":{"library":{"name":"@segment/analytics-node","version":"3.1.0"}},"userId":"u1-12345","messageId":"node-next-1795219529882-~~000000000000-4c1b-9a3f-1b2c3d4e5f60",\
                "_metadata":{"nodeVersion":"v20.20.2","jsRuntime":"node"}}""";
    }

    /** Looks at every draft, so that nothing is optimised away, and keeps none. */
    private static final class Sink implements Broker {
        private long bytes;
        private boolean watched = true;

        @Override
        public void publish(Draft draft, Receipt receipt) {
            bytes += draft.data().length();
        }

        @Override
        public void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
            throw new UnsupportedOperationException("nothing of ingest reads history");
        }

        @Override
        public void kept(ChannelId channel, Consumer<@Nullable Publication> done) {
            throw new UnsupportedOperationException("nothing of ingest asks for state");
        }

        @Override
        public void joined(ChannelId channel, int loop, boolean first) {}

        @Override
        public void left(ChannelId channel, int loop, boolean last) {}

        @Override
        public int subscribers(ChannelId channel) {
            return 0;
        }

        @Override
        public boolean isCrowded(String workspace) {
            return false;
        }

        @Override
        public Map<String, Integer> occupied(String workspace) {
            return Map.of();
        }

        @Override
        public boolean wanted(ChannelId channel) {
            return watched;
        }

        @Override
        public CompletableFuture<Long> purge(String workspace, long subject) {
            return CompletableFuture.completedFuture(bytes);
        }
    }
}
