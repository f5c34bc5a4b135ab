package dev.heliograph.server;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Memo;
import dev.heliograph.broker.disk.DiskBroker;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.config.Config;
import dev.heliograph.config.HistoryConfig.Place;
import dev.heliograph.metrics.Exposition;
import dev.heliograph.metrics.Level;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.pipeline.Dedupe;
import dev.heliograph.publish.PublishOnce;
import dev.heliograph.publish.Publisher;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreMap;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is known of what has been published: channels' logs, and the ids by which repetitions are told. In memory, or with {@code history.store: disk} across restarts too.
 * Opened and closed by the thread that starts and ends the gateway.
 */
final class KeptHistory implements AutoCloseable {
    private static final String SECRETS = "secrets";
    private static final String OWN_KEY = "own-key";

    private final MemoryBroker memory;
    private final @Nullable Store store;
    private final @Nullable DiskBroker disk;
    private final Dedupe dedupe;

    private KeptHistory(
            Config config, HistoryRules rules, @Nullable Store store, MemoryBroker memory, Metrics metrics, Clock clock)
            throws IOException {
        this.memory = memory;
        this.store = store;
        disk = store == null || config.history().store() == Place.MEMORY
                ? null
                : DiskBroker.open(store, memory, keeping(config, rules), metrics, clock);
        dedupe = new Dedupe(
                config.ingest().dedupeWindowMs(), config.ingest().dedupeEntriesMax(), System::nanoTime, metrics);
        if (disk != null) {
            disk.recall(Memo.Kind.INGESTED, (key, _, ageMs) -> dedupe.restore(key, ageMs));
        }
    }

    /**
     * Takes up what earlier runs have kept.
     *
     * @throws IOException if what lies there makes no sense; the message says to an operator what to do
     */
    static KeptHistory open(Config config, HistoryRules rules, MemoryBroker memory, Metrics metrics, Clock clock)
            throws IOException {
        Path folder = config.store().folder();
        Store store = folder == null ? null : Store.open(folder);
        try {
            return new KeptHistory(config, rules, store, memory, metrics, clock);
        } catch (IOException e) {
            if (store != null) {
                store.close();
            }
            throw e;
        }
    }

    private static DiskBroker.Keeping keeping(Config config, HistoryRules rules) {
        return new DiskBroker.Keeping(
                rules::isKept,
                config.ingest().dedupeWindowMs(),
                config.ingest().dedupeEntriesMax(),
                PublishOnce.WINDOW.toMillis(),
                PublishOnce.ENTRIES_MAX * config.workspaces().size());
    }

    /** The store that it lies in, or would; null: there is none. Others keep theirs there too, and close it after this. */
    @Nullable
    Store store() {
        return store;
    }

    /** Where everybody publishes. */
    Broker broker() {
        return disk == null ? memory : disk;
    }

    /**
     * Tells what earlier runs have published with an id; before anything is published.
     *
     * @throws IOException if what lies there makes no sense; the message says to an operator what to do
     */
    void recall(Publisher publisher) throws IOException {
        if (disk != null) {
            disk.recall(Memo.Kind.PUBLISHED, publisher::restore);
        }
    }

    Dedupe dedupe() {
        return dedupe;
    }

    /**
     * The key of what is never shown, in workspaces that configure none: where what it names is kept, it is kept too, so that a deletion request finds what an earlier run
     * has kept.
     */
    byte[] secret(Supplier<byte[]> made) {
        if (store == null || disk == null) {
            return made.get();
        }
        StoreMap secrets = store.map(SECRETS);
        byte[] known = secrets.get(OWN_KEY);
        if (known != null) {
            return known;
        }
        byte[] secret = made.get();
        store.write(() -> secrets.put(OWN_KEY, secret)).join();
        return secret;
    }

    void watch(Exposition exposition) {
        if (disk != null) {
            exposition.watch(Level.HISTORY_WAITING, disk::waiting);
        }
    }

    /** Drops what is too old; to be called every few seconds. */
    void sweep() {
        if (disk == null) {
            memory.sweep();
        } else {
            disk.sweep();
        }
    }

    /** Whether the disk has failed: nothing that is to be kept is published until a restart. */
    boolean isBroken() {
        return disk != null && disk.isBroken();
    }

    /** Waits some seconds for what is on its way to the disk. */
    @Override
    public void close() {
        if (disk != null) {
            disk.close();
        }
    }
}
