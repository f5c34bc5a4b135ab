package dev.heliograph.broker.memory;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.BrokerListener;
import dev.heliograph.broker.OccupancyListener;
import dev.heliograph.broker.Receipt;
import dev.heliograph.history.ChannelLog;
import dev.heliograph.history.HistoryLimits;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.history.WorkspaceBudget;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ErrorCode;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The broker of a lone node: everything in memory, every answer on the caller's thread. A channel exists from its first use until it has been empty,
 * unwatched and unused for a while. Any thread.
 */
public final class MemoryBroker implements Broker {
    /** How long an empty, unwatched channel keeps its epoch, so that a client that returns learns that it missed nothing. */
    static final long IDLE_MS = 600_000;
    /** How often a workspace that is full is looked through for channels that nobody uses. */
    static final long LOOK_THROUGH_MS = 1_000;
    /** The position of a channel that does not exist. */
    private static final Position NOWHERE = new Position("", 0);

    private final Map<ChannelId, MemoryChannel> channels = new ConcurrentHashMap<>();
    private final Function<ChannelId, HistoryLimits> limits;
    private final Function<String, WorkspaceBudget> budgets;
    private final BrokerListener listener;
    private final InstantSource clock;
    private final Supplier<String> epochs;
    private final Map<String, Long> lookedThroughMs = new ConcurrentHashMap<>();
    private volatile OccupancyListener watcher = (_, _, _) -> {};
    private volatile BiConsumer<ChannelId, HeldChannel> forgotten = (_, _) -> {};

    /**
     * @param limits what is kept of a channel
     * @param budgets what a workspace may keep in all
     * @param listener is handed every publication
     * @param epochs names that have not been used before, not even by an earlier run of this gateway
     */
    public MemoryBroker(
            Function<ChannelId, HistoryLimits> limits,
            Function<String, WorkspaceBudget> budgets,
            BrokerListener listener,
            InstantSource clock,
            Supplier<String> epochs) {
        this.limits = limits;
        this.budgets = budgets;
        this.listener = listener;
        this.clock = clock;
        this.epochs = epochs;
    }

    @Override
    public void publish(Draft draft, Receipt receipt) {
        receipt.published(publish(draft));
    }

    @Override
    public void publish(Draft draft, Consumer<Publication> done) {
        done.accept(publish(draft));
    }

    /** One of the gateway's own channels, which keep nothing, is not made by publishing. */
    private Publication publish(Draft draft) {
        if (draft.channel().isReserved() && !channels.containsKey(draft.channel())) {
            var unheard = new Publication(draft, NOWHERE, clock.millis());
            listener.onPublication(unheard, 0);
            return unheard;
        }
        return onLive(draft.channel(), channel -> channel.publish(draft, clock.millis()));
    }

    /** A channel that does not exist is not made by being read. */
    @Override
    public void history(ChannelId id, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        MemoryChannel channel = channels.get(id);
        HistoryPage page = channel == null ? null : channel.read(after, limit, clock.millis());
        done.accept(page != null ? page : new HistoryPage(List.of(), NOWHERE, after == null, false));
    }

    @Override
    public void kept(ChannelId id, Consumer<@Nullable Publication> done) {
        MemoryChannel channel = channels.get(id);
        done.accept(channel == null ? null : channel.kept(clock.millis()));
    }

    /** Tells the listener from now on; to be called before the first subscriber comes. */
    public void watch(OccupancyListener listener) {
        watcher = listener;
    }

    @Override
    public void joined(ChannelId id, int loop, boolean first) {
        onLive(id, channel -> channel.join(id, loop, first, watcher) ? channel : null);
    }

    @Override
    public void left(ChannelId id, int loop, boolean last) {
        MemoryChannel channel = channels.get(id);
        if (channel != null) {
            channel.leave(id, loop, last, clock.millis(), watcher);
            if (last) {
                lookedThroughMs.remove(id.workspace()); // there may be one to give up now
            }
        }
    }

    @Override
    public int subscribers(ChannelId id) {
        MemoryChannel channel = channels.get(id);
        return channel == null ? 0 : channel.subscribers();
    }

    @Override
    public boolean isCrowded(String workspace) {
        return budgets.apply(workspace).isCrowded();
    }

