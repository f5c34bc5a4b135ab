package dev.heliograph.streaming;

import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A wire that leads to no socket: it gathers the publications of an event stream, up to a number and a size, for one answer. What does not fit is left out, and
 * left for the next: the cursor does not go past it. Confined to the event loop.
 */
final class PollWire implements Wire {
    private final int publicationsMax;
    private final int bytesMax;
    private final Cursor cursor;
    private final Predicate<byte[]> isNews;
    private final Runnable onGathered;
    private final Runnable onClosed;
    private final List<byte[]> publications = new ArrayList<>();
    private @Nullable Receiver receiver;
    private int bytes;
    private boolean lost;
    private boolean closed;

    /**
     * @param cursor where the client stands
     * @param isNews whether the client does not know the state of a channel that this JSON tells
     * @param bytesMax from so many on no more are gathered
     * @param onGathered told each time something came
     * @param onClosed told once
     */
    PollWire(
            int publicationsMax,
            int bytesMax,
            Cursor cursor,
            Predicate<byte[]> isNews,
            Runnable onGathered,
            Runnable onClosed) {
        this.isNews = isNews;
        this.publicationsMax = publicationsMax;
        this.bytesMax = bytesMax;
        this.cursor = cursor;
        this.onGathered = onGathered;
        this.onClosed = onClosed;
    }

    @Override
    public void start(Receiver ours) {
        receiver = ours;
        try {
            ours.onOpen();
        } catch (RuntimeException | OutOfMemoryError e) {
            ours.onFault(e);
        }
    }

    @Override
    public int send(ByteBuf from, int index, int length) {
        int limit = index + length;
        int before = publications.size();
        for (int at = index; at < limit && !closed && !isFull(); ) {
            EventBlock block = EventBlock.at(from, at, limit);
            take(block);
            at = block.end();
        }
        if (publications.size() > before) {
            onGathered.run();
        }
        return length;
    }

    private void take(EventBlock block) {
        block.ids().forEach(cursor::put);
        if (block.isOfChannel()) {
            byte[] json = block.data();
            if (!block.isState() || isNews.test(json)) {
                publications.add(json);
                bytes += json.length;
            }
        } else if (block.isLoss()) {
            lost = true;
        }
    }

    /** Whether what comes now is left out. */
    boolean isFull() {
        return publications.size() >= publicationsMax || bytes >= bytesMax;
    }

    /** Each as JSON, in order. */
    List<byte[]> publications() {
        return publications;
    }

    int bytes() {
        return bytes;
    }

    /** Whether the client was told of a loss. */
    boolean hasLost() {
        return lost;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (!closed) {
            closed = true;
            onClosed.run();
        }
    }

    /** Tells the connection that it has ended. */
    void gone() {
        Receiver left = receiver;
        receiver = null;
        if (left != null) {
            left.onGone();
        }
    }
}
