package dev.heliograph.server;

import dev.heliograph.broker.Memo;
import dev.heliograph.broker.disk.DiskBroker;
import dev.heliograph.broker.memory.MemoryBroker;
import dev.heliograph.channel.ChannelKind;
import dev.heliograph.channel.ChannelRules;
import dev.heliograph.channel.Channels;
import dev.heliograph.config.Config;
import dev.heliograph.config.HistoryConfig.Place;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.pipeline.Dedupe;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.session.PublishOnce;
import dev.heliograph.store.Store;
import dev.heliograph.store.StoreMap;
import java.io.IOException;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the configuration wants kept of channels, and where: in memory, or with {@code history.store: disk} across restarts too. Opened by the thread that starts the gateway; {@link #limits}, any thread. */
final class KeptHistory {
    private static final String SECRETS = "secrets";
    private static final String OWN_KEY = "own-key";

    private static final int HEAP_DIVISOR = 4;

    private final Config config;
    private final Channels channels;
    private @Nullable Store store;
    private @Nullable DiskBroker broker;

    KeptHistory(Config config, Channels channels) {
        this.config = config;
        this.channels = channels;
    }

    /** What is kept of a channel. */
    HistoryLimits limits(ChannelId channel) {
        ChannelRules rules = channels.rules(channel);
        long lastMs = rules.kind() == ChannelKind.CACHE ? ChannelRules.CACHE_MS : 0;
        return rules.keepsHistory()
                ? new HistoryLimits(rules.historyCount(), rules.historyBytesMax(), rules.historyAgeMs(), lastMs)
                : new HistoryLimits(0, 0, 0, lastMs);
    }

    /** What each workspace may keep: an equal share. */
    Function<String, WorkspaceBudget> budgets() {
        long all = config.history().bytesMax() > 0
                ? config.history().bytesMax()
                : Runtime.getRuntime().maxMemory() / HEAP_DIVISOR;
        var budgets = new HashMap<String, WorkspaceBudget>();
        for (String workspace : config.workspaces().keySet()) {
            budgets.put(
                    workspace,
                    new WorkspaceBudget(
                            all / config.workspaces().size(), config.history().channelsMax()));
        }
        return workspace -> Objects.requireNonNull(budgets.get(workspace));
    }

    /** Null: it is kept in memory alone. */
    @Nullable
    DiskBroker open(Store opened, MemoryBroker memory, Metrics metrics, InstantSource clock) throws IOException {
        if (config.history().store() == Place.MEMORY) {
            return null;
        }
        store = opened;
        var keeping = new DiskBroker.Keeping(
                this::isKept,
                config.ingest().dedupeWindowMs(),
                config.ingest().dedupeEntriesMax(),
                PublishOnce.WINDOW.toMillis(),
                PublishOnce.ENTRIES_MAX * config.workspaces().size());
        broker = DiskBroker.open(opened, memory, keeping, metrics, clock);
        return broker;
    }

    private boolean isKept(ChannelId channel) {
        if (!config.workspaces().containsKey(channel.workspace())) {
            return false; // the configuration has it no more
        }
        HistoryLimits kept = limits(channel);
        return kept.countMax() > 0 || kept.lastMs() > 0;
    }

    /** Hands over the ids that earlier runs remembered. */
    void recall(PublishOnce publishOnce, Dedupe dedupe) throws IOException {
        if (broker != null) {
            broker.recall(Memo.Kind.PUBLISHED, publishOnce::restore);
            broker.recall(Memo.Kind.INGESTED, (key, _, ageMs) -> dedupe.restore(key, ageMs));
        }
    }

    /**
     * The key of what is never shown, in workspaces that configure none: where what it names is kept, it is kept too, so that a deletion request finds what an earlier run
     * has kept.
     */
    byte[] secret(Supplier<byte[]> made) {
        Store kept = store;
        if (kept == null) {
            return made.get();
        }
        StoreMap secrets = kept.map(SECRETS);
        byte[] known = secrets.get(OWN_KEY);
        if (known != null) {
            return known;
        }
        byte[] secret = made.get();
        kept.write(() -> secrets.put(OWN_KEY, secret)).join();
        return secret;
    }
}