    @Override
    public Map<String, Integer> occupied(String workspace) {
        var occupied = new TreeMap<String, Integer>();
        channels.forEach((id, channel) -> {
            int subscribers = channel.subscribers();
            if (subscribers > 0 && id.workspace().equals(workspace) && !id.isReserved()) {
                occupied.put(id.name(), subscribers);
            }
        });
        return occupied;
    }

    @Override
    public boolean wanted(ChannelId id) {
        MemoryChannel channel = channels.get(id);
        return channel != null ? channel.wanted() : limits.apply(id).countMax() > 0;
    }

    @Override
    public CompletableFuture<Long> purge(String workspace, long subject) {
        long removed = 0;
        for (Map.Entry<ChannelId, MemoryChannel> entry : channels.entrySet()) {
            if (entry.getKey().workspace().equals(workspace)) {
                removed += entry.getValue().purge(subject, _ -> {});
            }
        }
        return CompletableFuture.completedFuture(removed);
    }

    /**
     * The channel, made if it is missing, held: it is not given up before {@link HeldChannel#release}.
     *
     * @throws ProtocolException if there is no room for it
     */
    public HeldChannel hold(ChannelId id) {
        return onLive(id, channel -> channel.hold() ? channel : null);
    }

    /** Makes a channel as an earlier run left it, to be filled by {@link HeldChannel#restore}; null if its workspace has no room for it, or if it is there already. */
    public @Nullable HeldChannel restore(ChannelId id, String epoch) {
        WorkspaceBudget budget = budgets.apply(id.workspace());
        if (!budget.openChannel()) {
            return null;
        }
        MemoryChannel channel = make(id, epoch, budget);
        if (channels.putIfAbsent(id, channel) != null) {
            budget.closeChannel();
            return null;
        }
        return channel;
    }

    /** Tells the listener of every channel that is given up; to be called before anybody publishes. */
    public void whenForgotten(BiConsumer<ChannelId, HeldChannel> listener) {
        forgotten = listener;
    }

    /** Drops what is too old, and forgets channels that are no longer used; to be called every few seconds. */
    public void sweep() {
        forgetUnused(_ -> true, IDLE_MS);
    }

    private void forgetUnused(Predicate<ChannelId> which, long idleMs) {
        long nowMs = clock.millis();
        channels.forEach((id, channel) -> {
            if (which.test(id) && channel.retireIfIdle(nowMs, idleMs)) {
                forget(id, channel);
            }
        });
    }

    /** Looks at every channel, so for each workspace not more often than once in a while. */
    private void forgetUnusedOf(String workspace) {
        long nowMs = clock.millis();
        Long before = lookedThroughMs.get(workspace);
        if (before == null || Math.abs(nowMs - before) >= LOOK_THROUGH_MS) {
            lookedThroughMs.put(workspace, nowMs);
            forgetUnused(other -> other.workspace().equals(workspace), -1);
        }
    }

    private void forget(ChannelId id, MemoryChannel channel) {
        if (channels.remove(id, channel)) {
            budgets.apply(id.workspace()).closeChannel();
            forgotten.accept(id, channel);
        }
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
            MemoryChannel known = channels.get(id);
            MemoryChannel channel = known != null ? known : open(id);
            T answer = question.apply(channel);
            if (answer != null) {
                return answer;
            }
            forget(id, channel);
        }
    }

    /**
     * Makes a channel; a workspace that has as many as it may gives up those that hold nothing and that nobody watches.
     *
     * @throws ProtocolException if there is none to give up
     */
    private MemoryChannel open(ChannelId id) {
        WorkspaceBudget budget = budgets.apply(id.workspace());
        if (!budget.openChannel()) {
            forgetUnusedOf(id.workspace());
            if (!budget.openChannel()) {
                throw new ProtocolException(
                        ErrorCode.UNAVAILABLE,
                        "this workspace has " + budget.channelsMax() + " channels in use, as many as it may");
            }
        }
        MemoryChannel channel = make(id, epochs.get(), budget);
        MemoryChannel first = channels.putIfAbsent(id, channel);
        if (first != null) {
            budget.closeChannel();
            return first;
        }
        return channel;
    }

    private MemoryChannel make(ChannelId id, String epoch, WorkspaceBudget budget) {
        HistoryLimits kept = limits.apply(id);
        return new MemoryChannel(new ChannelLog(epoch, kept, budget), kept.countMax() > 0, listener, clock.millis());
    }
}
