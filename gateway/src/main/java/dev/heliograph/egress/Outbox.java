package dev.heliograph.egress;

import dev.heliograph.metrics.Count;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes to one peer, in order and bounded. While the peer keeps up, what is sent goes straight to its kernel and the outbox holds nothing.
 * When it does not, images wait here by reference; over the bound the oldest events are dropped, counted, and told to the peer before anything newer. Confined
 * to the connection's event loop.
 */
public final class Outbox {
    /** Most frames that wait when one more answer is added. */
    static final int FRAMES_MAX = 8_192;

    private final Wire wire;
    private final WireFormat format;
    private final OutboxContext context;
    private @Nullable Backlog backlog;
    private @Nullable Map<ChannelId, LostRange> lost;
    private @Nullable List<Runnable> whenDrained;
    private long stalledSinceNanos;
    private boolean closed;
    private int awaitedIn;
    private int awaited;

    public Outbox(Wire wire, WireFormat format, OutboxContext context) {
        this.wire = wire;
        this.format = format;
        this.context = context;
    }

    public WireFormat format() {
        return format;
    }

    /** Orders outboxes as their sockets lie in the kernel's memory. */
    public int order() {
        return wire.order();
    }

    /** A batch of the pass with that number is going to be brought. */
    public void onAwaited(int pass) {
        awaited = awaitedIn == pass ? awaited + 1 : 1;
        awaitedIn = pass;
    }

    /** Whether no second batch of that pass is going to be brought, as far as was known when it began. */
    public boolean isAwaitedOnce(int pass) {
        return awaitedIn != pass || awaited == 1;
    }

    /**
     * Sends a batch of publications that are corked already: the same bytes for every receiver of the batch. If the peer does not take all of it, the rest
     * waits as references to the batch's images.
     */
    public Offer send(Batch batch) {
        if (closed) {
            return Offer.CLOSED;
        }
        if (backlog != null) {
            return queue(batch, 0);
        }
        int taken = wire.send(batch.cork(), 0, batch.length());
        return taken == batch.length() ? Offer.WRITTEN : queue(batch, taken);
    }

    /** Queues a batch; {@link #flush} sends it. */
    public Offer offer(Batch batch) {
        if (closed) {
            return Offer.CLOSED;
        }
        add(batch);
        return makeRoom();
    }

    private Offer queue(Batch batch, int taken) {
        add(batch);
        backlog().taken(taken);
        stalled();
        return shed();
    }

    private void add(Batch batch) {
        for (int i = 0; i < batch.size(); i++) {
            backlog().add(batch.image(i), batch.publication(i));
        }
    }

    /** Queues one publication; {@link #flush} sends it. */
    public Offer offer(Publication publication) {
        if (closed) {
            return Offer.CLOSED;
        }
        backlog().add(format.image(publication), publication);
        return makeRoom();
    }

    /** What a peer that keeps up has not been sent yet does not count as waiting for it. */
    private Offer makeRoom() {
        boolean over = backlog().bytes() > context.bytesMax();
        return over && (stalledSinceNanos != 0 || flush() == Offer.QUEUED) ? shed() : Offer.QUEUED;
    }

    /** Sends a message to this peer alone, behind what already waits. Such messages are answers: they are never dropped, so they are few. */
    public Offer send(ServerMessage message) {
        return send(format.image(message, context.clock().millis()));
    }

    /** Sends one whole frame to this peer alone. */
    public Offer send(byte[] frame) {
        if (closed) {
            return Offer.CLOSED;
        }
        backlog().add(frame, null);
        if (backlog().bytes() > 2L * context.bytesMax() || backlog().size() > FRAMES_MAX) {
            return Offer.OVERFLOWED;
        }
        return backlog().size() == 1 || stalledSinceNanos == 0 ? flush() : Offer.QUEUED;
    }

