package dev.heliograph.broker.memory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.RawJson;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The life and death of channels in the memory broker, with a clock that stands until it is moved. */
final class MemoryBrokerTest {
    private static final long KEPT_MS = 60_000;
    private static final ChannelId CHANNEL = new ChannelId("acme", "c");

    private final AtomicLong nowMs = new AtomicLong(1_800_000_000_000L);
    private final AtomicInteger epochs = new AtomicInteger();
    private final WorkspaceBudget budget = new WorkspaceBudget(Long.MAX_VALUE, 3);
    private final MemoryBroker broker = new MemoryBroker(
            _ -> new HistoryLimits(100, 1 << 20, KEPT_MS),
            _ -> budget,
            (publication, loops) -> {},
            () -> Instant.ofEpochMilli(nowMs.get()),
            () -> "e" + epochs.incrementAndGet());

    private Position publish() {
        var position = new AtomicReference<@Nullable Position>();
        broker.publish(
                new Draft(CHANNEL, "message", RawJson.of("1"), null, 0, 0),
                publication -> position.set(publication.position()));
        return Objects.requireNonNull(position.get());
    }

    private HistoryPage after(Position position) {
        var page = new AtomicReference<@Nullable HistoryPage>();
        broker.history(CHANNEL, position, 10, page::set);
        return Objects.requireNonNull(page.get());
    }

    @Test
    void whatIsTooOld_isForgotten_butNotThePosition() {
        Position first = publish();
        nowMs.addAndGet(KEPT_MS + 1);
        broker.sweep();
        assertEquals(1, broker.channels());
        assertTrue(after(first).complete(), "nothing was missed");
        assertFalse(after(new Position(first.epoch(), 0)).complete());
        assertEquals(new Position(first.epoch(), 2), publish());
    }

    @Test
    void channelThatIsEmptyUnwatchedAndUnused_isRetired_andComesBackUnderANewEpoch() {
        Position first = publish();
        nowMs.addAndGet(MemoryBroker.IDLE_MS + 1);
        broker.sweep();
        assertEquals(0, broker.channels());
        Position second = publish();
        assertEquals(1, second.offset());
        assertNotEquals(first.epoch(), second.epoch());
        assertFalse(after(first).complete());
    }

    @Test
    void watchedChannel_isNotRetired() {
        Position first = publish();
        broker.joined(CHANNEL, 1, true);
        nowMs.addAndGet(2 * MemoryBroker.IDLE_MS);
        broker.sweep();
        assertEquals(1, broker.channels());
        assertEquals(1, broker.occupiedChannels());
        broker.left(CHANNEL, 1, true);
        nowMs.addAndGet(MemoryBroker.IDLE_MS);
        broker.sweep();
        assertEquals(first.epoch(), publish().epoch(), "it was used when its last watcher left");
    }

    @Test
    void channelThatIsOnlyRead_isNotMade() {
        assertFalse(after(new Position("e1", 3)).complete());
        assertEquals(0, broker.channels());
    }

    @Test
    void workspaceWithAllItsChannelsInUse_isRefusedAnother_andGivesUpTheUnused() {
        for (String name : List.of("a", "b", "d")) {
            broker.joined(new ChannelId("acme", name), 0, true);
        }
        var refused = assertThrows(ProtocolException.class, this::publish);
        assertEquals(ErrorCode.UNAVAILABLE, refused.code());
        broker.left(new ChannelId("acme", "b"), 0, true);
        assertEquals(1, publish().offset());
        assertEquals(3, broker.channels());
    }

    @Test
    void channelsRetiredWhileInUse_loseNothingThatWasAnswered() throws Exception {
        var ended = new AtomicBoolean();
        Set<Position> all = new HashSet<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            Future<?> sweeping = threads.submit(() -> {
                while (!ended.get()) {
                    nowMs.addAndGet(MemoryBroker.IDLE_MS * 2);
                    broker.sweep();
                }
            });
            Callable<List<Position>> publisher = () -> {
                var positions = new ArrayList<Position>();
                for (int i = 0; i < 5_000; i++) {
                    positions.add(publish());
                }
                return positions;
            };
            int published = 0;
            for (Future<List<Position>> one : threads.invokeAll(List.of(publisher, publisher, publisher))) {
                published += one.get().size();
                all.addAll(one.get());
            }
            ended.set(true);
            sweeping.get();
            assertEquals(published, all.size(), "two publications with one position");
        }
        long begun = all.stream().filter(position -> position.offset() == 1).count();
        assertEquals(
                all.stream().map(Position::epoch).distinct().count(), begun, "an epoch that does not begin with 1");
    }
}
