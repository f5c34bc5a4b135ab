package dev.heliograph.app;

import dev.heliograph.broadcast.Joining;
import dev.heliograph.broadcast.LoopHub;
import dev.heliograph.broadcast.Subscriber;
import dev.heliograph.egress.Outbox;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A place in a channel's stream that has been taken, and from which nothing has been sent yet. Confined to the event loop. */
record Place(Subscriber subscriber, Joining joining) {
    /** @throws dev.heliograph.protocol.message.ProtocolException if there is no room for the channel */
    static Place take(LoopHub hub, Outbox outbox, ChannelId channel) {
        var joining = new AtomicReference<@Nullable Joining>();
        Subscriber subscriber = hub.subscribe(channel, outbox, SubscribeOptions.NONE, null, joining::set);
        Joining settled = joining.get();
        if (settled == null) {
            throw new IllegalStateException("the broker has to answer at once: " + channel);
        }
        return new Place(subscriber, settled);
    }
}
