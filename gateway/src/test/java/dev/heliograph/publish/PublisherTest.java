package dev.heliograph.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.auth.Grants;
import dev.heliograph.auth.Principal;
import dev.heliograph.broker.Broker;
import dev.heliograph.broker.ForwardingBroker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.limit.Rate;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.RawJson;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** What goes to several channels at once is on all of them or on none, with an id as without, on frozen time. */
final class PublisherTest {
    private static final ChannelId TYPE = new ChannelId("acme", "entity:Task");
    private static final ChannelId RECORD = new ChannelId("acme", "entity:Task:42");
    private static final Principal SERVER = new Principal("acme", "server", null, null, Grants.NONE, Long.MAX_VALUE);
    private static final int TYPE_BURST = 1_000;
    private static final int RECORD_BURST = 2;

    private final AtomicLong nowNanos = new AtomicLong();
    private final WorkspaceBudget budget = new WorkspaceBudget(Long.MAX_VALUE, 3);
    private final Broker memory = new MemoryBroker(
            _ -> new HistoryLimits(1_000, 1 << 20, Long.MAX_VALUE),
            _ -> budget,
            (_, _) -> {},
            InstantSource.system(),
            () -> "e");
    /** What a broker that writes to a disk has not written yet. */
    private final Deque<Runnable> unwritten = new ArrayDeque<>();

    private final Publisher publisher = publisher(memory);

    private Publisher publisher(Broker broker) {
        var rates = new ChannelRates(
                id -> new Rate(1, id.equals(RECORD) ? RECORD_BURST : TYPE_BURST),
                new Metrics(new SimpleMeterRegistry()),
                nowNanos::get);
        return new Publisher(new RatedBroker(broker, rates));
    }

    /** Acknowledges later, one publication after the other. */
    private final class SlowBroker extends ForwardingBroker {
        SlowBroker() {
            super(memory);
        }

        @Override
        public void publish(Draft draft, Receipt receipt) {
            unwritten.add(() -> memory.publish(draft, receipt));
        }
    }

    private static List<Draft> change() {
        return List.of(draft(TYPE), draft(RECORD));
    }

    private static Draft draft(ChannelId channel) {
        return new Draft(channel, "entity:updated", RawJson.of("{}"), "42", 0, 0);
    }

    private static CompletableFuture<Map<String, Position>> tell(Publisher publisher, List<Draft> drafts, String id) {
        var answer = new CompletableFuture<Map<String, Position>>();
        publisher.publish(SERVER, drafts, id, answer::complete, answer::completeExceptionally);
        return answer;
    }

    private long top(ChannelId channel) {
        var top = new long[1];
        memory.history(channel, null, 0, page -> top[0] = page.top().offset());
        return top[0];
    }

    private static void assertRefused(ErrorCode code, Runnable publish) {
        assertEquals(code, assertThrows(ProtocolException.class, publish::run).code());
    }

    @Test
    void change_withAnId_whereOneChannelIsOverItsRate_isOnNeither_andCostsNothing() {
        tell(publisher, change(), "first").join();
        tell(publisher, change(), "second").join();
        for (int i = 0; i < 2 * TYPE_BURST; i++) {
            assertRefused(ErrorCode.RATE_LIMITED, () -> tell(publisher, change(), "third"));
        }
        assertEquals(2, top(TYPE), "nobody was told on the one channel");
        assertEquals(2, top(RECORD));
        nowNanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertEquals(
                Map.of(TYPE.name(), new Position("e", 3), RECORD.name(), new Position("e", 3)),
                tell(publisher, change(), "third").join());
    }

    @Test
    void repetition_costsNothing_alsoOverTheRate() {
        Map<String, Position> first = tell(publisher, change(), "first").join();
        tell(publisher, change(), "second").join();
        for (int i = 0; i < 2 * TYPE_BURST; i++) {
            assertEquals(first, tell(publisher, change(), "first").join());
        }
        assertEquals(2, top(TYPE));
    }

