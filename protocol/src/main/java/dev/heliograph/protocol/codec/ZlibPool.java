package dev.heliograph.protocol.codec;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The zlib streams of a gateway, whose memory is not the heap's: lent to one thread at a time, for one message. There are as many as threads were at work at
 * once, which is at most one per event loop, however many connections there are. Any thread.
 */
final class ZlibPool<T> implements AutoCloseable {
    private final Supplier<T> maker;
    private final Consumer<T> ender;
    private final ArrayDeque<T> idle = new ArrayDeque<>();
    private int lent;
    private boolean closed;

    /** @param ender gives a stream's memory back */
    ZlibPool(Supplier<T> maker, Consumer<T> ender) {
        this.maker = maker;
        this.ender = ender;
    }

    /** To be given back by {@link #giveBack}. */
    synchronized T take() {
        T stream = idle.pollLast();
        T taken = stream == null ? maker.get() : stream;
        lent++;
        return taken;
    }

    /** @param stream as new, ready for another message */
    synchronized void giveBack(T stream) {
        lent--;
        if (closed) {
            ender.accept(stream);
        } else {
            idle.addLast(stream);
        }
    }

    /** Streams that hold memory, lent or idle. */
    synchronized int size() {
        return lent + idle.size();
    }

    /** What is lent ends when it comes back, and so does what is taken from now on. */
    @Override
    public synchronized void close() {
        closed = true;
        idle.forEach(ender);
        idle.clear();
    }
}
