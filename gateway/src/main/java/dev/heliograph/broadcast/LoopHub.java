package dev.heliograph.broadcast;

import dev.heliograph.broker.Broker;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.Offer;
import dev.heliograph.egress.Outbox;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.LoopLatency;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.codec.Frames;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.CloseCode;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.channel.EventLoop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The subscribers of one event loop, and the passes that bring publications to them. All methods must be called on the loop, except {@link #deliver}, which any
 * thread may call. While one pass runs, what arrives gathers and leaves together in the next: load makes its own batches.
 */
public final class LoopHub {
    private static final Logger LOG = LoggerFactory.getLogger(LoopHub.class);
    private static final byte[] INTERNAL_ERROR = Frames.close(CloseCode.INTERNAL_ERROR, "internal error");

    /** Most publications that wait for one loop; beyond, subscribers are told what they lost. */
    static final int MAILBOX_CAPACITY = 1 << 14;
    /** Most bytes of data that wait for one loop. */
    static final long MAILBOX_BYTES = 32 << 20;
    /** Most bytes of data taken up in one pass. */
    static final int PASS_BYTES = 64 * 1024;
    /** Most publications taken up in one pass. */
    static final int PASS_PUBLICATIONS = 512;

    private final int loop;
    private final EventLoop eventLoop;
    private final Broker broker;
    private final Metrics metrics;
    private final LoopLatency latency;
    private final Batch batch;
    private final Mailbox<Publication> mailbox = new Mailbox<>(MAILBOX_CAPACITY);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final WakeFlag scheduled = new WakeFlag();
    private final Map<ChannelId, LoopChannel> channels = new HashMap<>();
    private final List<Publication> pass = new ArrayList<>();
    private final List<LoopChannel> dirty = new ArrayList<>();
    private final List<Outbox> unflushed = new ArrayList<>();

    /**
     * @param loop this loop's number, 0 to 63
     * @param batch holds the images of one pass; used by this hub alone
     */
    public LoopHub(int loop, EventLoop eventLoop, Broker broker, Batch batch, Metrics metrics, LoopLatency latency) {
        this.loop = loop;
        this.eventLoop = eventLoop;
        this.broker = broker;
        this.batch = batch;
        this.metrics = metrics;
        this.latency = latency;
    }

    /** Takes a publication that its channel has put in order. Any thread; wakes the loop at most once per batch. */
    void deliver(Publication publication) {
        if (waitingBytes.get() > MAILBOX_BYTES || !mailbox.offer(publication)) {
            metrics.increment(Count.DELIVERIES_OVERRUN);
        } else {
            waitingBytes.addAndGet(publication.data().length());
        }
        if (scheduled.raise()) {
            metrics.increment(Count.LOOP_WAKES);
            eventLoop.execute(this::onDeliver);
        }
    }

    /** One pass: brings what has gathered to the subscribers, then gives the loop back to its sockets. */
    private void onDeliver() {
        scheduled.lower();
        gather();
        for (LoopChannel channel : dirty) {
            try {
                onDeliver(channel);
            } catch (RuntimeException | OutOfMemoryError e) {
                LOG.error("a channel's batch failed; its subscribers are told of the gap with the next one", e);
            } finally {
                channel.arrived.clear();
            }
        }
        endOfBatch();
        if (!mailbox.isEmpty() && scheduled.raise()) {
            eventLoop.execute(this::onDeliver);
        }
    }

    /** Takes up to one pass of publications from the mailbox and sorts them by channel. */
    private void gather() {
        int bytes = 0;
        while (bytes < PASS_BYTES && pass.size() < PASS_PUBLICATIONS) {
            Publication publication = mailbox.poll();
            if (publication == null) {
                return;
            }
            waitingBytes.addAndGet(-publication.data().length());
            LoopChannel channel = channels.get(publication.channel());
            if (channel != null) { // else the last subscriber left while it was on its way
                pass.add(publication);
                bytes += publication.data().length();
                if (channel.arrived.isEmpty()) {
                    dirty.add(channel);
                }
                channel.arrived.add(publication);
            }
        }
    }

    private void onDeliver(LoopChannel channel) {
        List<Publication> arrived = channel.arrived;
        for (int from = 0, to; from < arrived.size(); from = to) {
            to = channel.endOfRun(from);
            tellGap(channel, arrived.get(from));
            for (Group group : channel.groups) {
                onDeliver(arrived, from, to, group);
            }
            channel.delivered(arrived.get(to - 1).position());
        }
    }

    private void onDeliver(List<Publication> arrived, int from, int to, Group group) {
        batch.clear();
        for (int i = from; i < to; i++) {
            Publication publication = arrived.get(i);
            if (group.takes(publication)) {
                batch.add(publication, group.format);
            }
        }
        if (batch.isEmpty()) {
            return;
        }
        int taken = 0;
        for (int i = 0; i < group.size(); i++) {
            taken += onDeliver(group.get(i));
        }
        metrics.add(Count.DELIVERIES, taken);
    }

    /** Returns how many of the batch were written or wait. A fault ends this one connection: the others get what is theirs. */
    private int onDeliver(Subscriber subscriber) {
        try {
            if (subscriber.after >= batch.firstOffset()) {
                return offerNewer(subscriber);
            }
            Offer offer = dirty.size() == 1 ? subscriber.outbox.send(batch) : offer(subscriber.outbox);
            return offer == Offer.CLOSED ? 0 : batch.size();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("a delivery failed; its connection is closed", e);
            subscriber.outbox.close(INTERNAL_ERROR);
            return 0;
        }
    }

    /** Several channels are dirty, so this peer may get more in this pass: it all leaves together at the end. */
    private Offer offer(Outbox outbox) {
        unflushed.add(outbox);
        return outbox.offer(batch);
    }

    /** For one that joined while this batch was on its way and has been sent a part of it by its replay. */
    private int offerNewer(Subscriber subscriber) {
        int offered = 0;
        for (int i = 0; i < batch.size(); i++) {
            if (batch.publication(i).offset() > subscriber.after) {
                subscriber.outbox.offer(batch.publication(i));
                offered++;
            }
        }
        unflushed.add(subscriber.outbox);
        return offered;
    }

    private void endOfBatch() {
        for (Outbox outbox : unflushed) {
            flush(outbox);
        }
        long now = latency.now();
        for (Publication publication : pass) {
            latency.record(publication.acceptedNanos(), now);
        }
        unflushed.clear();
        dirty.clear();
        pass.clear();
    }

    private static void flush(Outbox outbox) {
        try {
            outbox.flush();
        } catch (RuntimeException | OutOfMemoryError e) {
            LOG.error("a delivery failed; its connection is closed", e);
            outbox.close(INTERNAL_ERROR);
        }
    }

    /** Offsets have no gaps, so one that is missing did not fit into the mailbox. */
    private void tellGap(LoopChannel channel, Publication next) {
        Position reached = channel.reached();
        if (reached == null || next.offset() <= reached.offset() + 1) {
            return;
        }
        for (Group group : channel.groups) {
            for (int i = 0; i < group.size(); i++) {
                tellGap(group.get(i), reached, next);
            }
        }
    }

    /** One that joined meanwhile has read a part of it, or all, from the log. */
    private static void tellGap(Subscriber subscriber, Position reached, Publication next) {
        long seen = Math.max(reached.offset(), subscriber.after);
        long count = next.offset() - 1 - seen;
        if (count > 0) {
            var from = new Position(reached.epoch(), seen + 1);
            var to = new Position(reached.epoch(), next.offset() - 1);
            subscriber.outbox.send(new ServerMessage.Lost(subscriber.channel.name(), count, from, to, "overrun"));
        }
    }

    /**
     * Reserves a place in a channel's stream. From this call on the subscriber misses nothing; it is sent nothing before {@link Joining#start}.
     *
     * @param recover the last position the client has seen; null if it wants what is live only
     * @param done called once, on this loop
     */
    public Subscriber subscribe(
            ChannelId id, Outbox outbox, @Nullable Filter filter, @Nullable Position recover, Consumer<Joining> done) {
        assert eventLoop.inEventLoop();
        LoopChannel channel = channels.computeIfAbsent(id, this::occupy);
        channel.catchingUp(1);
        var subscriber = new Subscriber(outbox, id, Selection.of(filter));
        int limit = recover == null ? 0 : CatchUp.PAGE;
        broker.history(
                id,
                recover,
                limit,
                page -> onLoop(() -> {
                    if (!subscriber.hasLeft()) {
                        done.accept(new Joining(this, subscriber, page, recover != null));
                    }
                }));
        return subscriber;
    }

    private LoopChannel occupy(ChannelId id) {
        broker.occupied(id, loop);
        return new LoopChannel(id);
    }

    void start(Subscriber subscriber, HistoryPage page) {
        new CatchUp(this, broker, subscriber).onPage(page);
    }

    /** Ends a subscription; nothing more is sent for it. */
    public void unsubscribe(Subscriber subscriber) {
        assert eventLoop.inEventLoop();
        if (subscriber.hasLeft()) {
            return;
        }
        LoopChannel channel = channelOf(subscriber);
        if (subscriber.slot >= 0) {
            channel.remove(subscriber);
        } else {
            channel.catchingUp(-1);
        }
        subscriber.leave();
        if (channel.isEmpty()) {
            channels.remove(channel.id);
            broker.vacated(channel.id, loop);
        }
    }

    void onCaughtUp(Subscriber subscriber) {
        LoopChannel channel = channelOf(subscriber);
        subscriber.after = subscriber.seen.offset();
        channel.joined(subscriber.seen);
        channel.catchingUp(-1);
        channel.group(subscriber).add(subscriber);
    }

    /** Whether this loop has delivered something newer than the subscriber has been sent by itself. */
    boolean isBehind(Subscriber subscriber) {
        Position reached = channelOf(subscriber).reached();
        Position seen = subscriber.seen;
        return reached != null && reached.epoch().equals(seen.epoch()) && reached.offset() > seen.offset();
    }

    /** Up to where the subscriber has been sent everything. */
    public Position position(Subscriber subscriber) {
        Position reached = channelOf(subscriber).reached();
        return reached != null && subscriber.slot >= 0 && isBehind(subscriber) ? reached : subscriber.seen;
    }

    /** Runs the task on this loop: now if this is its thread. */
    void onLoop(Runnable task) {
        if (eventLoop.inEventLoop()) {
            task.run();
        } else {
            eventLoop.execute(task);
        }
    }

    /** Runs the task on this loop after what it has to do already. */
    void later(Runnable task) {
        eventLoop.execute(task);
    }

    /** How many channels have a subscriber here. */
    public int channels() {
        return channels.size();
    }

    private LoopChannel channelOf(Subscriber subscriber) {
        LoopChannel channel = channels.get(subscriber.channel);
        if (channel == null) {
            throw new IllegalStateException("a subscriber's channel is gone: " + subscriber.channel);
        }
        return channel;
    }
}
