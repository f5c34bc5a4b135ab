package dev.heliograph.simulation;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A broker whose logs lie behind a network or a disk: what is read was right when it was read, and arrives later. */
final class LateBroker implements Broker {
    private final Broker broker;
    private final Consumer<Runnable> later;

    /** @param later runs a task after a while, or at once */
    LateBroker(Broker broker, Consumer<Runnable> later) {
        this.broker = broker;
        this.later = later;
    }

    @Override
    public void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        broker.history(channel, after, limit, page -> later.accept(() -> done.accept(page)));
    }

    @Override
    public void publish(Draft draft, Receipt receipt) {
        broker.publish(draft, publication -> later.accept(() -> receipt.published(publication)));
    }

    @Override
    public void kept(ChannelId channel, Consumer<@Nullable Publication> done) {
        broker.kept(channel, done);
    }

    @Override
    public void joined(ChannelId channel, int loop, boolean first) {
        broker.joined(channel, loop, first);
    }

    @Override
    public void left(ChannelId channel, int loop, boolean last) {
        broker.left(channel, loop, last);
    }

    @Override
    public int subscribers(ChannelId channel) {
        return broker.subscribers(channel);
    }

    @Override
    public boolean isCrowded(String workspace) {
        return broker.isCrowded(workspace);
    }

    @Override
    public Map<String, Integer> occupied(String workspace) {
        return broker.occupied(workspace);
    }

    @Override
    public boolean wanted(ChannelId channel) {
        return broker.wanted(channel);
    }

    @Override
    public CompletableFuture<Long> purge(String workspace, long subject) {
        return broker.purge(workspace, subject);
    }
}
