package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.BacklogLedger;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.DirectSockets;
import dev.heliograph.egress.LoopBacklogs;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.LoopOutflow;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.lang.management.ManagementFactory;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A publication costs some objects; a delivery costs none. Two audiences are compared, so that what is allocated once per publication or pass cancels out, and
 * whatever is left belongs to the deliveries.
 */
final class AllocationTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final int AUDIENCE = 400;
    private static final int PASSES = 200;
    /** What one object in a hundred deliveries would cost. */
    private static final double BYTES_PER_DELIVERY_MAX = 0.2;

    /** Takes everything and counts it. */
    private static final class Sink implements Wire {
        private final int descriptor;
        private long bytes;

        Sink(int descriptor) {
            this.descriptor = descriptor;
        }

        @Override
        public int bareDescriptor() {
            return descriptor;
        }

        @Override
        public void start(Receiver receiver) {
            receiver.onOpen();
        }

        @Override
        public int send(ByteBuf cork, int from, int length) {
            bytes += length;
            return length;
        }

        @Override
        public void close(byte @Nullable [] lastFrame) {}
    }

    /** One loop with an audience that is subscribed to every channel. */
    private static final class Hall {
        private final EmbeddedChannel loop = new EmbeddedChannel();
        private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
        private final List<Sink> audience = new ArrayList<>();
        private final List<ChannelId> channels = new ArrayList<>();
        private final MemoryBroker broker;

        /** @param direct whether the audience has bare sockets, which are sent to past the outboxes */
        Hall(int audienceSize, int channelCount, boolean direct) {
            var hubs = new LoopHub[1];
            var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
            broker = new MemoryBroker(
                    _ -> new HistoryLimits(0, 0, 0),
                    _ -> budget,
                    new Broadcaster(hubs, System::nanoTime, metrics.usage()),
                    InstantSource.system(),
                    () -> "e");
            var thread = new LoopThread(0, loop.eventLoop(), LoopThread.SLICE_DELIVERIES, loop.eventLoop()::execute);
            var outflow = new LoopOutflow();
            var sockets = new DirectSockets(
                    (at, bytes, from, length) -> audience.get(at).send(bytes, from, length), outflow);
            var batch = new Batch(Unpooled.buffer(OutboxContext.CORK_BYTES), sockets);
            hubs[0] = new LoopHub(thread, broker, batch, metrics, new LoopRecorder(System::nanoTime));
            var context = new OutboxContext(
                    Unpooled.buffer(OutboxContext.CORK_BYTES),
                    1 << 20,
                    metrics,
                    InstantSource.system(),
                    System::nanoTime,
                    new LoopBacklogs(outflow, new BacklogLedger(Long.MAX_VALUE, 1)),
                    sockets,
                    _ -> MergeRule.NONE);
            for (int i = 0; i < channelCount; i++) {
                channels.add(new ChannelId("acme", "c" + i));
            }
            for (int i = 0; i < audienceSize; i++) {
                var sink = new Sink(direct ? i : -1);
                var outbox = new Outbox(sink, FORMAT, context);
                audience.add(sink);
                channels.forEach(
                        channel -> hubs[0].subscribe(channel, outbox, SubscribeOptions.NONE, null, Joining::start));
            }
        }

        /** So many passes with so many publications on each channel; returns what this thread allocated meanwhile. */
        long passes(int passes, int publications) {
            long before = allocated();
            for (int pass = 0; pass < passes; pass++) {
                for (ChannelId channel : channels) {
                    for (int i = 0; i < publications; i++) {
                        broker.publish(new Draft(channel, "message", RawJson.of("{\"n\":1}"), null, 0, 0), _ -> {});
                    }
                }
                loop.runPendingTasks();
            }
            return allocated() - before;
        }

        private static long allocated() {
            return ((ThreadMXBean) ManagementFactory.getThreadMXBean()).getCurrentThreadAllocatedBytes();
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 1, true", "1, 1, false", "1, 16, true", "1, 16, false", "2, 1, true", "2, 16, true"})
    void deliveries_allocateNothing(int channels, int publications, boolean direct) {
        var small = new Hall(AUDIENCE, channels, direct);
        var large = new Hall(2 * AUDIENCE, channels, direct);
        for (int warm = 0; warm < 5; warm++) {
            small.passes(PASSES, publications);
            large.passes(PASSES, publications);
        }
        long extra = large.passes(PASSES, publications) - small.passes(PASSES, publications);
        long deliveries = (long) PASSES * channels * publications * AUDIENCE;
        double bytes = (double) extra / (double) deliveries;
        System.out.println("AllocationTest: " + bytes + " bytes per delivery, " + channels + " channels, "
                + publications + " publications" + (direct ? ", directly" : ""));
        assertTrue(bytes < BYTES_PER_DELIVERY_MAX, bytes + " bytes per delivery");
        large.audience.forEach(sink -> assertEquals(large.audience.getFirst().bytes, sink.bytes));
        assertTrue(large.audience.getFirst().bytes > 0);
    }
}