    @Test
    void change_thatIsOnOneChannelAlready_needsRoomOnTheOtherAlone() {
        publisher.restore(new PublishKey(RECORD, "server", "first").toBytes(), new Position("before", 7), 0);
        for (int i = 0; i < RECORD_BURST; i++) {
            tell(publisher, change(), "other" + i).join();
        }
        assertEquals(
                Map.of(TYPE.name(), new Position("e", RECORD_BURST + 1), RECORD.name(), new Position("before", 7)),
                tell(publisher, change(), "first").join());
    }

    @Test
    void sameChange_whileTheFirstIsOnItsWay_waitsForIt_andCostsNothing() {
        Publisher late = publisher(new SlowBroker());
        var answers = new ArrayList<CompletableFuture<Map<String, Position>>>();
        for (int i = 0; i < 2 * RECORD_BURST; i++) {
            answers.add(tell(late, change(), "first"));
        }
        assertEquals(2, unwritten.size());
        unwritten.removeFirst().run();
        assertFalse(answers.getFirst().isDone(), "answered before both are there");
        unwritten.removeFirst().run();
        answers.forEach(answer -> assertEquals(answers.getFirst().join(), answer.join()));
        for (int i = 1; i < RECORD_BURST; i++) {
            tell(late, change(), "other" + i);
        }
        assertRefused(ErrorCode.RATE_LIMITED, () -> tell(late, change(), "one more"));
    }

    @Test
    void channelWithoutRoomAndSubscribers_isLeftOut() {
        memory.joined(RECORD, 0, true);
        memory.joined(new ChannelId("acme", "a"), 0, true);
        memory.joined(new ChannelId("acme", "b"), 0, true);
        assertEquals(
                Map.of(RECORD.name(), new Position("e", 1)),
                tell(publisher, change(), "first").join());
    }

    @Test
    void change_ofWhichTheFirstPartIsRefused_leavesNoClaimOnTheRest() {
        var refusing = new ForwardingBroker(memory) {
            private boolean refuses = true;

            @Override
            public void publish(Draft draft, Receipt receipt) {
                if (refuses) {
                    throw new ProtocolException(ErrorCode.TOO_LARGE, "not now");
                }
                super.publish(draft, receipt);
            }
        };
        Publisher moody = publisher(refusing);
        assertRefused(ErrorCode.TOO_LARGE, () -> tell(moody, change(), "first"));
        refusing.refuses = false;
        assertEquals(
                Map.of(TYPE.name(), new Position("e", 1), RECORD.name(), new Position("e", 1)),
                tell(moody, change(), "first").join());
    }

    /** The record takes but a few changes: each is on both channels, whoever tells of it at the same time, or on neither. */
    @Test
    void manyAtOnce_withTheSameIds_areOnBothChannelsOrNone() throws Exception {
        int threads = 4;
        int changes = 200;
        var start = new CyclicBarrier(threads);
        try (var pool = Executors.newFixedThreadPool(threads)) {
            var running = new ArrayList<Future<Integer>>();
            for (int i = 0; i < threads; i++) {
                running.add(pool.submit(() -> {
                    int told = 0;
                    for (int change = 0; change < changes; change++) {
                        start.await();
                        told += isTold(change) ? 1 : 0;
                    }
                    return told;
                }));
            }
            for (Future<Integer> each : running) {
                assertTrue(each.get() >= RECORD_BURST, "a repetition was refused");
            }
        }
        assertEquals(RECORD_BURST, top(RECORD));
        assertEquals(RECORD_BURST, top(TYPE), "a change is on one channel alone");
    }

    private boolean isTold(int change) {
        try {
            Map<String, Position> positions =
                    tell(publisher, change(), "change " + change).join();
            assertEquals(positions.get(TYPE.name()), positions.get(RECORD.name()));
            return true;
        } catch (ProtocolException refused) {
            assertEquals(ErrorCode.RATE_LIMITED, refused.code());
            return false;
        } catch (CompletionException refusedLater) {
            return false;
        }
    }
}
