package dev.heliograph.server;

import dev.heliograph.channel.ChannelKind;
import dev.heliograph.channel.ChannelRules;
import dev.heliograph.channel.Channels;
import dev.heliograph.config.Config;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.protocol.message.ChannelId;

/** What the configuration wants kept of channels. Immutable; any thread. */
final class HistoryRules {
    private final Config config;
    private final Channels channels;

    HistoryRules(Config config, Channels channels) {
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

    /** Whether anything is kept of a channel, which may be one of a workspace that the configuration has no more. */
    boolean isKept(ChannelId channel) {
        if (!config.workspaces().containsKey(channel.workspace())) {
            return false;
        }
        HistoryLimits kept = limits(channel);
        return kept.countMax() > 0 || kept.lastMs() > 0;
    }
}
