package dev.heliograph.channel;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import dev.heliograph.config.WorkspaceConfig;
import dev.heliograph.limit.Rate;
import dev.heliograph.protocol.message.ChannelId;
import java.util.HashMap;
import java.util.Map;

/**
 * Which rules a channel has: those of the first namespace that matches its name, else those for channels that ingest fills, else the default. Any
 * thread. Remembers the rules of at most {@value #REMEMBERED_MAX} channels.
 */
public final class Channels {
    private static final int REMEMBERED_MAX = 10_000;

    private final Map<String, WorkspaceChannels> workspaces = new HashMap<>();
    private final ChannelRules notices;
    private final ChannelRules presence;
    private final LoadingCache<ChannelId, ChannelRules> remembered;

    /** @param ratePerSecond how often a channel may be published to for which no namespace says it; 0: as often as anybody likes */
    public Channels(Map<String, WorkspaceConfig> workspaces, double ratePerSecond) {
        Rate rate = Rate.perSecond(ratePerSecond);
        this.notices = ChannelRules.notices(rate);
        this.presence = ChannelRules.presence(rate);
        workspaces.forEach((name, workspace) -> this.workspaces.put(name, new WorkspaceChannels(workspace, rate)));
        this.remembered = Caffeine.newBuilder()
                .maximumSize(REMEMBERED_MAX)
                .build(channel -> of(channel).rules(channel.name()));
    }

    public ChannelRules rules(ChannelId channel) {
        if (channel.isReserved()) {
            return notices;
        }
        return channel.isPresence() ? presence : remembered.get(channel);
    }

    /** For people: the key of the namespace, or the default, that {@link #rules} came from. */
    public String rulesFrom(ChannelId channel) {
        return channel.isPresence() ? "presence channels" : of(channel).from(channel.name());
    }

    /**
     * Whether a filter may look at {@code path} of that channel's events. Where ingest removes what is not allowed, only at what is left: otherwise
     * a filter would tell what was removed. In no presence channel: whoever is told of some changes only would not know who is there.
     */
    public boolean mayFilter(ChannelId channel, String path) {
        return !channel.isPresence() && of(channel).mayFilter(channel.name(), path);
    }

    private WorkspaceChannels of(ChannelId channel) {
        return workspaces.getOrDefault(channel.workspace(), WorkspaceChannels.NONE);
    }
}
