package dev.heliograph.broker;

import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A broker before another, to which everything goes on that it does not treat otherwise. Any thread. */
public abstract class ForwardingBroker implements Broker {
    private final Broker next;

    protected ForwardingBroker(Broker next) {
        this.next = next;
    }

    @Override
    public void publish(Draft draft, Receipt receipt) {
        next.publish(draft, receipt);
    }

    @Override
    public void settle(ChannelId channel, Runnable done, Consumer<ProtocolException> refused) {
        next.settle(channel, done, refused);
    }

    @Override
    public void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        next.history(channel, after, limit, done);
    }

    @Override
    public void kept(ChannelId channel, Consumer<@Nullable Publication> done) {
        next.kept(channel, done);
    }

    @Override
    public void joined(ChannelId channel, int loop, boolean first) {
        next.joined(channel, loop, first);
    }

    @Override
    public void left(ChannelId channel, int loop, boolean last) {
        next.left(channel, loop, last);
    }

    @Override
    public int subscribers(ChannelId channel) {
        return next.subscribers(channel);
    }

    @Override
    public boolean isCrowded(String workspace) {
        return next.isCrowded(workspace);
    }

    @Override
    public Map<String, Integer> occupied(String workspace) {
        return next.occupied(workspace);
    }

    @Override
    public boolean wanted(ChannelId channel) {
        return next.wanted(channel);
    }

    @Override
    public CompletableFuture<Long> purge(String workspace, long subject) {
        return next.purge(workspace, subject);
    }
}
