package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.SubscribeOptions;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A loop that falls so far behind that its mailbox overflows: each subscriber is told exactly what it will not get. */
final class LoopHubOverrunTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final ChannelId CHANNEL = new ChannelId("acme", "busy");
    private static final ChannelId OTHER = new ChannelId("acme", "other");
    private static final int LOST = 100;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final MemoryBroker broker;
    private final LoopHub hub;

    LoopHubOverrunTest() {
        var hubs = new LoopHub[1];
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                _ -> new HistoryLimits(100_000, 1 << 30, Long.MAX_VALUE),
                _ -> budget,
                (publication, loops) -> hubs[0].deliver(publication),
                InstantSource.system(),
                () -> "e");
        hub = new LoopHub(
                new LoopThread(0, loop.eventLoop(), LoopThread.SLICE_DELIVERIES, loop.eventLoop()::execute),
                broker,
                new Batch(Unpooled.buffer()),
                metrics,
                new LoopRecorder(System::nanoTime));
        hubs[0] = hub;
    }

    private FakeWire subscribe(ChannelId channel, @Nullable Position recover) {
        var wire = new FakeWire();
        hub.subscribe(channel, outbox(wire), SubscribeOptions.NONE, recover, Joining::start);
        return wire;
    }

    private Outbox outbox(FakeWire wire) {
        return new Outbox(
                wire,
                FORMAT,
                new OutboxContext(Unpooled.buffer(), 1 << 20, metrics, InstantSource.system(), System::nanoTime));
    }

    private void publish(ChannelId channel, int count) {
        for (int i = 0; i < count; i++) {
            broker.publish(new Draft(channel, "message", RawJson.of("1"), null, 0, 0), _ -> {});
        }
    }

    /** Everything is either received or told as lost, in order, and nothing is both; returns how much was told. */
    private static long account(FakeWire wire, long first, long last) {
        long next = first;
        long lost = 0;
        for (String text : wire.takeTexts()) {
            if (text.contains("\"type\":\"lost\"")) {
                assertEquals(next, number(text, ".*\"from\":\\{\"epoch\":\"e\",\"offset\":(\\d+).*"), text);
                long to = number(text, ".*\"to\":\\{\"epoch\":\"e\",\"offset\":(\\d+).*");
                assertEquals(to - next + 1, number(text, ".*\"count\":(\\d+).*"), text);
                lost += to - next + 1;
                next = to + 1;
            } else {
                assertEquals(next++, number(text, ".*\"position\":\\{\"epoch\":\"e\",\"offset\":(\\d+).*"), text);
            }
        }
        assertEquals(last, next - 1);
        return lost;
    }

    private static long number(String text, String pattern) {
        return Long.parseLong(text.replaceFirst(pattern, "$1"));
    }

    @Test
    void gap_withinOnePass_isToldWhereItIs() {
        FakeWire wire = subscribe(CHANNEL, null);
        // what nobody wants any more does not count in a pass, so that no pass ends where the gap is
        Subscriber leaver = hub.subscribe(OTHER, outbox(new FakeWire()), SubscribeOptions.NONE, null, Joining::start);
        publish(OTHER, 7);
        hub.unsubscribe(leaver);
        publish(CHANNEL, LoopHub.MAILBOX_CAPACITY - 7 + LOST);
        // behind the first pass, which makes room
        loop.eventLoop().execute(() -> publish(CHANNEL, 5));
        loop.runPendingTasks();
        assertEquals(LOST, metrics.value(Count.DELIVERIES_OVERRUN));
        assertEquals(LOST, account(wire, 1, LoopHub.MAILBOX_CAPACITY - 7 + LOST + 5));
    }

    @Test
    void gap_rightBehindTheFirstSubscriber_isTold() {
        publish(CHANNEL, 3);
        subscribe(OTHER, null);
        publish(OTHER, LoopHub.MAILBOX_CAPACITY);
        FakeWire wire = subscribe(CHANNEL, null);
        publish(CHANNEL, LOST);
        loop.runPendingTasks();
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        assertEquals(LOST, account(wire, 4, 3 + LOST + 1));
    }

    @Test
    void subscriberThatReadTheGapFromTheLog_isNotToldThatItLostIt() {
        FakeWire early = subscribe(CHANNEL, null);
        subscribe(OTHER, null);
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        publish(OTHER, LoopHub.MAILBOX_CAPACITY);
        publish(CHANNEL, LOST);
        FakeWire late = subscribe(CHANNEL, new Position("e", 1));
        loop.runPendingTasks();
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        assertEquals(LOST, account(early, 1, 1 + LOST + 1));
        assertEquals(0, account(late, 2, 1 + LOST + 1));
    }
}
