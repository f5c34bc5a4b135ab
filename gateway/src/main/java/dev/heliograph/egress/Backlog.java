package dev.heliograph.egress;

import dev.heliograph.protocol.message.Publication;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one slow peer, in order: images, shared with everyone else who waits for them, each with its publication or null if it is meant for this
 * peer alone. Grows as needed and is dropped when empty, so a healthy connection has none. One thread.
 */
final class Backlog {
    private static final int CAPACITY_MIN = 8;
    private static final int CAPACITY_SMALL = 64;

    private byte[][] images = new byte[CAPACITY_MIN][];
    private @Nullable Publication[] publications = new Publication[CAPACITY_MIN];
    private int head;
    private int size;
    private int headSent;
    private long bytes;

    void add(byte[] image, @Nullable Publication publication) {
        if (size == images.length) {
            grow();
        }
        int slot = slot(size++);
        images[slot] = image;
        publications[slot] = publication;
        bytes += image.length;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Whether it is cheap to keep. */
    boolean isSmall() {
        return images.length <= CAPACITY_SMALL;
    }

    int size() {
        return size;
    }

    /** Bytes still to be sent. */
    long bytes() {
        return bytes;
    }

    byte[] image(int index) {
        return images[slot(index)];
    }

    @Nullable
    Publication publication(int index) {
        return publications[slot(index)];
    }

    /** How much of the first image has been sent. */
    int headSent() {
        return headSent;
    }

    /** What is left of the first image if a part of it has been sent, and these bytes. */
    byte[] restOfHead(byte[] behind) {
        if (headSent == 0) {
            return behind;
        }
        byte[] image = images[head];
        byte[] both = Arrays.copyOfRange(image, headSent, image.length + behind.length);
        System.arraycopy(behind, 0, both, image.length - headSent, behind.length);
        return both;
    }

    /** The peer has taken so many bytes from the front. */
    void taken(int count) {
        bytes -= count;
        int left = count + headSent;
        while (size > 0 && left >= images[head].length) {
            left -= images[head].length;
            removeHead();
        }
        headSent = left;
    }

    /** Takes out the oldest publication of which nothing has been sent; null if there is none. */
    @Nullable
    Publication dropOldest() {
        for (int i = headSent > 0 ? 1 : 0; i < size; i++) {
            Publication publication = publications[slot(i)];
            if (publication != null) {
                bytes -= images[slot(i)].length;
                remove(i);
                return publication;
            }
        }
        return null;
    }

    private void remove(int index) {
        for (int i = index; i > 0; i--) {
            images[slot(i)] = images[slot(i - 1)];
            publications[slot(i)] = publications[slot(i - 1)];
        }
        removeHead();
    }

    @SuppressWarnings("NullAway") // a free slot holds null and is never read
    private void removeHead() {
        images[head] = null;
        publications[head] = null;
        head = (head + 1) & (images.length - 1);
        size--;
    }

    private int slot(int index) {
        return (head + index) & (images.length - 1);
    }

    private void grow() {
        byte[][] oldImages = images;
        @Nullable Publication[] oldPublications = publications;
        int behind = oldImages.length - head;
        images = Arrays.copyOfRange(oldImages, head, head + oldImages.length * 2);
        publications = Arrays.copyOfRange(oldPublications, head, head + oldImages.length * 2);
        System.arraycopy(oldImages, 0, images, behind, head);
        System.arraycopy(oldPublications, 0, publications, behind, head);
        head = 0;
    }
}
