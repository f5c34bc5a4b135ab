package dev.heliograph.broker.disk;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.BrokerListener;
import dev.heliograph.broker.Memo;
import dev.heliograph.broker.Receipt;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.HistoryRefusal;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.OwnType;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.RawJson;
import dev.heliograph.protocol.message.Sender;
import dev.heliograph.store.Store;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The memory broker's durable twin: what it has after it was opened again, against what it had before. */
@SuppressWarnings("NullAway.Init") // set up before each test
final class DiskBrokerTest {
    private static final int KEPT = 50;
    private static final long AGE_MS = 60_000;
    private static final long LAST_MS = 1_800_000;
    private static final ChannelId CHANNEL = new ChannelId("acme", "orders");

    @TempDir
    private Path folder;

    private final AtomicInteger epochs = new AtomicInteger();
    private final Metrics metrics = new Metrics(new SimpleMeterRegistry());
    private final List<String> heard = new ArrayList<>();
    private volatile Instant now = Instant.ofEpochMilli(1_770_000_000_000L);
    private Store store;
    private DiskBroker broker;

    @BeforeEach
    void open() throws IOException {
        store = Store.open(folder);
        broker = DiskBroker.open(
                store,
                memory((publication, _) -> heard.add(publication.toString())),
                new DiskBroker.Keeping(
                        id -> limits(id).countMax() > 0 || limits(id).lastMs() > 0, AGE_MS, 100, AGE_MS, 10),
                metrics,
                clock());
    }

    @AfterEach
    void close() {
        broker.close();
        store.close();
    }

    private void reopen() throws IOException {
        close();
        open();
    }

    private InstantSource clock() {
        return () -> now;
    }

    private MemoryBroker memory(BrokerListener listener) {
        var budget = new WorkspaceBudget(Long.MAX_VALUE, 100);
        return new MemoryBroker(
                DiskBrokerTest::limits, _ -> budget, listener, clock(), () -> "e" + epochs.incrementAndGet());
    }

    private static HistoryLimits limits(ChannelId id) {
        if (id.name().startsWith("none-")) {
            return new HistoryLimits(0, 0, 0);
        }
        return new HistoryLimits(KEPT, 1 << 20, AGE_MS, id.name().startsWith("cache-") ? LAST_MS : 0);
    }

    private static Draft draft(ChannelId channel, long subject, String data) {
        return new Draft(channel, "message", RawJson.of(data), null, subject, 0);
    }

    private static Publication publish(Broker broker, Draft draft) {
        var done = new CompletableFuture<Publication>();
        broker.publish(draft, receipt(done, null));
        return done.orTimeout(20, TimeUnit.SECONDS).join();
    }

    private static Receipt receipt(CompletableFuture<Publication> done, @Nullable Memo memo) {
        return new Receipt() {
            @Override
            public void published(Publication publication) {
                done.complete(publication);
            }

            @Override
            public void refused(ProtocolException refusal) {
                done.completeExceptionally(refusal);
            }

            @Override
            public @Nullable Memo memo() {
                return memo;
            }
        };
    }

    private static HistoryPage history(Broker broker, ChannelId channel, @Nullable Position after) {
        var done = new CompletableFuture<HistoryPage>();
        broker.history(channel, after, 1_000, done::complete);
        return done.join();
    }

    private static List<String> told(HistoryPage page) {
        return page.publications().stream()
                .map(publication -> publication.offset() + publication.data().toString())
                .toList();
    }

