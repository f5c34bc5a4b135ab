package dev.heliograph.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.LoopThread;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.json.NativeCodec;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class SubscriptionsTest {
    private static final int STEPS = 20_000;
    private static final int CHANNELS = 24;

    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final LoopHub hub = hub();
    private final Outbox outbox = new Outbox(
            new Nowhere(),
            new WireFormat(0, new NativeCodec(), Frames::text),
            new OutboxContext(Unpooled.buffer(), 1 << 20, metrics, InstantSource.system(), System::nanoTime));

    private LoopHub hub() {
        var loop = new EmbeddedChannel().eventLoop();
        var broker = new MemoryBroker(
                _ -> new HistoryLimits(0, 0, 0),
                _ -> new WorkspaceBudget(Long.MAX_VALUE, CHANNELS),
                (_, _) -> {},
                InstantSource.system(),
                () -> "e");
        var thread = new LoopThread(0, loop, LoopThread.SLICE_DELIVERIES, loop::execute);
        return new LoopHub(thread, broker, new Batch(Unpooled.buffer()), metrics, new LoopRecorder(System::nanoTime));
    }

    private record Nowhere() implements Wire {
        @Override
        public void start(Receiver receiver) {}

        @Override
        public int send(ByteBuf bytes, int from, int length) {
            return length;
        }

        @Override
        public void close(byte @Nullable [] lastFrame) {}
    }

    /** Grows over the few that stand in an array, and shrinks again, many times. */
    @Test
    void anyNumber_isWhatAMapWouldBe() {
        long seed = Long.getLong("heliograph.seed", System.nanoTime());
        System.out.println("SubscriptionsTest seed " + seed);
        var random = new SplittableRandom(seed);
        var subscriptions = new Subscriptions<Subscriber>();
        Map<String, Subscriber> model = new HashMap<>();
        for (int step = 0; step < STEPS; step++) {
            String channel = "c" + random.nextInt(random.nextInt(1, CHANNELS));
            assertSame(model.get(channel), subscriptions.get(channel));
            if (random.nextInt(5) < 2) {
                assertSame(model.remove(channel), subscriptions.remove(channel));
            } else if (!model.containsKey(channel)) {
                Subscriber subscriber =
                        hub.subscribe(new ChannelId("acme", channel), outbox, SubscribeOptions.NONE, null, _ -> {});
                model.put(channel, subscriber);
                subscriptions.add(subscriber);
            }
            assertEquals(model.size(), subscriptions.size());
            var seen = new HashSet<Subscriber>();
            subscriptions.forEach(seen::add);
            assertEquals(new HashSet<>(model.values()), seen);
        }
        subscriptions.forEach(each -> subscriptions.remove(each.channel().name()));
        assertEquals(0, subscriptions.size());
        assertNull(subscriptions.remove("c1"));
    }
}
