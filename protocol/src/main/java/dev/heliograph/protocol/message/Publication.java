package dev.heliograph.protocol.message;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One event at its position in a channel. Immutable but for its images: what it looks like in a wire format is encoded by whoever needs it
 * first, once, and hangs on the publication for all event loops, histories and backlogs; and for one stamp, made before anyone else sees it. Any thread.
 */
public final class Publication {
    private static final AtomicIntegerFieldUpdater<Publication> AWAITED_BY =
            AtomicIntegerFieldUpdater.newUpdater(Publication.class, "awaitedBy");

    private final Draft draft;
    private final Position position;
    private final long timestampMs;
    private long sequencedNanos;
    private volatile @Nullable Image images;
    /** How many slow peers wait for it. */
    @SuppressWarnings("UnusedVariable") // by its updater
    private volatile int awaitedBy;

    /** @param timestampMs when the position was assigned, milliseconds since the epoch */
    public Publication(Draft draft, Position position, long timestampMs) {
        this.draft = draft;
        this.position = position;
        this.timestampMs = timestampMs;
    }

    public ChannelId channel() {
        return draft.channel();
    }

    public String name() {
        return draft.name();
    }

    public RawJson data() {
        return draft.data();
    }

    public @Nullable String key() {
        return draft.key();
    }

    public long subject() {
        return draft.subject();
    }

    /** Who has published it and does not receive it; null: everyone does. */
    public @Nullable Sender sender() {
        return draft.sender();
    }

    /** Whether no client has made it. */
    public boolean isOfServer() {
        Sender sender = draft.sender();
        return sender == null || !sender.client();
    }

    /** Null: to clients of the native protocol it is an {@code event}. */
    public @Nullable OwnType ownType() {
        return draft.ownType();
    }

    /** Whether it goes to that connection. */
    public boolean isFor(long connection) {
        Sender sender = draft.sender();
        return sender == null || sender.connection() != connection;
    }

    public long acceptedNanos() {
        return draft.acceptedNanos();
    }

    /** Notes when the position was assigned. To be called by whoever hands the publication on, before. */
    public void sequencedAt(long nanos) {
        sequencedNanos = nanos;
    }

    /** {@link System#nanoTime} when the position was assigned, for the latency histograms; 0 if it was not handed to an event loop. */
    public long sequencedNanos() {
        return sequencedNanos;
    }

    public Position position() {
        return position;
    }

    public long offset() {
        return position.offset();
    }

    public long timestampMs() {
        return timestampMs;
    }

    /**
     * About what keeping this publication costs in bytes, its image in one wire format included. Where clients of both kinds receive it, a compressed image comes
     * on top, of at most 7/8 of the other: then it costs up to 1.44 times this.
     */
    public int bytes() {
        return 2 * draft.data().length() + 400;
    }

    /** One more slow peer waits for it; true if it is the first. */
    public boolean beginsToBeAwaited() {
        return AWAITED_BY.getAndIncrement(this) == 0;
    }

    /** One slow peer less waits for it; true if it was the last. */
    public boolean endsToBeAwaited() {
        return AWAITED_BY.decrementAndGet(this) == 0;
    }

    /**
     * The image in the wire format of that index, encoded by {@code encoder} if this is the first time it is asked for. Who asks meanwhile waits for it; who asks
     * for another format does not.
     */
    public byte[] image(int format, Function<Publication, byte[]> encoder) {
        Image image = find(images, format);
        return (image != null ? image : place(format)).bytes(this, encoder);
    }

    private synchronized Image place(int format) {
        Image known = find(images, format);
        if (known != null) {
            return known;
        }
        var image = new Image(format, images);
        images = image;
        return image;
    }

    private static @Nullable Image find(@Nullable Image images, int format) {
        for (Image i = images; i != null; i = i.next) {
            if (i.format == format) {
                return i;
            }
        }
        return null;
    }

    @Override
    public String toString() {
        return channel() + "@" + position.epoch() + ":" + position.offset();
    }

    private static final class Image {
        final int format;
        final @Nullable Image next;
        private volatile byte @Nullable [] bytes;

        Image(int format, @Nullable Image next) {
            this.format = format;
            this.next = next;
        }

        byte[] bytes(Publication publication, Function<Publication, byte[]> encoder) {
            byte[] known = bytes;
            return known != null ? known : encode(publication, encoder);
        }

        private synchronized byte[] encode(Publication publication, Function<Publication, byte[]> encoder) {
            byte[] known = bytes;
            if (known == null) {
                known = encoder.apply(publication);
                bytes = known;
            }
            return known;
        }
    }
}