    /** The same is done to a broker in memory, which lives on: the one on disk must have the same, and never claim to know more. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void againstAModelThatIsNeverRestarted(long seed) throws IOException {
        var random = new SplittableRandom(seed);
        MemoryBroker model = memory((_, _) -> {});
        List<ChannelId> channels = List.of(CHANNEL, new ChannelId("acme", "cache-c"), new ChannelId("other", "orders"));
        for (int step = 0; step < 300; step++) {
            ChannelId channel = channels.get(random.nextInt(channels.size()));
            int what = random.nextInt(100);
            if (what < 80) {
                boolean client = random.nextBoolean();
                Draft draft = new Draft(
                        channel,
                        "message",
                        RawJson.of("" + step),
                        null,
                        1L + random.nextInt(5),
                        0,
                        client ? new Sender(7, true, "u") : null);
                assertEquals(
                        publish(model, draft).offset(), publish(broker, draft).offset(), "seed " + seed);
            } else if (what < 86) {
                long subject = 1L + random.nextInt(5);
                assertEquals(
                        model.purge(channel.workspace(), subject).join(),
                        broker.purge(channel.workspace(), subject).join());
            } else if (what < 92) {
                now = now.plusMillis(random.nextInt(30_000));
                model.sweep();
                broker.sweep();
            } else {
                reopen();
            }
            for (ChannelId each : channels) {
                compare(model, each, "seed " + seed + " step " + step);
            }
        }
    }

    private void compare(MemoryBroker model, ChannelId channel, String where) {
        HistoryPage expected = history(model, channel, null);
        HistoryPage got = history(broker, channel, null);
        assertEquals(expected.top().offset(), got.top().offset(), where);
        assertEquals(told(expected), told(got), where);
        for (long offset = 0; offset <= expected.top().offset(); offset++) {
            HistoryPage known =
                    history(model, channel, new Position(expected.top().epoch(), offset));
            HistoryPage claimed =
                    history(broker, channel, new Position(got.top().epoch(), offset));
            assertTrue(known.complete() || !claimed.complete(), where + " claims to have what follows " + offset);
            if (!expected.publications().isEmpty()
                    && offset + 1 >= expected.publications().getFirst().offset()) {
                assertTrue(claimed.complete(), where + " has forgotten what follows " + offset);
            }
        }
        var last = new ArrayList<@Nullable Publication>();
        model.kept(channel, last::add);
        broker.kept(channel, last::add);
        assertEquals(
                last.getFirst() == null ? null : last.getFirst().data(),
                last.getLast() == null ? null : last.getLast().data(),
                where);
    }

    @Test
    void everythingOfAPublication_isTheSameAfterwards_butForTheConnectionThatIsGone() throws IOException {
        var meta = new OwnType(RawJson.of("{\"v\":1}"));
        var full = new Draft(
                CHANNEL, "näme", RawJson.of("{\"a\":\"ü\"}"), "key", 77, 5, new Sender(9, true, "user"), meta);
        Publication before = publish(broker, full);
        publish(broker, new Draft(CHANNEL, "n", RawJson.NULL, null, 0, 5, new Sender(9, false, null), OwnType.BARE));
        reopen();
        List<Publication> after = history(broker, CHANNEL, null).publications();
        Publication first = after.getFirst();
        assertEquals(before.position(), first.position());
        assertEquals(before.timestampMs(), first.timestampMs());
        assertEquals(List.of("näme", "key"), List.of(first.name(), String.valueOf(first.key())));
        assertEquals(before.data(), first.data());
        assertEquals(77, first.subject());
        assertEquals(new Sender(-1, true, "user"), first.sender());
        assertTrue(first.isFor(9));
        assertEquals(meta, first.ownType());
        assertEquals(new Sender(-1, false, null), after.getLast().sender());
        assertEquals(OwnType.BARE, after.getLast().ownType());
    }

    @Test
    void aChannelThatWasGivenUp_beginsANewEpoch_alsoAfterARestart() throws IOException {
        Position before = publish(broker, draft(CHANNEL, 0, "1")).position();
        now = now.plusSeconds(3_600);
        broker.sweep();
        Position after = publish(broker, draft(CHANNEL, 0, "2")).position();
        assertNotEquals(before.epoch(), after.epoch());
        assertEquals(1, after.offset());
        reopen();
        assertEquals(after, history(broker, CHANNEL, null).top());
        assertFalse(history(broker, CHANNEL, before).complete());
    }

    @Test
    void nobodyIsHandedAPublication_beforeItIsOnTheDisk() throws Exception {
        var held = new CountDownLatch(1);
        store.write(() -> await(held));
        var done = new CompletableFuture<Publication>();
        broker.publish(draft(CHANNEL, 0, "1"), receipt(done, null));
        var settled = new CompletableFuture<Boolean>();
        broker.settle(CHANNEL, () -> settled.complete(done.isDone()), settled::completeExceptionally);
        assertEquals(List.of(), history(broker, CHANNEL, null).publications());
        assertEquals(List.of(), heard);
        assertFalse(done.isDone() || settled.isDone());
        publish(broker, draft(new ChannelId("acme", "none-kept"), 0, "2")); // which waits for no disk
        held.countDown();
        assertEquals(1, done.get(20, TimeUnit.SECONDS).offset());
        assertTrue(settled.get(20, TimeUnit.SECONDS), "told in the order of the disk");
        assertEquals(2, heard.size());
    }

    private static void await(CountDownLatch latch) {
        try {
            assertTrue(latch.await(30, TimeUnit.SECONDS));
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aDiskThatDoesNotKeepUp_boundsWhatWaits_andRefusesTheRest() throws Exception {
        var held = new CountDownLatch(1);
        store.write(() -> await(held));
        String large = "\"" + "x".repeat(1 << 20) + "\"";
        var taken = new ArrayList<CompletableFuture<Publication>>();
        var next = new CompletableFuture<Publication>();
        broker.publish(draft(CHANNEL, 0, large), receipt(next, null));
        while (!next.isDone() && taken.size() < 1_000) {
            taken.add(next);
            next = new CompletableFuture<>();
            broker.publish(draft(CHANNEL, 0, large), receipt(next, null));
        }
        assertUnavailable(next);
        assertTrue(taken.size() >= 8 && taken.size() <= 32, "taken: " + taken.size());
        assertEquals(1, metrics.value(Count.HISTORY_REFUSED, HistoryRefusal.BEHIND));
        held.countDown();
        for (CompletableFuture<Publication> each : taken) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertEquals(taken.size() + 1, publish(broker, draft(CHANNEL, 0, "1")).offset(), "no offset was skipped");
    }

    @Test
    void aCommitThatFails_refusesWhatItHeld_andEverythingAfterwards() {
        publish(broker, draft(CHANNEL, 0, "1"));
        store.close();
        for (int i = 2; i < 4; i++) {
            var done = new CompletableFuture<Publication>();
            broker.publish(draft(CHANNEL, 0, "" + i), receipt(done, null));
            assertUnavailable(done);
            assertTrue(broker.isBroken());
        }
        assertThrows(CompletionException.class, () -> broker.purge("acme", 1).join());
        assertEquals(List.of("11"), told(history(broker, CHANNEL, null)));
        assertEquals(
                1,
                publish(broker, draft(new ChannelId("acme", "none-kept"), 0, "1"))
                        .offset());
    }

    private static void assertUnavailable(CompletableFuture<Publication> done) {
        var refused = assertThrows(CompletionException.class, done::join);
        assertEquals(
                ErrorCode.UNAVAILABLE,
                assertInstanceOf(ProtocolException.class, refused.getCause()).code());
    }

    /** Whoever publishes where nothing is kept does not wait for ever, and does not make the gateway hold more and more. */
    @Test
    void idsThatADiskDoesNotTake_areNotWaitedFor() {
        var held = new CountDownLatch(1);
        store.write(() -> await(held));
        var told = new AtomicInteger();
        var receipt = new Receipt() {
            @Override
            public void published(Publication publication) {
                told.incrementAndGet();
            }

            @Override
            public void refused(ProtocolException refusal) {
                throw refusal;
            }

            @Override
            public Memo memo() {
                return new Memo(Memo.Kind.PUBLISHED, new byte[] {1});
            }
        };
        Draft draft = draft(new ChannelId("acme", "none-kept"), 0, "1");
        for (int i = 0; i < Journal.WAITING_MAX + 10; i++) {
            broker.publish(draft, receipt);
        }
        assertEquals(10, told.get());
        assertEquals(Journal.WAITING_MAX, broker.waiting());
        assertEquals(10, metrics.value(Count.HISTORY_REFUSED, HistoryRefusal.BEHIND));
        held.countDown();
        broker.close();
        assertEquals(Journal.WAITING_MAX + 10, told.get());
    }

