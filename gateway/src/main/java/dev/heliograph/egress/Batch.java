package dev.heliograph.egress;

import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.Publication;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;

/** Publications of one channel that go to the same receivers at once, with their images side by side in one buffer. Reused; one thread. */
public final class Batch {
    private final ByteBuf cork;
    private final List<byte[]> images = new ArrayList<>();
    private final List<Publication> publications = new ArrayList<>();

    /** @param cork holds the images; owned by the caller */
    public Batch(ByteBuf cork) {
        this.cork = cork;
    }

    public void clear() {
        cork.clear();
        images.clear();
        publications.clear();
    }

    public void add(Publication publication, WireFormat format) {
        byte[] image = format.image(publication);
        cork.writeBytes(image);
        images.add(image);
        publications.add(publication);
    }

    /** How many publications. */
    public int size() {
        return publications.size();
    }

    public boolean isEmpty() {
        return publications.isEmpty();
    }

    /** The offset of its oldest publication. */
    public long firstOffset() {
        return publications.getFirst().offset();
    }

    /** How many bytes. */
    public int length() {
        return cork.readableBytes();
    }

    ByteBuf cork() {
        return cork;
    }

    byte[] image(int index) {
        return images.get(index);
    }

    public Publication publication(int index) {
        return publications.get(index);
    }
}
