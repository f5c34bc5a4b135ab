package dev.heliograph.egress;

import dev.heliograph.metrics.Count;
import dev.heliograph.metrics.Rung;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Publication;
import dev.heliograph.protocol.message.ServerMessage;
import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Everything that goes to one peer, in order and bounded. While the peer keeps up, what is sent goes straight to its kernel and the outbox holds nothing.
 * When it does not, images wait here by reference; over the bound the oldest events are dropped, counted, and told to the peer before anything newer. Confined
 * to the connection's event loop.
 */
public final class Outbox {
    /** Most frames that wait when one more answer is added. */
    static final int FRAMES_MAX = 8_192;
    /** What waits begins to be merged at this part of its bound. */
    static final int MERGE_DIVISOR = 4;

    private static final String SLOW_CONSUMER = "slow_consumer";
    /** A peer that takes nothing for longer counts as stalled. */
    private static final long STALLED_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Wire wire;
    private final WireFormat format;
    private final OutboxContext context;
    private final long handle;
    private @Nullable Backlog backlog;
    private Rung rung = Rung.HEALTHY;
    private boolean closed;
    private boolean abandoned;
    private int dropped;
    private int merged;
    private int awaitedIn;
    private int awaited;
    private final long connection;

    /** The outbox of a client whose number nothing that is published can name. */
    public Outbox(Wire wire, WireFormat format, OutboxContext context) {
        this(wire, format, context, 0);
    }

    /** @param connection the client's number, see {@link dev.heliograph.protocol.message.Sender} */
    public Outbox(Wire wire, WireFormat format, OutboxContext context, long connection) {
        this.wire = wire;
        this.connection = connection;
        this.format = format;
        this.context = context;
        this.handle = context.sockets().open(wire.bareDescriptor());
        context.backlogs().outflow().onOpen();
    }

    public WireFormat format() {
        return format;
    }

    /** The client's number, by which something published can leave it out. */
    public long connection() {
        return connection;
    }

    /** Orders outboxes as their sockets lie in the kernel's memory. */
    public int order() {
        return wire.order();
    }

    /** For {@link Batch#sendDirectly}. */
    public long handle() {
        return handle;
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
        return send(batch, 0);
    }

    /** The same for a batch of whose first bytes the peer's kernel has taken so many already. */
    public Offer send(Batch batch, int sent) {
        if (closed) {
            return Offer.CLOSED;
        }
        if (backlog != null) {
            return queue(batch, sent);
        }
        int taken = sent + send(batch.cork(), sent, batch.length() - sent);
        return taken == batch.length() ? Offer.WRITTEN : queue(batch, taken);
    }

