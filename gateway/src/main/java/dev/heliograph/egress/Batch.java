package dev.heliograph.egress;

import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Publication;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Publications of one channel that go to the same receivers at once, with their images side by side in one buffer. Reused; one thread. */
public final class Batch {
    /** Nothing was sent; the batch has to go through the receiver's outbox. */
    public static final int UNSENT = SendCall.REFUSED;

    private final ByteBuf cork;
    private final DirectSockets sockets;
    private final List<byte[]> images = new ArrayList<>();
    private final List<Publication> publications = new ArrayList<>();
    /** What each image is of: a publication, or one that is {@link Merged}. */
    private final List<Object> subjects = new ArrayList<>();

    private long firstOffset = Long.MAX_VALUE;

    /** For receivers that are reached through their outboxes alone. */
    public Batch(ByteBuf cork) {
        this(cork, DirectSockets.none());
    }

    /**
     * @param cork holds the images; owned by the caller
     * @param sockets of the loop that it is used on
     */
    public Batch(ByteBuf cork, DirectSockets sockets) {
        this.cork = cork;
        this.sockets = sockets;
    }

    public void clear() {
        firstOffset = Long.MAX_VALUE;
        cork.clear();
        images.clear();
        publications.clear();
        subjects.clear();
    }

    public void add(Publication publication, WireFormat format) {
        add(publication, format.image(publication), publication);
        firstOffset = Math.min(firstOffset, publication.offset());
    }

    /** One that stands for others, which its receivers are told first. */
    public void add(Merged merged, WireFormat format, long nowMs) {
        Object subject = merged.skipped() == 0 ? merged.publication() : merged;
        add(merged.publication(), merged.image(format, nowMs), subject);
        firstOffset = Math.min(firstOffset, merged.from().offset());
    }

    private void add(Publication publication, byte[] image, Object subject) {
        cork.writeBytes(image);
        images.add(image);
        publications.add(publication);
        subjects.add(subject);
    }

    /** How many publications. */
    public int size() {
        return publications.size();
    }

    public boolean isEmpty() {
        return publications.isEmpty();
    }

    /** The offset of the oldest publication that is in it, or that one in it stands for. */
    public long firstOffset() {
        return firstOffset;
    }

    /** How many bytes. */
    public int length() {
        return cork.readableBytes();
    }

    /**
     * Sends it to the peer with that handle past its outbox, if nothing waits there; returns how many bytes were taken, or {@link #UNSENT}. What was not taken has
     * to be given to {@link Outbox#send(Batch, int)}.
     */
    public int sendDirectly(long handle) {
        return sockets.send(handle, this);
    }

    ByteBuf cork() {
        return cork;
    }

    byte[] image(int index) {
        return images.get(index);
    }

    /** What the image is of: the publication, or that with what was merged into it. */
    Object subject(int index) {
        return subjects.get(index);
    }

    /** The same as one that stands for others, or for itself. */
    public Merged merged(int index) {
        return subjects.get(index) instanceof Merged merged ? merged : Merged.of(publications.get(index));
    }

    public Publication publication(int index) {
        return publications.get(index);
    }
}
