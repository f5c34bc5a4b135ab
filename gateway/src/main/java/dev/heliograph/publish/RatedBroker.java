package dev.heliograph.publish;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The broker as those see it who publish for others, each channel within its rate. What the gateway itself has to say does not come this way. Any thread. */
public final class RatedBroker implements Broker {
    private final Broker broker;
    private final ChannelRates rates;

    public RatedBroker(Broker broker, ChannelRates rates) {
        this.broker = broker;
        this.rates = rates;
    }

    /** @throws ProtocolException also if the channel's rate is reached */
    @Override
    public void publish(Draft draft, Receipt receipt) {
        rates.take(draft.channel());
        broker.publish(draft, receipt);
    }

    @Override
    public void settle(ChannelId channel, Runnable done, Consumer<ProtocolException> refused) {
        broker.settle(channel, done, refused);
    }

    /**
     * The broker for one publication to each of these channels, which have the room for it.
     *
     * @throws ProtocolException if a channel's rate is reached; then nothing is taken of any
     */
    public Broker within(List<ChannelId> channels) {
        rates.takeAll(channels);
        return broker;
    }

    @Override
    public void history(ChannelId channel, @Nullable Position after, int limit, Consumer<HistoryPage> done) {
        broker.history(channel, after, limit, done);
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
