package dev.heliograph.server;

import dev.heliograph.config.Config;
import dev.heliograph.config.LimitsConfig;
import dev.heliograph.history.WorkspaceBudget;
import java.util.HashMap;
import java.util.Objects;
import java.util.function.Function;

/** How much of the heap each of the things may take that grow, unless the configuration says. */
final class HeapShares {
    private static final int HISTORY_DIVISOR = 4;
    private static final int BACKLOG_DIVISOR = 8;

    private HeapShares() {}

    /** By workspace; each has an equal share. */
    static Function<String, WorkspaceBudget> histories(Config config) {
        long all = config.history().bytesMax() > 0
                ? config.history().bytesMax()
                : Runtime.getRuntime().maxMemory() / HISTORY_DIVISOR;
        var budgets = new HashMap<String, WorkspaceBudget>();
        for (String workspace : config.workspaces().keySet()) {
            budgets.put(
                    workspace,
                    new WorkspaceBudget(
                            all / config.workspaces().size(), config.history().channelsMax()));
        }
        return workspace -> Objects.requireNonNull(budgets.get(workspace));
    }

    /** Of all slow clients together. */
    static long backlogs(LimitsConfig limits) {
        return limits.backlogBytesMax() > 0
                ? limits.backlogBytesMax()
                : Runtime.getRuntime().maxMemory() / BACKLOG_DIVISOR;
    }
}
