package dev.heliograph.server;

import dev.heliograph.channel.ChannelKind;
import dev.heliograph.channel.ChannelRules;
import dev.heliograph.config.Config;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.WorkspaceBudget;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Function;

/** What is kept of channels, at most. Pure. */
final class HistoryBounds {
    private static final int HISTORY_HEAP_DIVISOR = 4;

    private HistoryBounds() {}

    /** Of one channel. */
    static HistoryLimits of(ChannelRules rules) {
        long lastMs = rules.kind() == ChannelKind.CACHE ? ChannelRules.CACHE_MS : 0;
        return rules.keepsHistory()
                ? new HistoryLimits(rules.historyCount(), rules.historyBytesMax(), rules.historyAgeMs(), lastMs)
                : new HistoryLimits(0, 0, 0, lastMs);
    }

    /** Of each workspace, which have equal shares. */
    static Function<String, WorkspaceBudget> budgets(Config config) {
        long all = config.history().bytesMax() > 0
                ? config.history().bytesMax()
                : Runtime.getRuntime().maxMemory() / HISTORY_HEAP_DIVISOR;
        var budgets = new HashMap<String, WorkspaceBudget>();
        for (String workspace : config.workspaces().keySet()) {
            budgets.put(
                    workspace,
                    new WorkspaceBudget(
                            all / config.workspaces().size(), config.history().channelsMax()));
        }
        return workspace -> Objects.requireNonNull(budgets.get(workspace));
    }
}
