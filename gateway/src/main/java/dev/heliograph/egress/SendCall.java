package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;

/** send(2), on a socket that does not block. */
@FunctionalInterface
public interface SendCall {
    /** Returned instead of a count: nothing was taken, for whatever reason. */
    int REFUSED = -1;

    /**
     * @param bytes in direct memory; its indexes are not touched
     * @return how many of the {@code length} bytes the kernel took, or {@link #REFUSED}
     */
    int send(int descriptor, ByteBuf bytes, int from, int length);
}
