package dev.heliograph.benchmarks;

import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** A wire that counts what it is given, in place of a socket: what is measured is ours alone, without the kernel. One thread. */
public final class CountingWire implements Wire {
    private long bytes;
    private long room = Long.MAX_VALUE;

    /** Takes so many bytes more. */
    public void room(long more) {
        room = more;
    }

    public long bytes() {
        return bytes;
    }

    @Override
    public void start(Receiver receiver) {
        receiver.onOpen();
    }

    @Override
    public int send(ByteBuf from, int index, int length) {
        int taken = (int) Math.min(length, room);
        room -= room == Long.MAX_VALUE ? 0 : taken;
        bytes += taken;
        return taken;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        room = 0;
    }
}
