package dev.heliograph.egress;

import dev.heliograph.protocol.message.ChannelId;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How many bytes of each channel wait for one peer, so that the busiest channel loses first. Most peers wait for one channel, which costs nothing to count. One thread. */
final class Weights {
    private @Nullable ChannelId only;
    private @Nullable Map<ChannelId, long[]> several;
    private long onlyBytes;

    void add(ChannelId channel, long bytes) {
        if (several != null) {
            several.computeIfAbsent(channel, _ -> new long[1])[0] += bytes;
        } else if (only == null || only.equals(channel)) {
            only = channel;
            onlyBytes += bytes;
        } else {
            several = new HashMap<>();
            several.put(only, new long[] {onlyBytes});
            several.put(channel, new long[] {bytes});
        }
    }

    void remove(ChannelId channel, long bytes) {
        if (several == null) {
            onlyBytes -= bytes;
            return;
        }
        long[] weight = several.get(channel);
        if (weight != null && (weight[0] -= bytes) == 0) {
            several.remove(channel);
        }
    }

    /** The channel of which most waits; null if nothing does. */
    @Nullable
    ChannelId heaviest() {
        if (several == null) {
            return onlyBytes > 0 ? only : null;
        }
        ChannelId heaviest = null;
        long most = 0;
        for (Map.Entry<ChannelId, long[]> entry : several.entrySet()) {
            if (entry.getValue()[0] > most) {
                most = entry.getValue()[0];
                heaviest = entry.getKey();
            }
        }
        return heaviest;
    }

    void clear() {
        only = null;
        onlyBytes = 0;
        several = null;
    }
}
