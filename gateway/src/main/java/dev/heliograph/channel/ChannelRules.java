package dev.heliograph.channel;

import dev.heliograph.config.MergeRule;
import dev.heliograph.config.NamespaceConfig;
import dev.heliograph.limit.Rate;

/**
 * What holds for one channel. Equal for all channels that the same namespace matches.
 *
 * @param historyCount most publications kept; 0: none
 * @param historyBytesMax most bytes kept; 0: none
 * @param historyAgeMs longest a publication is kept; 0: none is
 * @param merge how publications that wait become one
 * @param rate how often it may be published to
 */
public record ChannelRules(
        int historyCount, long historyBytesMax, long historyAgeMs, ChannelKind kind, MergeRule merge, Rate rate) {
    /** How long a cache channel keeps its last publication: as with hosted Pusher, in milliseconds. */
    public static final long CACHE_MS = 1_800_000;

    /** Of the gateway's own channels: who joins is told the state, and then what follows. */
    static ChannelRules notices(Rate rate) {
        return new ChannelRules(0, 0, 0, ChannelKind.NOTICES, MergeRule.NONE, rate);
    }

    /** Of presence channels: who subscribes is told who is there, which is more than what has changed. */
    static ChannelRules presence(Rate rate) {
        return new ChannelRules(0, 0, 0, ChannelKind.PRESENCE, ChannelKind.PRESENCE.merge(), rate);
    }

    /** @param rate if the namespace has none of its own */
    static ChannelRules of(NamespaceConfig namespace, ChannelKind kind, Rate rate) {
        return new ChannelRules(
                namespace.historyCount(),
                namespace.historyBytesMax(),
                namespace.historyAgeMs(),
                kind,
                namespace.merge() == null ? kind.merge() : namespace.merge(),
                namespace.ratePerSecond() == null ? rate : Rate.perSecond(namespace.ratePerSecond()));
    }

    /** Whether anything is kept at all. */
    public boolean keepsHistory() {
        return historyCount > 0 && historyBytesMax > 0 && historyAgeMs > 0;
    }
}
