package dev.heliograph.simulation;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.ForwardingBroker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.Position;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A broker whose logs lie behind a network or a disk: what is read was right when it was read, and arrives later. */
final class LateBroker extends ForwardingBroker {
    private final Broker broker;
    private final Consumer<Runnable> later;

    /** @param later runs a task after a while, or at once */
    LateBroker(Broker broker, Consumer<Runnable> later) {
        super(broker);
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
}