    private int send(ByteBuf cork, int from, int length) {
        int taken = wire.send(cork, from, length);
        if (taken > 0) {
            context.backlogs().outflow().onSend(taken);
        }
        return taken;
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
            backlog().add(batch.image(i), batch.subject(i));
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

    /** Queues one that stands for others; {@link #flush} sends it. */
    public Offer offer(Merged merged) {
        if (merged.skipped() == 0) {
            return offer(merged.publication());
        }
        if (closed) {
            return Offer.CLOSED;
        }
        backlog().add(merged.image(format, context.clock().millis()), merged);
        return makeRoom();
    }

    /** What a peer that keeps up has not been sent yet does not count as waiting for it. */
    private Offer makeRoom() {
        boolean over = backlog().bytes() > context.bytesMax();
        return over && (isStalled() || flush() == Offer.QUEUED) ? shed() : Offer.QUEUED;
    }

    /** Tells the peer what it will not get; one whose protocol has no word for that is disconnected, to begin anew. */
    public Offer tell(ServerMessage.Lost lost) {
        byte[] frame = notice(lost);
        return frame == null ? abandon() : send(frame);
    }

    private byte @Nullable [] notice(ServerMessage.Notice notice) {
        return format.notice(notice, context.clock().millis());
    }

    private Offer abandon() {
        abandoned = true;
        close(format.farewell());
        return Offer.CLOSED;
    }

    /** Whether the peer was disconnected because it has lost something that it could not be told. */
    public boolean isAbandoned() {
        return abandoned;
    }

    /** Sends one whole frame to this peer alone, behind what already waits. Such frames are answers: they are never dropped, so they are few. */
    public Offer send(byte[] frame) {
        if (closed) {
            return Offer.CLOSED;
        }
        backlog().add(frame, null);
        return sendAdded();
    }

    /** Sends one whole frame to this peer alone, before what waits: one that nothing else is about, so that its order does not matter. */
    public Offer sendFirst(byte[] frame) {
        if (closed) {
            return Offer.CLOSED;
        }
        backlog().addFirst(frame);
        return sendAdded();
    }

    private Offer sendAdded() {
        if (backlog().bytes() > 2L * context.bytesMax() || backlog().size() > FRAMES_MAX) {
            return Offer.OVERFLOWED;
        }
        return backlog().size() == 1 || !isStalled() ? flush() : Offer.QUEUED;
    }

    /** Sends what waits, as far as the peer takes it: the end of a batch. */
    public Offer flush() {
        return flush(OutboxContext.CORK_BYTES);
    }

    /** @param bytes at most so many at first, unless one image alone is larger */
    private Offer flush(int bytes) {
        int most = bytes;
        while (!closed && backlog != null) {
            ByteBuf cork = context.cork();
            int length = fill(cork, backlog, most);
            most = OutboxContext.CORK_BYTES;
            int taken = send(cork, 0, length);
            backlog.taken(taken);
            if (taken > 0) {
                takes(backlog);
            }
            if (backlog.isEmpty()) {
                drained(backlog);
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
        backlog.whenDrained(task);
    }

    /** Looks at the peer about once a second; returns how long it has taken nothing although something waits, 0 if nothing waits or it takes. */
    public long onTick(long nowNanos) {
        if (isStalled()) {
            retry();
        }
        long stalledNanos = isStalled() ? Math.max(0, nowNanos - backlog().stalledSinceNanos) : 0;
        if (stalledNanos > STALLED_NANOS && !closed) {
            onRung(Rung.STALLED);
        }
        return stalledNanos;
    }

    /**
     * Asks the wire instead of waiting for its word, which comes late: a kernel takes bytes as soon as it has room, and says so once half of that is free, so that a peer
     * which reads steadily and slowly seems to take nothing for as long as that lasts. One image is enough to learn it.
     */
    private void retry() {
        if (wire.push()) {
            takes(backlog());
        }
        flush(1);
    }

    /** How far the peer has fallen behind. */
    public Rung rung() {
        return rung;
    }

    /** How many publications the peer has not been sent because it did not keep up. */
    public int dropped() {
        return dropped;
    }

    /** How many publications others stood for because the peer did not keep up. */
    public int merged() {
        return merged;
    }

    /** The other end, which may be a proxy; null: not known. */
    public @Nullable InetSocketAddress peer() {
        return wire.peer();
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
        context.sockets().onBusy(handle);
        byte[] last = lastFrame == null || backlog == null ? lastFrame : backlog.restOfHead(lastFrame);
        dropBacklog();
        context.backlogs().outflow().onClose(rung);
        wire.close(last);
    }

    /** Ends the connection because of a fault of the gateway's. */
    public void fail() {
        close(format.fault());
    }

    /** Makes what waits less: first by merging, then by dropping. */
    private Offer shed() {
        Offer offer = merge();
        while (backlog().bytes() > context.bytesMax() && backlog().dropOldest()) {
            context.metrics().increment(Count.DELIVERIES_DROPPED);
            if (!format.tellsLosses()) {
                return abandon();
            }
            dropped++;
            degrade(Rung.DROPPING);
            offer = Offer.DROPPED;
        }
        return offer;
    }

    private Offer merge() {
        Backlog waiting = backlog();
        long least = Math.max(1, context.bytesMax() / MERGE_DIVISOR);
        boolean enough =
                waiting.bytes() > least && waiting.unmergedBytes > least; // so each is looked at a few times at most
        if (!enough || !format.tellsLosses()) {
            return Offer.QUEUED;
        }
        int fewer = waiting.merge(context.merging(), format, context.clock().millis());
        if (fewer == 0) {
            return Offer.QUEUED;
        }
        merged += fewer;
        context.metrics().add(Count.DELIVERIES_MERGED, fewer);
        degrade(Rung.MERGING);
        return Offer.MERGED;
    }

    /** The peer is that slow; it is told once, until it has caught up. */
    private void degrade(Rung to) {
        if (rung != Rung.STALLED && rung != Rung.DROPPING) {
            onRung(to);
        }
        if (!backlog().degraded) {
            backlog().degraded = true;
            byte[] frame = notice(new ServerMessage.Degraded(SLOW_CONSUMER));
            if (frame != null) {
                backlog().addFirst(frame);
            }
        }
    }

    /** Copies what waits into the cork, at most so many bytes unless one image alone is larger; returns how many. */
    private int fill(ByteBuf cork, Backlog backlog, int most) {
        cork.clear();
        int skip = backlog.headSent();
        for (int i = 0; i < backlog.size(); i++) {
            LostRange lost = backlog.lost(i);
            if (lost != null) {
                backlog.write(i, Objects.requireNonNull(notice(lost.message())));
            }
            byte[] image = backlog.image(i);
            if (i > 0 && cork.readableBytes() + image.length > most) {
                break;
            }
            cork.writeBytes(image, skip, image.length - skip);
            skip = 0;
        }
        return cork.readableBytes();
    }

    private void stalled() {
        backlog().enterInBooks();
        if (rung == Rung.HEALTHY) {
            onRung(Rung.QUEUED);
        }
        if (!isStalled()) {
            backlog().stalledSinceNanos = Math.max(1, context.ticker().getAsLong());
        }
    }

    private boolean isStalled() {
        return backlog != null && backlog.stalledSinceNanos != 0;
    }

    private void takes(Backlog taken) {
        taken.stalledSinceNanos = 0;
        if (rung == Rung.STALLED) {
            onRung(Rung.QUEUED);
        }
    }

    private void onRung(Rung to) {
        if (rung != to) {
            context.backlogs().outflow().onRung(rung, to);
            rung = to;
        }
    }

    private void drained(Backlog empty) {
        List<Runnable> tasks = empty.takeWhenDrained();
        byte[] restored = empty.degraded ? notice(new ServerMessage.Restored(SLOW_CONSUMER)) : null;
        dropBacklog();
        onRung(Rung.HEALTHY);
        if (restored != null) {
            send(restored);
        }
        if (!tasks.isEmpty()) { // to go through an empty list can cost an object, and this is on the way of deliveries
            tasks.forEach(Runnable::run);
        }
    }

    private void dropBacklog() {
        if (backlog != null) {
            context.backlogs().giveBack(backlog);
            backlog = null;
            if (!closed) {
                context.sockets().onClear(handle);
            }
        }
    }

    private Backlog backlog() {
        if (backlog == null) {
            backlog = context.backlogs().take();
            context.sockets().onBusy(handle);
        }
        return backlog;
    }
}
