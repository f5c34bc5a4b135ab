package dev.heliograph.egress;

import dev.heliograph.config.MergeRule;
import dev.heliograph.protocol.codec.WireFormat;
import dev.heliograph.protocol.message.ChannelId;
import dev.heliograph.protocol.message.Publication;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What waits for one peer, in order: publications, by their images, which are shared with everyone else who waits for them; images that are meant for this peer
 * alone; and notices of what was dropped, each in its place. Grows as needed and is given back when empty, so a healthy connection has none. One thread.
 */
final class Backlog {
    private static final int CAPACITY_MIN = 8;
    private static final int CAPACITY_SMALL = 64;
    private static final byte[] NOT_WRITTEN_YET = {};
    /** Stands, for the time of a merge, where a publication was that another one stands for now. */
    private static final Object GONE = new Object();

    private final LoopBacklogs books;
    private byte[][] images = new byte[CAPACITY_MIN][];
    /** What each image is of: a {@link Publication}, one that is {@link Merged}, a {@link LostRange}, or null if it is this peer's alone. */
    private @Nullable Object[] subjects = new Object[CAPACITY_MIN];

    private int head;
    private int size;
    private int headSent;
    private long bytes;
    private boolean inBooks;
    private final Weights weights = new Weights();
    /** How many bytes have come since what waits was last merged. */
    long unmergedBytes;
    /** The peer has been told that it takes less than it is sent. */
    boolean degraded;
    /** Since when the peer has taken nothing; 0 while it takes. */
    long stalledSinceNanos;
    /** To be run when nothing waits any more. */
    private final List<Runnable> whenDrained = new ArrayList<>(0);

    Backlog(LoopBacklogs books) {
        this.books = books;
    }

    /** @param subject what the image is of: a {@link Publication}, one that is {@link Merged}, or null if it is this peer's alone */
    void add(byte[] image, @Nullable Object subject) {
        if (size == images.length) {
            grow();
        }
        put(slot(size++), image, subject);
        unmergedBytes += image.length;
    }

    /** Puts an image that is this peer's alone before everything that has not begun to be sent. */
    void addFirst(byte[] image) {
        if (size == images.length) {
            grow();
        }
        int before = slot(-1);
        if (headSent > 0) {
            images[before] = images[head];
            subjects[before] = subjects[head];
        }
        int slot = headSent > 0 ? head : before;
        head = before;
        size++;
        put(slot, image, null);
    }

    private void put(int slot, byte[] image, @Nullable Object subject) {
        images[slot] = image;
        subjects[slot] = subject;
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
        int slot = slot(index);
        return images[slot].length == 0 && subjects[slot] instanceof LostRange range ? range : null;
    }

    /** Puts the image of a notice in its place. Until it begins to be sent, more can be noted there. */
    void write(int index, byte[] notice) {
        int slot = slot(index);
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
        while (size > 0 && left >= images[head].length && lost(0) == null) {
            left -= images[head].length;
            release(head);
            removeHead();
        }
        headSent = left;
    }

    /**
     * Drops a publication of which nothing has been sent, and notes it in its place: the oldest of the channel of which most waits, so that a busy channel does not
     * cost the others theirs. False if there is none.
     */
    boolean dropOldest() {
        ChannelId busiest = weights.heaviest();
        for (int i = headSent > 0 ? 1 : 0; i < size; i++) {
            int slot = slot(i);
            ChannelId channel = channel(subjects[slot]);
            if (channel != null && (busiest == null || channel.equals(busiest))) {
                drop(i);
                return true;
            }
        }
        return false;
    }

    private void drop(int index) {
        int slot = slot(index);
        bytes -= images[slot].length;
        release(slot);
        LostRange dropped = subjects[slot] instanceof Merged merged
                ? LostRange.of(merged)
                : LostRange.of((Publication) Objects.requireNonNull(subjects[slot]));
        note(index, dropped);
    }

    /**
     * In its channel's notice, if one waits and no answer stands between, which may begin another subscription; nothing that is left of that channel does. Else in one
     * of its own.
     */
    private void note(int index, LostRange dropped) {
        for (int i = index - 1; i >= (headSent > 0 ? 1 : 0) && subjects[slot(i)] != null; i--) {
            int slot = slot(i);
            if (subjects[slot] instanceof LostRange range && range.isOf(dropped.channel())) {
                bytes -= images[slot].length;
                release(slot);
                put(slot, NOT_WRITTEN_YET, range.and(dropped));
                remove(index);
                return;
            }
        }
        subjects[slot(index)] = dropped;
        images[slot(index)] = NOT_WRITTEN_YET;
    }

    /** Merges what waits, of which nothing has been sent, as the channels' rules say; returns how many publications were merged into others. */
    int merge(Function<ChannelId, MergeRule> rules, WireFormat format, long nowMs) {
        var merge = new BacklogMerge(rules);
        for (int i = headSent > 0 ? 1 : 0; i < size; i++) {
            Object subject = subjects[slot(i)];
            if (subject == null) {
                merge.onAnswer();
            } else if (subject instanceof LostRange range) {
                merge.onLost(range.channel());
            } else {
                merge.add(i, subject);
            }
        }
        merge.replaced().forEach((index, merged) -> replace(slot(index), merged.image(format, nowMs), merged));
        merge.gone().forEach(index -> replace(slot(index), NOT_WRITTEN_YET, GONE));
        close(merge.gone().size());
        unmergedBytes = 0;
        return merge.gone().size();
    }

    private void replace(int slot, byte[] image, Object subject) {
        bytes -= images[slot].length;
        release(slot);
        put(slot, image, subject);
    }

    /** Closes holes. */
    private void close(int holes) {
        int to = 0;
        for (int i = 0; holes > 0 && i < size; i++) {
            int slot = slot(i);
            if (!GONE.equals(subjects[slot])) {
                images[slot(to)] = images[slot];
                subjects[slot(to++)] = subjects[slot];
            }
        }
        for (int i = 0; i < holes; i++) {
            removeTail();
        }
    }

    @SuppressWarnings("NullAway") // a free slot holds null and is never read
    private void removeTail() {
        int slot = slot(--size);
        images[slot] = null;
        subjects[slot] = null;
    }

    private static @Nullable ChannelId channel(@Nullable Object subject) {
        return switch (subject) {
            case Publication publication -> publication.channel();
            case Merged merged -> merged.publication().channel();
            case null, default -> null;
        };
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
        weights.clear();
        unmergedBytes = 0;
        degraded = false;
        stalledSinceNanos = 0;
        whenDrained.clear();
    }

    private void enter(int slot) {
        if (inBooks) {
            books.onWait(images[slot], subjects[slot] instanceof Publication publication ? publication : null);
            ChannelId channel = channel(subjects[slot]);
            if (channel != null) {
                weights.add(channel, images[slot].length);
            }
        }
    }

    private void release(int slot) {
        if (inBooks) {
            books.onRelease(images[slot], subjects[slot] instanceof Publication publication ? publication : null);
            ChannelId channel = channel(subjects[slot]);
            if (channel != null) {
                weights.remove(channel, images[slot].length);
            }
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
        return (head + index) & (images.length - 1); // -1 is the slot before the head
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
