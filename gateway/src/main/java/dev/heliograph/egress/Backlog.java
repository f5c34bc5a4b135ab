package dev.heliograph.egress;

import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one peer, in order: publications, by their images, which are shared with everyone else who waits for them; images that are meant for this peer
 * alone; and notices of what was dropped, each in its place. Grows as needed and is given back when empty, so a healthy connection has none. One thread.
 */
final class Backlog {
    private static final int CAPACITY_MIN = 8;
    private static final int CAPACITY_SMALL = 64;
    private static final byte[] NOT_WRITTEN_YET = {};

    private final LoopBacklogs books;
    private byte[][] images = new byte[CAPACITY_MIN][];
    /** What each image is of: a {@link Publication}, a {@link LostRange}, or null if it is this peer's alone. */
    private @Nullable Object[] subjects = new Object[CAPACITY_MIN];

    private int head;
    private int size;
    private int headSent;
    private long bytes;
    private boolean inBooks;
    /** Since when the peer has taken nothing; 0 while it takes. */
    long stalledSinceNanos;
    /** To be run when nothing waits any more. */
    private final List<Runnable> whenDrained = new ArrayList<>(0);

    Backlog(LoopBacklogs books) {
        this.books = books;
    }

    void add(byte[] image, @Nullable Publication publication) {
        if (size == images.length) {
            grow();
        }
        int slot = slot(size++);
        images[slot] = image;
        subjects[slot] = publication;
        bytes += image.length;
        enter(slot);
    }

    /** Its peer is slow: what is here, and what comes, is in the books until it leaves. */
    void enterInBooks() {
        if (!inBooks) {
            inBooks = true;
            for (int i = 0; i < size; i++) {
                enter(slot(i));
            }
        }
    }

    boolean isEmpty() {
        return size == 0;
    }

    void whenDrained(Runnable task) {
        whenDrained.add(task);
    }

    /** What was to be run when nothing waits any more; none of it is kept. */
    List<Runnable> takeWhenDrained() {
        if (whenDrained.isEmpty()) {
            return List.of();
        }
        List<Runnable> tasks = List.copyOf(whenDrained);
        whenDrained.clear();
        return tasks;
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

    /** What was dropped in this place; null if the image is there to be sent. */
    @Nullable
    LostRange lost(int index) {
        return subjects[slot(index)] instanceof LostRange range ? range : null;
    }

    /** Puts the image of a notice in its place; from now on it is an image like others. */
    void write(int index, byte[] notice) {
        int slot = slot(index);
        subjects[slot] = null;
        images[slot] = notice;
        bytes += notice.length;
        enter(slot);
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
        while (size > 0 && left >= images[head].length && !(subjects[head] instanceof LostRange)) {
            left -= images[head].length;
            release(head);
            removeHead();
        }
        headSent = left;
    }

    /** Drops the oldest publication of which nothing has been sent, and notes it in its place; false if there is none. */
    boolean dropOldest() {
        for (int i = headSent > 0 ? 1 : 0; i < size; i++) {
            int slot = slot(i);
            if (subjects[slot] instanceof Publication publication) {
                bytes -= images[slot].length;
                release(slot);
                note(i, publication);
                return true;
            }
        }
        return false;
    }

    /** In the notice that stands right before it, or one of its own. */
    private void note(int index, Publication dropped) {
        for (int i = index - 1; i >= 0 && subjects[slot(i)] instanceof LostRange range; i--) {
            if (range.isOf(dropped)) {
                subjects[slot(i)] = range.and(dropped);
                remove(index);
                return;
            }
        }
        subjects[slot(index)] = LostRange.of(dropped);
        images[slot(index)] = NOT_WRITTEN_YET;
    }

    /** Drops everything, and is as good as new. */
    void clear() {
        while (size > 0) {
            release(head);
            removeHead();
        }
        headSent = 0;
        bytes = 0;
        inBooks = false;
        stalledSinceNanos = 0;
        whenDrained.clear();
    }

    private void enter(int slot) {
        if (inBooks) {
            books.onWait(images[slot], subjects[slot] instanceof Publication publication ? publication : null);
        }
    }

    private void release(int slot) {
        if (inBooks) {
            books.onRelease(images[slot], subjects[slot] instanceof Publication publication ? publication : null);
        }
    }

    private void remove(int index) {
        for (int i = index; i > 0; i--) {
            images[slot(i)] = images[slot(i - 1)];
            subjects[slot(i)] = subjects[slot(i - 1)];
        }
        removeHead();
    }

    @SuppressWarnings("NullAway") // a free slot holds null and is never read
    private void removeHead() {
        images[head] = null;
        subjects[head] = null;
        head = slot(1);
        size--;
    }

    private int slot(int index) {
        return (head + index) & (images.length - 1);
    }

    private void grow() {
        byte[][] oldImages = images;
        @Nullable Object[] oldSubjects = subjects;
        int behind = oldImages.length - head;
        images = Arrays.copyOfRange(oldImages, head, head + oldImages.length * 2);
        subjects = Arrays.copyOfRange(oldSubjects, head, head + oldImages.length * 2);
        System.arraycopy(oldImages, 0, images, behind, head);
        System.arraycopy(oldSubjects, 0, subjects, behind, head);
        head = 0;
    }
}
