package dev.heliograph.broadcast;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.SubscribeOptions;
import dev.heliograph.protocol.pusher.PusherCode;
import dev.heliograph.protocol.pusher.PusherCodec;
import dev.heliograph.protocol.pusher.PusherLimits;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A loop that falls so far behind that its mailbox overflows: each subscriber is told exactly what it will not get. */
final class LoopHubOverrunTest {
    private static final WireFormat FORMAT = new WireFormat(0, new NativeCodec(), Frames::text);
    private static final ChannelId CHANNEL = new ChannelId("acme", "busy");
    private static final ChannelId OTHER = new ChannelId("acme", "other");
    private static final int LOST = 100;

    private static final ChannelId UNKEPT = new ChannelId("acme", "unkept");
    private static final ChannelId ROSTER = new ChannelId("acme", "#members presence-room");
    private static final WireFormat PUSHER = new WireFormat(
            1,
            new PusherCodec(PusherLimits.HOSTED),
            Frames::text,
            Frames.close(PusherCode.OVER_CAPACITY.code(), PusherCode.OVER_CAPACITY.reason()));
    /** More passes than it takes to empty a mailbox. */
    private static final int TURNS = 200;

    private final EmbeddedChannel loop = new EmbeddedChannel();
    private final AtomicInteger clockFaults = new AtomicInteger();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final MemoryBroker broker;
    private final LoopHub hub;

    LoopHubOverrunTest() {
        var hubs = new LoopHub[1];
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        broker = new MemoryBroker(
                id -> new HistoryLimits(id.equals(UNKEPT) || id.isReserved() ? 0 : 100_000, 1 << 30, Long.MAX_VALUE),
                _ -> budget,
                (publication, loops) -> hubs[0].deliver(publication),
                InstantSource.system(),
                () -> "e");
        hub = new LoopHub(
                new LoopThread(0, loop.eventLoop(), LoopThread.SLICE_DELIVERIES, loop.eventLoop()::execute),
                broker,
                new Batch(Unpooled.buffer()),
                metrics,
                new LoopRecorder(this::nanos));
        hubs[0] = hub;
    }

    private long nanos() {
        if (clockFaults.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("no time");
        }
        return System.nanoTime();
    }

    private FakeWire subscribe(ChannelId channel, @Nullable Position recover) {
        return subscribe(channel, FORMAT, recover);
    }

    private FakeWire subscribe(ChannelId channel, WireFormat format, @Nullable Position recover) {
        var wire = new FakeWire();
        hub.subscribe(channel, outbox(wire, format), SubscribeOptions.NONE, recover, Joining::start);
        return wire;
    }

    private Outbox outbox(FakeWire wire) {
        return outbox(wire, FORMAT);
    }

