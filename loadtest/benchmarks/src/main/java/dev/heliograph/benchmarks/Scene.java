package dev.heliograph.benchmarks;

import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import java.time.InstantSource;

/** The surroundings in which parts of the gateway are measured: real ones, but for the socket. */
public final class Scene {
    static final NativeCodec CODEC = new NativeCodec();
    public static final WireFormat FORMAT = new WireFormat(0, CODEC, Frames::text);
    /** The default of {@code limits.outboxBytesMax}. */
    private static final int OUTBOX_BYTES = 1 << 20;

    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final OutboxContext context = new OutboxContext(
            Unpooled.directBuffer(OutboxContext.CORK_BYTES),
            OUTBOX_BYTES,
            metrics,
            InstantSource.system(),
            System::nanoTime);

    public Metrics metrics() {
        return metrics;
    }

    public Outbox outbox(CountingWire wire) {
        return new Outbox(wire, FORMAT, context);
    }

    public static ChannelId channel(int number) {
        return new ChannelId("acme", "bench-" + number);
    }

    /** A publication whose data has so many bytes, at least 2. */
    public static Publication publication(long offset, ChannelId channel, int bytes) {
        return new Publication(draft(channel, bytes), new Position("bench", offset), 1_795_000_000_000L);
    }

    public static Draft draft(ChannelId channel, int bytes) {
        RawJson data = RawJson.of("\"" + "x".repeat(Math.max(0, bytes - 2)) + "\"");
        return new Draft(channel, "message", data, null, 0, System.nanoTime());
    }
}
