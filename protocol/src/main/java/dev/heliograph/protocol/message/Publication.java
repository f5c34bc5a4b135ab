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

    /** About what keeping this publication costs in bytes, its image in one wire format included. */
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

    /** The image in the wire format of that index, encoded by {@code encoder} if this is the first time it is asked for. */
    public byte[] image(int format, Function<Publication, byte[]> encoder) {
        byte[] known = find(images, format);
        return known != null ? known : encode(format, encoder);
    }

    private synchronized byte[] encode(int format, Function<Publication, byte[]> encoder) {
        byte[] known = find(images, format);
        if (known != null) {
            return known;
        }
        byte[] bytes = encoder.apply(this);
        images = new Image(format, bytes, images);
        return bytes;
    }

    private static byte @Nullable [] find(@Nullable Image image, int format) {
        for (Image i = image; i != null; i = i.next) {
            if (i.format == format) {
                return i.bytes;
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
        final byte[] bytes;
        final @Nullable Image next;

        Image(int format, byte[] bytes, @Nullable Image next) {
            this.format = format;
            this.bytes = bytes;
            this.next = next;
        }
    }
}