    @Test
    void memos_areRemembered_forTheirTime_andNotMoreThanTheirNumber() throws IOException {
        Position first = memo("a", CHANNEL);
        now = now.plusMillis(AGE_MS / 2);
        Position second = memo("b", new ChannelId("acme", "none-kept"));
        reopen();
        assertEquals(List.of("a " + first + " 30000", "b " + second + " 0"), recalled());
        now = now.plusMillis(AGE_MS / 2 + 1);
        memo("c", CHANNEL);
        reopen();
        assertEquals(2, recalled().size(), "a is too old");
        for (int i = 0; i < 20; i++) {
            memo("d" + i, CHANNEL);
        }
        reopen();
        List<String> left = recalled();
        assertEquals(10, left.size());
        assertTrue(left.getLast().startsWith("d19 "), left.getLast());
    }

    private Position memo(String key, ChannelId channel) {
        var done = new CompletableFuture<Publication>();
        var memo = new Memo(Memo.Kind.PUBLISHED, key.getBytes(StandardCharsets.UTF_8));
        broker.publish(draft(channel, 0, "1"), receipt(done, memo));
        return done.orTimeout(20, TimeUnit.SECONDS).join().position();
    }

    private List<String> recalled() throws IOException {
        var told = new ArrayList<String>();
        broker.recall(
                Memo.Kind.PUBLISHED,
                (key, position, ageMs) ->
                        told.add(new String(key, StandardCharsets.UTF_8) + " " + position + " " + ageMs));
        return told;
    }

    @Test
    void aChannelThatIsNotKeptAnyMore_leavesTheDisk() throws IOException {
        publish(broker, draft(CHANNEL, 0, "1"));
        close();
        store = Store.open(folder);
        var nothing = new DiskBroker.Keeping(_ -> false, AGE_MS, 100, AGE_MS, 10);
        broker = DiskBroker.open(store, memory((_, _) -> {}), nothing, metrics, clock());
        assertEquals(0, store.queue("history").size());
        assertNull(
                history(broker, CHANNEL, null).publications().stream().findAny().orElse(null));
    }

    @Test
    void theDiskHoldsLittleMoreThanMemory_howeverMuchIsPublished() {
        for (int i = 0; i < 2_000; i++) {
            broker.publish(draft(CHANNEL, 0, "1"), _ -> {});
        }
        publish(broker, draft(CHANNEL, 0, "1"));
        broker.sweep();
        publish(broker, draft(CHANNEL, 0, "1"));
        assertTrue(
                store.queue("history").size() <= KEPT + 2,
                "records: " + store.queue("history").size());
    }
}
