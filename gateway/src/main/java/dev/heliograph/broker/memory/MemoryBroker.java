package dev.heliograph.broker.memory;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.BrokerListener;
import dev.heliograph.history.ChannelLog;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a lone node: everything in memory, every answer on the caller's thread. A channel exists from its first use until it has been empty,
 * unwatched and unused for a while. Any thread.
 */
public final class MemoryBroker implements Broker {
    /** How long an empty, unwatched channel keeps its epoch, so that a client that returns learns that it missed nothing. */
    static final long IDLE_MS = 600_000;

    private final Map<ChannelId, MemoryChannel> channels = new ConcurrentHashMap<>();
    private final Function<ChannelId, HistoryLimits> limits;
    private final BrokerListener listener;
    private final InstantSource clock;
    private final Supplier<String> epochs;

    /**
     * @param limits what is kept of a channel
     * @param listener is handed every publication
     * @param epochs names that have not been used before, not even by an earlier run of this gateway
     */
    public MemoryBroker(
            Function<ChannelId, HistoryLimits> limits,
            BrokerListener listener,
            InstantSource clock,
            Supplier<String> epochs) {
        this.limits = limits;
        this.listener = listener;
        this.clock = clock;
        this.epochs = epochs;
    }

    @Override
    public void publish(Draft draft, Consumer<Publication> done) {
        done.accept(onLive(draft.channel(), channel -> channel.publish(draft, clock.millis())));
    }

    @Override
    public void history(ChannelId id, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        done.accept(onLive(id, channel -> channel.read(after, limit, clock.millis())));
    }

    @Override
    public void occupied(ChannelId id, int loop) {
        onLive(id, channel -> channel.occupy(loop) ? channel : null);
    }

    @Override
    public void vacated(ChannelId id, int loop) {
        MemoryChannel channel = channels.get(id);
        if (channel != null) {
            channel.vacate(loop, clock.millis());
        }
    }

    @Override
    public boolean wanted(ChannelId id) {
        MemoryChannel channel = channels.get(id);
        return channel != null ? channel.wanted() : limits.apply(id).countMax() > 0;
    }

    @Override
    public long purge(String workspace, long subject) {
        long removed = 0;
        for (Map.Entry<ChannelId, MemoryChannel> entry : channels.entrySet()) {
            if (entry.getKey().workspace().equals(workspace)) {
                removed += entry.getValue().purge(subject);
            }
        }
        return removed;
    }

    /** Drops what is too old, and forgets channels that are no longer used; to be called every few seconds. */
    public void sweep() {
        long nowMs = clock.millis();
        channels.forEach((id, channel) -> {
            if (channel.retireIfIdle(nowMs, IDLE_MS)) {
                channels.remove(id, channel);
            }
        });
    }

    /** How many channels exist. */
    public int channels() {
        return channels.size();
    }

    /** How many channels have a subscriber. */
    public long occupiedChannels() {
        return channels.values().stream().filter(MemoryChannel::occupied).count();
    }

    /** Asks the channel, or its successor if it was retired meanwhile. */
    private <T> T onLive(ChannelId id, Function<MemoryChannel, @Nullable T> question) {
        while (true) {
            MemoryChannel channel = channels.computeIfAbsent(id, this::create);
            T answer = question.apply(channel);
            if (answer != null) {
                return answer;
            }
            channels.remove(id, channel);
        }
    }

    private MemoryChannel create(ChannelId id) {
        HistoryLimits kept = limits.apply(id);
        return new MemoryChannel(new ChannelLog(epochs.get(), kept), kept.countMax() > 0, listener, clock.millis());
    }
}
