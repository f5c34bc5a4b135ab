package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** The way to one peer and back. Confined to the connection's event loop. */
public interface Wire {
    /** How long a closing connection waits for its peer. */
    long CLOSE_TIMEOUT_MS = 2_000;

    /** Orders wires as their sockets lie in the kernel's memory, as far as that can be known: by descriptor. */
    default int order() {
        return 0;
    }

    /** The descriptor of the socket that {@link #send} does nothing but call send(2) on; -1 if there is more to it. */
    default int bareDescriptor() {
        return -1;
    }

    /** The other end of the socket, which may be a proxy; null: not known, or gone. */
    default @Nullable InetSocketAddress peer() {
        return null;
    }

    /** Begins to serve a connection: opens it, then brings it what the peer sends. Called once, first. */
    void start(Receiver receiver);

    /**
     * Hands bytes to the peer's kernel, or to what stands before it.
     *
     * @param bytes neither kept nor released; its indexes are not touched
     * @return how many were taken, 0 to {@code length}; the caller keeps the rest and waits for {@link Receiver#onWritable}. A wire that is closed takes
     *     everything, to nowhere
     */
    int send(ByteBuf bytes, int from, int length);

    /**
     * Tries again to get rid of what the wire itself keeps of what it has taken; called about once a second while something waits for the peer. Nothing is said to
     * the receiver.
     *
     * @return whether the peer has taken any of that since the last call; false for a wire that keeps nothing
     */
    default boolean push() {
        return false;
    }

    /**
     * Closes the connection once what was taken has gone out, or after a short while.
     *
     * @param lastFrame goes out before that, behind what was taken and whether or not the wire takes more; null: nothing
     */
    void close(byte @Nullable [] lastFrame);
}
