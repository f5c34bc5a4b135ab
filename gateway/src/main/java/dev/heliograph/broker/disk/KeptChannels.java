package dev.heliograph.broker.disk;

import dev.heliograph.broker.memory.HeldChannel;
import dev.heliograph.protocol.message.ChannelId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The durable twins of all channels that keep something. Confined to the store's thread. */
final class KeptChannels {
    private final Map<ChannelId, KeptChannel> channels = new HashMap<>();
    private final KeptChannel.Shelf shelf;

    KeptChannels(KeptChannel.Shelf shelf) {
        this.shelf = shelf;
    }

    @Nullable
    KeptChannel find(ChannelId id) {
        return channels.get(id);
    }

    List<KeptChannel> all() {
        return List.copyOf(channels.values());
    }

    /** The channel's twin in that epoch, made if it is missing; what was kept of another epoch goes. */
    KeptChannel onChannel(ChannelId id, String epoch, HeldChannel memory) {
        KeptChannel known = channels.get(id);
        if (known != null && known.epoch().equals(epoch)) {
            return known;
        }
        if (known != null) {
            known.onForget();
        }
        var made = new KeptChannel(id, memory.top(), memory, shelf);
        channels.put(id, made);
        return made;
    }

    /** The channel has been given up in that epoch. */
    void onForget(ChannelId id, String epoch) {
        KeptChannel known = channels.get(id);
        if (known != null && known.epoch().equals(epoch)) {
            known.onForget();
            channels.remove(id);
        }
    }

    /** Gives up what the logs in memory do not hold any more. */
    void onTrim() {
        channels.values().forEach(KeptChannel::onTrim);
    }

    /** Removes what is kept about a person; returns how many publications. */
    long onPurge(String workspace, long subject) {
        long removed = 0;
        for (KeptChannel channel : channels.values()) {
            if (channel.id().workspace().equals(workspace)) {
                removed += channel.onPurge(subject);
            }
        }
        return removed;
    }
}
