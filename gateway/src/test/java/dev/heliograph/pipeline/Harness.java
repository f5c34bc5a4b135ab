package dev.heliograph.pipeline;

import dev.heliograph.config.Config;
import dev.heliograph.config.IngestConfig;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.DropReason;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.segment.EventLimits;
import dev.heliograph.protocol.segment.InboundBatch;
import dev.heliograph.protocol.segment.SegmentBodies;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/** A pipeline with a recording broker and a clock that stands still. */
public final class Harness {
    public static final long NOW_MS = Instant.parse("2026-11-21T12:00:00Z").toEpochMilli();

    public final RecordingBroker broker = new RecordingBroker();
    public final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    public final AtomicLong nanos = new AtomicLong();
    public final Dedupe dedupe;
    public final Pipeline pipeline;
    public volatile boolean idsFail;
    private final AtomicLong ids = new AtomicLong();
    private final SegmentBodies bodies = new SegmentBodies(new EventLimits(32_768, 2_500), 4 << 20);

    public Harness(Config config) {
        IngestConfig ingest = config.ingest();
        this.dedupe = new Dedupe(ingest.dedupeWindowMs(), ingest.dedupeEntriesMax(), nanos::get, metrics);
        var ambience = new Ambience(nanos::get, this::nextId, new byte[32]);
        this.pipeline = new Pipeline(config, broker, dedupe, metrics, ambience);
    }

    private String nextId() {
        if (idsFail) {
            throw new IllegalStateException("told to fail");
        }
        return "id-" + ids.incrementAndGet();
    }

    /** Sends events from source {@code web} of workspace {@code acme}. */
    public Outcome send(String... events) {
        return sendTo("acme", "web", events);
    }

    public Outcome sendTo(String workspace, String source, String... events) {
        return sendBatch(workspace, source, "{\"batch\":[" + String.join(",", events) + "]}");
    }

    public Outcome sendBatch(String workspace, String source, String body) {
        return accept(workspace, source, bodies.batch(body.getBytes(StandardCharsets.UTF_8)));
    }

    public Outcome accept(String workspace, String source, InboundBatch batch) {
        var outcome = new CompletableFuture<Outcome>();
        pipeline.accept(new SourceId(workspace, "prod", source), batch, new Arrival(NOW_MS, 7), outcome::complete);
        return outcome.join();
    }

    public List<String> published() {
        return broker.data("acme/private-prod-segment-events");
    }

    public String last() {
        return published().getLast();
    }

    public int dropped(DropReason reason) {
        return (int) metrics.value(Count.EVENTS_DROPPED, reason);
    }

    public int count(Count count) {
        return (int) metrics.value(count);
    }

    public static String track(String messageId) {
        return "{\"type\":\"track\",\"event\":\"e\",\"messageId\":\"" + messageId + "\"}";
    }
}
