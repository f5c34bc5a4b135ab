package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;

/** The way to one peer. Confined to the connection's event loop. */
public interface Wire {
    /**
     * Hands bytes to the peer's kernel, or to what stands before it.
     *
     * @param bytes neither kept nor released; its indexes are not touched
     * @return how many were taken, 0 to {@code length}; the caller keeps the rest and waits for {@link Outbox#onWritable}. A wire that is closed takes
     *     everything, to nowhere
     */
    int send(ByteBuf bytes, int from, int length);

    /** Closes the connection once what was taken has gone out, or after a short while. */
    void close();
}
