package dev.heliograph.broker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.disk.DiskBroker;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every {@link Broker} keeps to, whether it answers on the caller's thread or later on another. A new kind is a new row of {@link #kinds}. */
final class BrokerContractTest {
    private static final int KEPT = 100;
    private static final List<Store> stores = new ArrayList<>();

    @TempDir
    private static Path folder;

    private static final ChannelId CHANNEL = new ChannelId("acme", "orders");

    /** A way to make a broker that keeps {@value #KEPT} publications of each channel but those whose name begins with {@code none-}. */
    @FunctionalInterface
    interface Kind {
        Broker make(BrokerListener listener);
    }

    static Stream<Kind> kinds() {
        return Stream.of(BrokerContractTest::memory, BrokerContractTest::disk);
    }

    @AfterEach
    void closeStores() {
        stores.forEach(Store::close);
        stores.clear();
    }

    private static Broker disk(BrokerListener listener) {
        try {
            Store store = Store.open(Files.createTempDirectory(folder, "broker"));
            stores.add(store);
            var metrics = new Metrics(new SimpleMeterRegistry());
            var keeping = new DiskBroker.Keeping(id -> !id.name().startsWith("none-"), 60_000, 1_000, 60_000, 1_000);
            return DiskBroker.open(store, memory(listener), keeping, metrics, InstantSource.system());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static MemoryBroker memory(BrokerListener listener) {
        var epochs = new AtomicInteger();
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 1_000);
        return new MemoryBroker(
                id -> id.name().startsWith("none-")
                        ? new HistoryLimits(0, 0, 0)
                        : new HistoryLimits(KEPT, 1 << 20, 3_600_000),
                _ -> budget,
                listener,
                InstantSource.system(),
                () -> "e" + epochs.incrementAndGet());
    }

    private static Draft draft(ChannelId channel, long subject) {
        return new Draft(channel, "message", RawJson.of("{}"), null, subject, 0);
    }

    private static Publication publish(Broker broker, ChannelId channel) {
        return publish(broker, channel, 0);
    }

    private static Publication publish(Broker broker, ChannelId channel, long subject) {
        var done = new CompletableFuture<Publication>();
        broker.publish(draft(channel, subject), done::complete);
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static HistoryPage history(Broker broker, ChannelId channel, @Nullable Position after, int limit) {
        var done = new CompletableFuture<HistoryPage>();
        broker.history(channel, after, limit, done::complete);
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static List<Long> offsets(HistoryPage page) {
        return page.publications().stream().map(Publication::offset).toList();
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void publications_getOffsetsWithoutGap_underOneEpoch_eachChannelItsOwn(Kind kind) {
        Broker broker = kind.make((publication, loops) -> {});
        Position first = publish(broker, CHANNEL).position();
        assertEquals(1, first.offset());
        assertEquals(new Position(first.epoch(), 2), publish(broker, CHANNEL).position());
        ChannelId sameNameElsewhere = new ChannelId("other", "orders");
        Position elsewhere = publish(broker, sameNameElsewhere).position();
        assertEquals(1, elsewhere.offset());
        assertNotEquals(first.epoch(), elsewhere.epoch());
        assertEquals(List.of(1L, 2L), offsets(history(broker, CHANNEL, null, 10)));
        assertEquals(List.of(1L), offsets(history(broker, sameNameElsewhere, null, 10)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void history_answersWhatWasMissed_orThatItCannot(Kind kind) {
        Broker broker = kind.make((publication, loops) -> {});
        String epoch = "";
        for (int i = 0; i < KEPT + 50; i++) {
            epoch = publish(broker, CHANNEL).position().epoch();
        }
        HistoryPage newest = history(broker, CHANNEL, null, 2);
        assertEquals(List.of(KEPT + 49L, KEPT + 50L), offsets(newest));
        assertEquals(new Position(epoch, KEPT + 50), newest.top());
        HistoryPage page = history(broker, CHANNEL, new Position(epoch, 60), 3);
        assertEquals(List.of(61L, 62L, 63L), offsets(page));
        assertTrue(page.complete() && page.more());
        assertTrue(history(broker, CHANNEL, new Position(epoch, 50), 1).complete());
        assertFalse(history(broker, CHANNEL, new Position(epoch, 49), 1).complete());
        assertFalse(history(broker, CHANNEL, new Position("another", 60), 1).complete());
        assertFalse(history(broker, CHANNEL, new Position(epoch, KEPT + 51), 1).complete());
        HistoryPage nothing = history(broker, CHANNEL, new Position(epoch, KEPT + 50), 10);
        assertTrue(nothing.complete() && nothing.publications().isEmpty() && !nothing.more());
        assertEquals(List.of(), history(broker, CHANNEL, null, 0).publications());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void listener_isHandedExactlyWhatLoopsWatch_fromTheirFirstSubscriberToTheirLast(Kind kind) {
        var heard = new ArrayList<String>();
        Broker broker = kind.make((publication, loops) -> heard.add(publication.offset() + ":" + loops));
        publish(broker, CHANNEL);
        broker.joined(CHANNEL, 3, true);
        publish(broker, CHANNEL);
        broker.joined(CHANNEL, 0, true);
        publish(broker, CHANNEL);
        broker.left(CHANNEL, 3, true);
        publish(broker, CHANNEL);
        broker.left(CHANNEL, 0, true);
        broker.left(new ChannelId("acme", "unknown"), 0, true);
        publish(broker, CHANNEL);
        assertEquals(List.of("1:0", "2:8", "3:9", "4:1", "5:0"), heard);
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void wanted_isWhatIsWatchedOrKept(Kind kind) {
        Broker broker = kind.make((publication, loops) -> {});
        ChannelId none = new ChannelId("acme", "none-kept");
        assertTrue(broker.wanted(CHANNEL));
        assertFalse(broker.wanted(none));
        broker.joined(none, 5, true);
        assertTrue(broker.wanted(none));
        assertFalse(broker.wanted(new ChannelId("other", "none-kept")));
        broker.left(none, 5, true);
        assertFalse(broker.wanted(none));
        publish(broker, none);
        assertFalse(broker.wanted(none));
        assertEquals(List.of(), offsets(history(broker, none, null, 10)));
        assertEquals(1, history(broker, none, null, 10).top().offset());
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void purge_removesAPersonFromOneWorkspace_andLeavesNoGap(Kind kind) {
        Broker broker = kind.make((publication, loops) -> {});
        ChannelId elsewhere = new ChannelId("other", "orders");
        Position first = publish(broker, CHANNEL, 7).position();
        publish(broker, CHANNEL, 8);
        publish(broker, CHANNEL, 7);
        publish(broker, new ChannelId("acme", "second"), 7);
        publish(broker, elsewhere, 7);
        assertEquals(3, broker.purge("acme", 7).join());
        assertEquals(0, broker.purge("acme", 7).join());
        HistoryPage left = history(broker, CHANNEL, new Position(first.epoch(), 0), 10);
        assertEquals(List.of(2L), offsets(left));
        assertTrue(left.complete());
        assertEquals(3, left.top().offset());
        assertEquals(List.of(1L), offsets(history(broker, elsewhere, null, 10)));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void manyPublishers_whileLoopsComeAndGo_areHeardInOrder_withoutRepeat(Kind kind) throws Exception {
        int publishers = 4;
        int each = kind.make((_, _) -> {}) instanceof MemoryBroker ? 5_000 : 500; // one waits for the disk each time
        int loops = 8;
        var last = new AtomicLong[loops];
        var faults = new AtomicInteger();
        var heard = new AtomicLong();
        for (int i = 0; i < loops; i++) {
            last[i] = new AtomicLong();
        }
        Broker broker = kind.make((publication, watching) -> {
            for (int i = 0; i < loops; i++) {
                if ((watching & 1L << i) != 0 && last[i].getAndSet(publication.offset()) >= publication.offset()) {
                    faults.incrementAndGet();
                }
            }
            heard.incrementAndGet();
        });
        broker.joined(CHANNEL, 0, true);
        var ended = new AtomicBoolean();
        var taken = new AtomicLong[publishers * each + 1];
        for (int i = 0; i < taken.length; i++) {
            taken[i] = new AtomicLong();
        }
        try (ExecutorService threads = Executors.newFixedThreadPool(publishers + loops - 1)) {
            var coming = new ArrayList<Future<?>>();
            for (int i = 1; i < loops; i++) {
                int loop = i;
                coming.add(threads.submit(() -> comeAndGo(broker, loop, ended)));
            }
            var publishing = new ArrayList<Future<?>>();
            for (int i = 0; i < publishers; i++) {
                publishing.add(threads.submit(() -> {
                    for (int n = 0; n < each; n++) {
                        taken[(int) publish(broker, CHANNEL).offset()].incrementAndGet();
                    }
                }));
            }
            for (Future<?> one : publishing) {
                one.get();
            }
            ended.set(true);
            for (Future<?> one : coming) {
                one.get();
            }
        }
        assertEquals(0, faults.get(), "heard out of order or twice");
        assertEquals((long) publishers * each, heard.get(), "loop 0 watched all the time");
        for (int offset = 1; offset < taken.length; offset++) {
            assertEquals(1, taken[offset].get(), "offset " + offset);
        }
    }

    /** A loop that subscribes and unsubscribes: from its subscription on, nothing that it has not read is kept from it. */
    private static void comeAndGo(Broker broker, int loop, AtomicBoolean ended) {
        var random = new SplittableRandom(loop);
        while (!ended.get()) {
            broker.joined(CHANNEL, loop, true);
            HistoryPage page = history(broker, CHANNEL, null, random.nextInt(4));
            List<Long> offsets = offsets(page);
            for (int i = 1; i < offsets.size(); i++) {
                assertEquals(offsets.get(i - 1) + 1, offsets.get(i));
            }
            broker.left(CHANNEL, loop, true);
        }
    }
}
