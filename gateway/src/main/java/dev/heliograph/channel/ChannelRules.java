package dev.heliograph.channel;

import dev.heliograph.config.MergeRule;
import dev.heliograph.config.NamespaceConfig;

/**
 * What holds for one channel. Equal for all channels that the same namespace matches.
 *
 * @param historyCount most publications kept; 0: none
 * @param historyBytesMax most bytes kept; 0: none
 * @param historyAgeMs longest a publication is kept; 0: none is
 * @param merge how publications that wait become one
 */
public record ChannelRules(
        int historyCount, long historyBytesMax, long historyAgeMs, ChannelKind kind, MergeRule merge) {
    /** How long a cache channel keeps its last publication: as with hosted Pusher, in milliseconds. */
    public static final long CACHE_MS = 1_800_000;

    /** Of the gateway's own channels: who joins is told the state, and then what follows. */
    static final ChannelRules NOTICES = new ChannelRules(0, 0, 0, ChannelKind.NOTICES, MergeRule.NONE);

    static ChannelRules of(NamespaceConfig namespace, ChannelKind kind) {
        return new ChannelRules(
                namespace.historyCount(),
                namespace.historyBytesMax(),
                namespace.historyAgeMs(),
                kind,
                namespace.merge() == null ? kind.merge() : namespace.merge());
    }

    /** Whether anything is kept at all. */
    public boolean keepsHistory() {
        return historyCount > 0 && historyBytesMax > 0 && historyAgeMs > 0;
    }
}