    private Outbox outbox(FakeWire wire, WireFormat format) {
        return new Outbox(
                wire,
                format,
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
        assertEquals(LOST - Overrun.READ_MAX, account(wire, 4, 3 + LOST + 1));
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
        assertEquals(LOST - Overrun.READ_MAX, account(early, 1, 1 + LOST + 1));
        assertEquals(0, account(late, 2, 1 + LOST + 1));
    }

    /** Fills the mailbox with what another channel's subscriber is sent. */
    private void fillMailbox() {
        publish(OTHER, LoopHub.MAILBOX_CAPACITY);
    }

    @Test
    void whatOverflowsLast_onAChannelThatFallsQuiet_comesFromItsLog() {
        subscribe(OTHER, null);
        FakeWire quiet = subscribe(CHANNEL, null);
        FakeWire quietPusher = subscribe(CHANNEL, PUSHER, null);
        publish(CHANNEL, 1);
        fillMailbox();
        publish(CHANNEL, 2);
        loop.runPendingTasks();
        assertEquals(3, metrics.value(Count.DELIVERIES_OVERRUN));
        assertEquals(0, account(quiet, 1, 3));
        assertEquals(3, quietPusher.takeTexts().size());
        assertFalse(loop.hasPendingTasks(), "a loop that has brought everything rests");
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        assertEquals(0, account(quiet, 4, 4));
    }

    @Test
    void whatOverflowsLast_ofWhichNothingIsKept_isToldAtOnce() {
        subscribe(OTHER, null);
        FakeWire quiet = subscribe(UNKEPT, null);
        publish(UNKEPT, 1);
        fillMailbox();
        publish(UNKEPT, LOST);
        loop.runPendingTasks();
        assertEquals(LOST, account(quiet, 1, 1 + LOST));
        publish(UNKEPT, 1);
        loop.runPendingTasks();
        assertEquals(0, account(quiet, 2 + LOST, 2 + LOST));
    }

    @Test
    void whatOverflowsLast_andIsMuch_isToldButForTheNewest() {
        subscribe(OTHER, null);
        FakeWire quiet = subscribe(CHANNEL, null);
        fillMailbox();
        publish(CHANNEL, Overrun.READ_MAX + LOST);
        loop.runPendingTasks();
        assertEquals(LOST, account(quiet, 1, Overrun.READ_MAX + LOST));
    }

    @Test
    void rosterThatFallsQuiet_disconnectsThoseWhoCannotBeTold() {
        subscribe(OTHER, null);
        FakeWire member = subscribe(ROSTER, PUSHER, null);
        FakeWire told = subscribe(ROSTER, null);
        fillMailbox();
        publish(ROSTER, 2);
        loop.runPendingTasks();
        assertTrue(member.isClosed(), "a member who has left would stay in its roster");
        assertEquals(2, account(told, 1, 2));
    }

    @Test
    void loopThatStaysBehind_looksAfterQuietChannelsToo() {
        subscribe(OTHER, null);
        FakeWire quiet = subscribe(CHANNEL, null);
        fillMailbox();
        publish(CHANNEL, 1);
        var turns = new AtomicInteger();
        loop.eventLoop().execute(new Runnable() {
            @Override
            public void run() {
                publish(OTHER, LoopHub.PASS_PUBLICATIONS); // as much as the pass before has taken
                if (quiet.texts().isEmpty() && turns.incrementAndGet() < TURNS) {
                    loop.eventLoop().execute(this);
                }
            }
        });
        loop.runPendingTasks();
        assertTrue(turns.get() < TURNS, "quiet channels wait until the loop has nothing to do");
        assertEquals(0, account(quiet, 1, 1));
    }

    @Test
    void channelWhoseLastSubscriberLeft_isForgotten() {
        subscribe(OTHER, null);
        Subscriber leaver = hub.subscribe(CHANNEL, outbox(new FakeWire()), SubscribeOptions.NONE, null, Joining::start);
        fillMailbox();
        publish(CHANNEL, 3);
        hub.unsubscribe(leaver);
        FakeWire back = subscribe(CHANNEL, null);
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        assertEquals(0, account(back, 4, 4));
    }

    @Test
    void subscriberThatIsOnTheWay_readsWhatOverflowed_fromTheLog() {
        subscribe(OTHER, null);
        var wire = new FakeWire();
        var joining = new ArrayList<Joining>();
        hub.subscribe(CHANNEL, outbox(wire), SubscribeOptions.NONE, null, joining::add);
        fillMailbox();
        publish(CHANNEL, 3);
        loop.runPendingTasks();
        joining.getFirst().start();
        loop.runPendingTasks();
        assertEquals(0, account(wire, 1, 3));
    }

    @Test
    void passThatFails_isToldOfAtOnce() {
        FakeWire wire = subscribe(CHANNEL, null);
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        publish(CHANNEL, 2);
        clockFaults.set(1);
        loop.runPendingTasks();
        assertEquals(2, account(wire, 1, 3));
        publish(CHANNEL, 1);
        loop.runPendingTasks();
        assertEquals(0, account(wire, 4, 4));
    }

    @Test
    void batchThatFails_isToldOfAtOnce() {
        var faulty = new WireFormat(2, new NativeCodec(), frame -> {
            if (new String(frame, StandardCharsets.UTF_8).matches(".*\"type\":\"event\".*\"offset\":2}.*")) {
                throw new IllegalStateException("cannot be encoded");
            }
            return Frames.text(frame);
        });
        FakeWire wire = subscribe(CHANNEL, faulty, null);
        for (int i = 0; i < 2; i++) {
            publish(CHANNEL, 1);
            loop.runPendingTasks();
        }
        List<String> texts = wire.texts();
        assertEquals(2, texts.size(), texts::toString);
        assertEquals(1, account(wire, 1, 2));
    }

    @Test
    void burstsOfAnySize_areBroughtOrTold_whoeverIsQuietAfterwards() {
        long seed = System.nanoTime();
        var random = new SplittableRandom(seed);
        List<ChannelId> channels = List.of(CHANNEL, OTHER, UNKEPT);
        List<FakeWire> wires = channels.stream().map(id -> subscribe(id, null)).toList();
        var published = new long[channels.size()];
        var accounted = new long[channels.size()];
        for (int round = 0; round < 40; round++) {
            for (int burst = random.nextInt(6); burst >= 0; burst--) {
                int which = random.nextInt(channels.size());
                int count = 1 + random.nextInt(random.nextInt(4) == 0 ? LoopHub.MAILBOX_CAPACITY : 50);
                published[which] += count;
                Runnable publishing = () -> publish(channels.get(which), count);
                if (random.nextBoolean()) {
                    publishing.run();
                } else {
                    loop.eventLoop().execute(publishing); // between two passes
                }
            }
            loop.runPendingTasks();
            for (int i = 0; i < wires.size(); i++) {
                account(wires.get(i), accounted[i] + 1, published[i]);
                accounted[i] = published[i];
            }
        }
        assertTrue(metrics.value(Count.DELIVERIES_OVERRUN) > 0, "seed " + seed);
    }
}
