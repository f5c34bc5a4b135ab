package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.FakeWire;
import dev.heliograph.egress.Outbox;
import dev.heliograph.egress.OutboxContext;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Count;
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
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A publication reaches the loops that have a subscriber to its channel, once per batch, and no other. */
final class BroadcasterTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final ChannelId CHANNEL = new ChannelId("acme", "orders");
    private static final ChannelId OTHER = new ChannelId("acme", "other");
    private static final int LOOPS = 4;

    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final List<EmbeddedChannel> loops =
            IntStream.range(0, LOOPS).mapToObj(_ -> new EmbeddedChannel()).toList();
    private final LoopHub[] hubs = new LoopHub[LOOPS];
    private final MemoryBroker broker;
    private boolean clockFails;

    BroadcasterTest() {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                _ -> new HistoryLimits(10, 1 << 20, Long.MAX_VALUE),
                _ -> budget,
                new Broadcaster(hubs, System::nanoTime, metrics.usage()),
                InstantSource.system(),
                () -> "e");
        for (int i = 0; i < LOOPS; i++) {
            var loop = loops.get(i).eventLoop();
            var thread = new LoopThread(i, loop, LoopThread.SLICE_DELIVERIES, loop::execute);
            hubs[i] = new LoopHub(thread, broker, new Batch(Unpooled.buffer()), metrics, new LoopRecorder(this::now));
        }
    }

    private long now() {
        if (clockFails) {
            throw new IllegalStateException("no time");
        }
        return System.nanoTime();
    }

    private Subscriber subscribe(int loop, ChannelId channel, FakeWire wire) {
        var context = new OutboxContext(Unpooled.buffer(), 1 << 20, metrics, InstantSource.system(), System::nanoTime);
        return hubs[loop].subscribe(
                channel, new Outbox(wire, FORMAT, context), SubscribeOptions.NONE, null, Joining::start);
    }

    private void publish(ChannelId channel) {
        broker.publish(new Draft(channel, "message", RawJson.of("1"), null, 0, 0), _ -> {});
    }

    private List<Integer> loopsWithWork() {
        return IntStream.range(0, LOOPS)
                .filter(i -> loops.get(i).hasPendingTasks())
                .boxed()
                .toList();
    }

    private void runAll() {
        loops.forEach(EmbeddedChannel::runPendingTasks);
    }

    @Test
    void publication_touchesOnlyTheLoopsThatHaveASubscriber() {
        var wires = List.of(new FakeWire(), new FakeWire(), new FakeWire());
        Subscriber first = subscribe(1, CHANNEL, wires.get(0));
        Subscriber second = subscribe(1, CHANNEL, wires.get(1));
        Subscriber third = subscribe(3, CHANNEL, wires.get(2));
        subscribe(0, OTHER, new FakeWire());

        publish(CHANNEL);
        assertEquals(List.of(1, 3), loopsWithWork());
        runAll();
        wires.forEach(wire -> assertEquals(1, wire.takeTexts().size()));

        hubs[1].unsubscribe(first);
        publish(CHANNEL);
        assertEquals(List.of(1, 3), loopsWithWork());
        runAll();

        hubs[1].unsubscribe(second);
        publish(CHANNEL);
        assertEquals(List.of(3), loopsWithWork());
        runAll();

        hubs[3].unsubscribe(third);
        publish(CHANNEL);
        assertEquals(List.of(), loopsWithWork());
        assertEquals(
                List.of(0, 1, 2),
                wires.stream().map(wire -> wire.takeTexts().size()).toList());
    }

    @Test
    void publicationsOfOneBatch_wakeALoopOnce() {
        var wire = new FakeWire();
        subscribe(2, CHANNEL, wire);
        for (int i = 0; i < 16; i++) {
            publish(CHANNEL);
        }
        assertEquals(1, metrics.value(Count.LOOP_WAKES));
        runAll();
        assertEquals(16, wire.takeTexts().size());
        assertEquals(1, wire.sends());
    }

    @Test
    void passThatFails_isNotTheLast_andItsGapIsToldAtOnce() {
        var wire = new FakeWire();
        subscribe(2, CHANNEL, wire);
        publish(CHANNEL);
        runAll();
        assertEquals(1, wire.takeTexts().size());

        clockFails = true;
        publish(CHANNEL);
        runAll();
        clockFails = false;
        List<String> told = wire.takeTexts();
        assertEquals(1, told.size());
        assertTrue(told.getFirst().contains("\"type\":\"lost\""), told.getFirst());

        publish(CHANNEL);
        runAll();
        List<String> texts = wire.takeTexts();
        assertEquals(1, texts.size());
        assertTrue(texts.getFirst().contains("\"offset\":3"), texts.getFirst());
    }
}
