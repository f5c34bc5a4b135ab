package dev.heliograph.broker.disk;

import dev.heliograph.broker.ForwardingBroker;
import dev.heliograph.broker.Memo;
import dev.heliograph.broker.Receipt;
import dev.heliograph.broker.memory.HeldChannel;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.store.Store;
import java.io.IOException;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * The memory broker with a durable twin of what channels keep. A publication goes to the disk first, in one order for all channels and in groups; when it is there it is
 * put into the log in memory, handed to the event loops, and acknowledged. So nobody has ever seen a position that a crash could take back. Whatever is read is read
 * from memory; channels that keep nothing do not notice the disk. Any thread; never blocks but to open and to close.
 */
public final class DiskBroker extends ForwardingBroker implements AutoCloseable {
    private static final String RECORDS = "history";
    private static final String POSITIONS = "positions";
    private static final long CLOSE_SECONDS = 5;

    private final Store store;
    private final MemoryBroker memory;
    private final Predicate<ChannelId> keeps;
    private final InstantSource clock;
    private final KeptChannels kept;
    private final Memos memos;
    private final Journal journal;

    /**
     * What is kept, and for how long it is remembered.
     *
     * @param channels which channels keep something; always the same answer
     * @param ingestedMs how long the ids of ingested events are remembered at least
     * @param ingestedMax most ids of ingested events
     * @param publishedMs how long the idempotency ids of publishes are remembered at least
     * @param publishedMax most idempotency ids
     */
    public record Keeping(
            Predicate<ChannelId> channels, long ingestedMs, int ingestedMax, long publishedMs, int publishedMax) {
        private Map<Memo.Kind, Memos.Bounds> memos() {
            return Map.of(
                    Memo.Kind.INGESTED, new Memos.Bounds(ingestedMs, ingestedMax),
                    Memo.Kind.PUBLISHED, new Memos.Bounds(publishedMs, publishedMax));
        }
    }

    /** Is told what earlier runs have remembered, the oldest first. */
    @FunctionalInterface
    public interface Remembered {
        /**
         * @param key of the memo
         * @param ageMs since it was published
         */
        void tell(byte[] key, Position position, long ageMs);
    }

    private DiskBroker(Store store, MemoryBroker memory, Keeping keeping, Metrics metrics, InstantSource clock)
            throws IOException {
        super(memory);
        this.memory = memory;
        this.keeps = keeping.channels();
        this.clock = clock;
        var shelf = new KeptChannel.Shelf(store.queue(RECORDS), store.map(POSITIONS));
        this.kept = new KeptChannels(shelf);
        this.memos = new Memos(store, keeping.memos());
        this.journal = new Journal(store, metrics, () -> memos.onGroup(clock.millis()));
        this.store = store;
        restore(shelf);
        memory.whenForgotten(this::forget);
    }

    /**
     * Puts back into memory what earlier runs have kept.
     *
     * @param memory new; is used through this broker from now on, and swept by itself
     * @throws IOException if what lies there makes no sense; the message says to an operator what to do
     */
    public static DiskBroker open(
            Store store, MemoryBroker memory, Keeping keeping, Metrics metrics, InstantSource clock)
            throws IOException {
        return new DiskBroker(store, memory, keeping, metrics, clock);
    }

    private void restore(KeptChannel.Shelf shelf) throws IOException {
        long nowMs = clock.millis();
        onStore(() -> new Restoration(memory, keeps, kept, shelf, nowMs).run());
    }

    /**
     * Hands out what earlier runs have remembered of that kind. To be called once for each kind, before anything is published.
     *
     * @throws IOException if what lies there makes no sense; the message says to an operator what to do
     */
    public void recall(Memo.Kind kind, Remembered reader) throws IOException {
        long nowMs = clock.millis();
        onStore(() -> memos.onRestore(kind, reader, nowMs));
    }

    private void onStore(Runnable reading) throws IOException {
        try {
            store.write(reading).join();
        } catch (CompletionException e) {
            throw new IOException(
                    "the history in store.folder cannot be taken up: " + e.getCause()
                            + "; put back a copy of the store, or move it away to start with an empty one",
                    e.getCause());
        }
    }

    @Override
    public void publish(Draft draft, Receipt receipt) {
        if (!keeps.test(draft.channel())) {
            publishUnkept(draft, receipt);
            return;
        }
        HeldChannel channel = memory.hold(draft.channel());
        journal.add(new Append(draft, receipt, channel, kept, memos, clock));
    }

    /** Its position dies with the gateway, but a repetition is to be known also after that. */
    private void publishUnkept(Draft draft, Receipt receipt) {
        Memo memo = receipt.memo();
        if (memo == null) {
            memory.publish(draft, receipt);
            return;
        }
        memory.publish(draft, publication -> {
            Runnable told = () -> receipt.published(publication);
            journal.add(new Chore(() -> memos.onMake(memo, publication.position()), told, _ -> told.run(), false));
        });
    }

    @Override
    public void settle(ChannelId channel, Runnable done, Consumer<ProtocolException> refused) {
        if (keeps.test(channel)) {
            journal.put(Chore.waiting(done, refused));
        } else {
            done.run();
        }
    }

    @Override
    public CompletableFuture<Long> purge(String workspace, long subject) {
        var removed = new CompletableFuture<Long>();
        var count = new long[1];
        journal.put(new Chore(
                () -> count[0] = kept.onPurge(workspace, subject)
                        + memory.purge(workspace, subject).join(),
                () -> removed.complete(count[0]),
                removed::completeExceptionally,
                true));
        return removed;
    }

    /** Drops what is too old, in memory and on the disk; to be called every few seconds. */
    public void sweep() {
        memory.sweep();
        journal.put(Chore.of(() -> {
            kept.onTrim();
            memos.onTrim(clock.millis());
        }));
    }

    private void forget(ChannelId id, HeldChannel channel) {
        if (keeps.test(id)) {
            String epoch = channel.top().epoch();
            journal.put(Chore.of(() -> kept.onForget(id, epoch)));
        }
    }

    /** Publications and other changes that wait for the disk. */
    public int waiting() {
        return journal.waiting();
    }

    /** Whether the disk has failed: nothing that is to be kept is published until a restart. */
    public boolean isBroken() {
        return journal.isBroken();
    }

    /** Waits some seconds for what is on its way to the disk. The store is closed after this. */
    @Override
    public void close() {
        var settled = new CompletableFuture<Void>();
        journal.put(Chore.waiting(() -> settled.complete(null), settled::completeExceptionally));
        settled.orTimeout(CLOSE_SECONDS, TimeUnit.SECONDS)
                .exceptionally(_ -> null)
                .join();
    }
}
