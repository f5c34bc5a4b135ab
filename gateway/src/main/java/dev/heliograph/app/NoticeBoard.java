package dev.heliograph.app;

import dev.heliograph.broker.Broker;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Draft;
import dev.heliograph.protocol.message.ProtocolException;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.pusher.NoticeChannel;
import dev.heliograph.protocol.pusher.PusherServerMessage;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Publishes on notice channels. What is posted under a channel's lock waits until no lock is held, since publishing may have to open a channel, which looks at
 * others; of each notice channel the newest notice waits, and no other. So it is for what is a state, such as a count. Any thread; as large as the notice channels.
 */
final class NoticeBoard {
    private static final Logger LOG = LoggerFactory.getLogger(NoticeBoard.class);
    private static final String NOTICE = "notice";

    private final Broker broker;
    private final LongSupplier ticker;
    private final Executor offLock;
    private final Map<ChannelId, PusherServerMessage> waiting = new ConcurrentHashMap<>();
    private final AtomicBoolean awake = new AtomicBoolean();

    /** @param offLock runs one task at a time, on a thread that holds no lock of a channel */
    NoticeBoard(Broker broker, LongSupplier ticker, Executor offLock) {
        this.broker = broker;
        this.ticker = ticker;
        this.offLock = offLock;
    }

    /** Tells it soon to those who are subscribed then. May be called under a channel's lock. */
    void post(ChannelId channel, PusherServerMessage message) {
        waiting.put(channel, message);
        if (awake.compareAndSet(false, true)) {
            try {
                offLock.execute(this::publishAll);
            } catch (RejectedExecutionException stopping) {
                LOG.debug("{} is not told, as the gateway stops", channel);
            }
        }
    }

    private void publishAll() {
        awake.set(false);
        for (ChannelId channel : List.copyOf(waiting.keySet())) {
            PusherServerMessage message = waiting.remove(channel);
            if (message != null && broker.subscribers(channel) > 0) {
                try {
                    publish(channel, message);
                } catch (ProtocolException e) {
                    LOG.warn("{} is not told: {}", channel, e.getMessage());
                }
            }
        }
    }

    /** Tells it now; not under a channel's lock. */
    Publication publish(ChannelId channel, PusherServerMessage message) {
        var draft = new Draft(channel, NOTICE, NoticeChannel.notice(message), null, 0, ticker.getAsLong());
        var published = new AtomicReference<@Nullable Publication>();
        broker.publish(draft, published::set);
        Publication publication = published.get();
        if (publication == null) {
            throw new IllegalStateException("the broker has to publish at once: " + channel);
        }
        return publication;
    }
}
