package dev.heliograph.publish;

import dev.heliograph.broker.Broker;
import dev.heliograph.broker.ForwardingBroker;
import dev.heliograph.broker.Receipt;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ProtocolException;
import java.util.List;

/** The broker as those see it who publish for others, each channel within its rate. What the gateway itself has to say does not come this way. Any thread. */
public final class RatedBroker extends ForwardingBroker {
    private final Broker broker;
    private final ChannelRates rates;

    public RatedBroker(Broker broker, ChannelRates rates) {
        super(broker);
        this.broker = broker;
        this.rates = rates;
    }

    /** @throws ProtocolException also if the channel's rate is reached */
    @Override
    public void publish(Draft draft, Receipt receipt) {
        rates.take(draft.channel());
        broker.publish(draft, receipt);
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
}