    /** Sends what waits, as far as the peer takes it: the end of a batch. */
    public Offer flush() {
        while (!closed && backlog != null) {
            tellLost();
            ByteBuf cork = context.cork();
            int length = fill(cork, backlog, lost != null ? 1 : backlog.size());
            int taken = wire.send(cork, 0, length);
            backlog.taken(taken);
            if (taken > 0) {
                stalledSinceNanos = 0;
            }
            if (backlog.isEmpty()) {
                drained();
            } else if (taken < length) {
                stalled();
                return Offer.QUEUED;
            }
        }
        return closed ? Offer.CLOSED : Offer.WRITTEN;
    }

    /** The wire can take bytes again. */
    public void onWritable() {
        flush();
    }

    /** Runs {@code task} on this loop when nothing waits any more; at once if nothing does. */
    public void whenDrained(Runnable task) {
        if (closed) {
            return;
        }
        if (backlog == null) {
            task.run();
            return;
        }
        if (whenDrained == null) {
            whenDrained = new ArrayList<>(1);
        }
        whenDrained.add(task);
    }

    /** How long the peer has taken nothing although something waits; 0 if nothing waits or it takes. */
    public long stalledNanos(long nowNanos) {
        return stalledSinceNanos == 0 ? 0 : nowNanos - stalledSinceNanos;
    }

    /** Bytes that wait. */
    public long waitingBytes() {
        return backlog == null ? 0 : backlog.bytes();
    }

    /** Drops what waits, except the rest of a frame that is half sent, sends a last frame, and closes the wire. */
    public void close(byte @Nullable [] lastFrame) {
        if (closed) {
            return;
        }
        closed = true;
        byte[] last = lastFrame == null || backlog == null ? lastFrame : backlog.restOfHead(lastFrame);
        backlog = null;
        whenDrained = null;
        wire.close(last);
    }

    private Offer shed() {
        Offer offer = Offer.QUEUED;
        while (backlog().bytes() > context.bytesMax()) {
            Publication dropped = backlog().dropOldest();
            if (dropped == null) {
                break;
            }
            note(dropped);
            offer = Offer.DROPPED;
        }
        return offer;
    }

    private void note(Publication dropped) {
        context.metrics().increment(Count.DELIVERIES_DROPPED);
        if (lost == null) {
            lost = new LinkedHashMap<>();
        }
        lost.merge(dropped.channel(), LostRange.of(dropped), (range, _) -> range.and(dropped));
    }

    /** Puts notices of what was dropped before everything of which nothing has been sent. */
    private void tellLost() {
        if (lost == null || backlog().headSent() > 0) {
            return;
        }
        Backlog rest = backlog();
        backlog = new Backlog();
        for (LostRange range : lost.values()) {
            backlog.add(format.image(range.message(), context.clock().millis()), null);
        }
        for (int i = 0; i < rest.size(); i++) {
            backlog.add(rest.image(i), rest.publication(i));
        }
        lost = null;
    }

    /** Copies what waits into the cork, at most its capacity unless one image alone is larger; returns how many bytes. */
    private static int fill(ByteBuf cork, Backlog backlog, int imagesMax) {
        cork.clear();
        int skip = backlog.headSent();
        for (int i = 0; i < imagesMax; i++) {
            byte[] image = backlog.image(i);
            if (i > 0 && cork.readableBytes() + image.length > OutboxContext.CORK_BYTES) {
                break;
            }
            cork.writeBytes(image, skip, image.length - skip);
            skip = 0;
        }
        return cork.readableBytes();
    }

    private void stalled() {
        if (stalledSinceNanos == 0) {
            stalledSinceNanos = Math.max(1, context.ticker().getAsLong());
        }
    }

    private void drained() {
        context.spare().keep(backlog());
        backlog = null;
        stalledSinceNanos = 0;
        List<Runnable> tasks = whenDrained;
        whenDrained = null;
        if (tasks != null) {
            tasks.forEach(Runnable::run);
        }
    }

    private Backlog backlog() {
        if (backlog == null) {
            backlog = context.spare().take();
        }
        return backlog;
    }
}
