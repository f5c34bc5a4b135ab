package dev.heliograph.broadcast;

import dev.heliograph.broker.Broker;
import dev.heliograph.config.MergeRule;
import dev.heliograph.egress.Batch;
import dev.heliograph.egress.Outbox;
import dev.heliograph.history.HistoryPage;
import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.LoopRecorder;
import dev.heliograph.metrics.Metrics;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Filter;
import dev.heliograph.protocol.message.Position;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.SubscribeOptions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
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

    /** Most publications that wait for one loop; beyond, subscribers are told what they lost. */
    static final int MAILBOX_CAPACITY = 1 << 14;
    /** Most bytes of data that wait for one loop. */
    static final long MAILBOX_BYTES = 32 << 20;
    /** Most bytes of data taken up in one pass. */
    static final int PASS_BYTES = 64 * 1024;
    /** Most publications taken up in one pass. */
    static final int PASS_PUBLICATIONS = 512;

    private final LoopThread loop;
    private final Broker broker;
    private final Metrics metrics;
    private final LoopRecorder recorder;
    private final Pace pace;
    private final Pass pass;
    private final Mailbox<Publication> mailbox = new Mailbox<>(MAILBOX_CAPACITY);
    private final AtomicLong waitingBytes = new AtomicLong();
    private final Overrun overrun;
    /** Raised from the first publication that comes to an idle loop to the end of the pass that finds no more. */
    private final WakeFlag awake = new WakeFlag();

    private final Runnable onWake = this::onPass;
    private final Runnable onSlice = this::onSlice;
    private final Map<ChannelId, LoopChannel> channels = new HashMap<>();
    /** Where something that was held back may go now, or something has to be told. */
    private final List<LoopChannel> due = new ArrayList<>();
    /** When the pass at hand had taken up what it brings. */
    private long handedOverNanos;

    /** A hub whose channels have no rule by which publications merge. */
    public LoopHub(LoopThread loop, Broker broker, Batch batch, Metrics metrics, LoopRecorder recorder) {
        this(
                loop,
                broker,
                batch,
                metrics,
                recorder,
                new Pace(_ -> MergeRule.NONE, InstantSource.system(), recorder::now));
    }

    /** @param batch holds the images of one pass; used by this hub alone */
    public LoopHub(LoopThread loop, Broker broker, Batch batch, Metrics metrics, LoopRecorder recorder, Pace pace) {
        this.loop = loop;
        this.broker = broker;
        this.metrics = metrics;
        this.recorder = recorder;
        this.pace = pace;
        this.pass = new Pass(batch, metrics, pace, this::comeFor);
        this.overrun = new Overrun(this, broker, mailbox);
    }

    private void comeFor(LoopChannel on, Group group, long inNanos) {
        if (!group.timed) {
            group.timed = true;
            loop.eventLoop().schedule(() -> onDue(on, group), inNanos, TimeUnit.NANOSECONDS);
        }
    }

    private void onDue(LoopChannel on, Group group) {
        group.timed = false;
        due.add(on);
        onFound();
    }

    /** There is something to bring that is not in the mailbox: a pass comes, if none is under way. */
    void onFound() {
        if (awake.raise()) {
            onPass();
        }
    }

    /** The pass that is being put together is to look at that channel, also if nothing has arrived for it. */
    void bringDue(LoopChannel channel) {
        due.add(channel);
    }

    /** Takes a publication that its channel has put in order. Any thread; wakes the loop at most once per batch. */
    void deliver(Publication publication) {
        if (waitingBytes.get() > MAILBOX_BYTES || !mailbox.offer(publication)) {
            metrics.increment(Count.DELIVERIES_OVERRUN);
            overrun.note(publication);
        } else {
            waitingBytes.addAndGet(publication.data().length());
        }
        if (awake.raise()) {
            metrics.increment(Count.LOOP_WAKES);
            loop.eventLoop().execute(onWake);
        }
    }

    /** A pass begins: brings what has gathered to the subscribers. */
    private void onPass() {
        try {
            gather();
            handedOverNanos = recorder.now();
            pass.begin();
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e);
        }
        onSlice();
    }

    /** A part of the pass; between two of them, and between two passes, the loop looks after its sockets. */
    private void onSlice() {
        boolean done = true;
        try {
            done = pass.goOn(loop.sliceDeliveries());
            if (done) {
                endOfPass();
            }
        } catch (RuntimeException | OutOfMemoryError e) {
            fail(e);
        }
        if (!done) {
            loop.nextTurn().accept(onSlice);
            return;
        }
        awake.lower();
        if (!(mailbox.isEmpty() && due.isEmpty() && overrun.isEmpty()) && awake.raise()) {
            loop.nextTurn().accept(onWake);
        }
    }

    /** A pass that is not ended would be the loop's last. */
    private void fail(Throwable cause) {
        LOG.error("a pass failed; subscribers are told of the gap", cause);
        pass.abandon();
    }

    /** Takes up to one pass of publications from the mailbox and sorts them by channel; then the channels where something that was held back may go. */
    private void gather() {
        gatherArrived(overrun.isEmpty() ? 0 : overrun.gather(pass));
        for (LoopChannel channel : due) {
            if (channels.get(channel.id) == channel) {
                pass.add(channel);
            }
        }
        due.clear();
    }

    private void gatherArrived(int bytesBefore) {
        int bytes = bytesBefore;
        while (pass.hasRoom(bytes)) {
            Publication publication = mailbox.poll();
            if (publication == null) {
                return;
            }
            waitingBytes.addAndGet(-publication.data().length());
            LoopChannel channel = channels.get(publication.channel());
            if (channel != null) { // else the last subscriber left while it was on its way
                bytes += publication.data().length();
                pass.add(publication, channel);
            }
        }
    }

    private void endOfPass() {
        recorder.onPass(
                pass.publications(),
                Publication::acceptedNanos,
                Publication::sequencedNanos,
                handedOverNanos,
                pass.deliveries());
        pass.end();
    }

    /**
     * Reserves a place in a channel's stream. From this call on the subscriber misses nothing; it is sent nothing before {@link Joining#start}.
     *
     * @param recover the last position the client has seen; null if it wants what is live only, or the newest before
     * @param done called once, on this loop
     */
    public Subscriber subscribe(
            ChannelId id, Outbox outbox, SubscribeOptions options, @Nullable Position recover, Consumer<Joining> done) {
        return subscribe(id, outbox, options, null, recover, done);
    }

    /** @param permitted what of the channel the subscriber may be sent, whatever it asks for; null: everything */
    public Subscriber subscribe(
            ChannelId id,
            Outbox outbox,
            SubscribeOptions options,
            @Nullable Filter permitted,
            @Nullable Position recover,
            Consumer<Joining> done) {
        assert loop.eventLoop().inEventLoop();
        LoopChannel channel = channels.get(id);
        broker.joined(id, loop.number(), channel == null);
        if (channel == null) {
            channel = new LoopChannel(id, metrics.usage().delivered(id.workspace()), pace);
            channels.put(id, channel);
        }
        channel.onCome();
        var subscriber = new Subscriber(outbox, channel.id, options, permitted); // one id object for all of a channel
        try {
            if (recover == null) {
                readLast(subscriber, options.last(), done);
            } else {
                readMissed(subscriber, recover, options.last(), done);
            }
        } catch (RuntimeException e) {
            unsubscribe(subscriber);
            throw e;
        }
        return subscriber;
    }

    private void readMissed(Subscriber subscriber, Position recover, int last, Consumer<Joining> done) {
        broker.history(
                subscriber.channel,
                recover,
                CatchUp.PAGE,
                page -> onLoop(() -> {
                    if (subscriber.hasLeft()) {
                        return;
                    }
                    if (page.complete()) {
                        done.accept(new Joining(this, subscriber, page, true));
                    } else {
                        readLast(subscriber, last, done);
                    }
                }));
    }

    private void readLast(Subscriber subscriber, int last, Consumer<Joining> done) {
        broker.history(
                subscriber.channel,
                null,
                last,
                page -> onLoop(() -> {
                    if (!subscriber.hasLeft()) {
                        done.accept(new Joining(this, subscriber, page, false));
                    }
                }));
    }

    void start(Subscriber subscriber, HistoryPage page, Runnable onCaughtUp) {
        new CatchUp(this, broker, subscriber, onCaughtUp).onPage(page);
    }

    /** Ends a subscription; nothing more is sent for it. */
    public void unsubscribe(Subscriber subscriber) {
        assert loop.eventLoop().inEventLoop();
        if (subscriber.hasLeft()) {
            return;
        }
        LoopChannel channel = channelOf(subscriber);
        channel.onLeft(subscriber);
        subscriber.leave();
        if (channel.isEmpty()) {
            channels.remove(channel.id);
        }
        broker.left(channel.id, loop.number(), channel.isEmpty());
        if (channel.isEmpty()) {
            overrun.forget(channel.id);
        }
    }

    void onCaughtUp(Subscriber subscriber) {
        subscriber.after = subscriber.seen.offset();
        channelOf(subscriber).onJoined(subscriber, subscriber.seen);
    }

    /** Whether this loop has delivered, or is delivering, something newer than the subscriber has been sent by itself. */
    boolean isBehind(Subscriber subscriber) {
        return isBehind(subscriber, channelOf(subscriber).joinsAt());
    }

    private static boolean isBehind(Subscriber subscriber, @Nullable Position reached) {
        Position seen = subscriber.seen;
        return reached != null && reached.epoch().equals(seen.epoch()) && reached.offset() > seen.offset();
    }

    /** Up to where the subscriber is not going to be sent anything if it joins now. */
    Position joinsAt(Subscriber subscriber) {
        Position reached = channelOf(subscriber).joinsAt();
        return reached != null && isBehind(subscriber, reached) ? reached : subscriber.seen;
    }

    /** Up to where the subscriber has been sent everything. */
    public Position position(Subscriber subscriber) {
        Position reached = subscriber.slot < 0 ? null : channelOf(subscriber).reachedBy(subscriber);
        return reached != null && isBehind(subscriber, reached) ? reached : subscriber.seen;
    }

    /** Runs the task on this loop: now if this is its thread. Any thread. */
    public void onLoop(Runnable task) {
        if (loop.eventLoop().inEventLoop()) {
            task.run();
        } else {
            loop.eventLoop().execute(task);
        }
    }

    /** Runs the task on this loop after what it has to do already. */
    void later(Runnable task) {
        loop.eventLoop().execute(task);
    }

    /** What this loop has of a channel, with so many groups at most; null if nobody is subscribed here. */
    public @Nullable ChannelView view(ChannelId id, int groupsMax) {
        assert loop.eventLoop().inEventLoop();
        LoopChannel channel = channels.get(id);
        return channel == null ? null : channel.view(groupsMax);
    }

    /** How many channels have a subscriber here. */
    public int channels() {
        return channels.size();
    }

    /** The channel's subscribers here; null if there are none. */
    @Nullable
    LoopChannel channel(ChannelId id) {
        return channels.get(id);
    }

    private LoopChannel channelOf(Subscriber subscriber) {
        LoopChannel channel = channels.get(subscriber.channel);
        if (channel == null) {
            throw new IllegalStateException("a subscriber's channel is gone: " + subscriber.channel);
        }
        return channel;
    }
}
