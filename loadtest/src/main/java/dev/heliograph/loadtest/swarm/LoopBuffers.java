package dev.heliograph.loadtest.swarm;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.unix.Socket;
import java.io.IOException;

/** What all connections of one loop read into and send from, in turn: native memory for the kernel, a copy on the heap. Confined to the loop. */
final class LoopBuffers implements AutoCloseable {
    private static final int CHUNK_BYTES = 256 * 1024;

    private final ByteBuf kernel = Unpooled.directBuffer(CHUNK_BYTES, CHUNK_BYTES);
    private byte[] bytes = new byte[2 * CHUNK_BYTES];

    /** Reads once, behind what is left of the read before; returns how many bytes are new, negative at the end of the stream. */
    int read(Socket socket, byte[] left) throws IOException {
        int read = socket.recvAddress(kernel.memoryAddress(), 0, CHUNK_BYTES);
        if (read > 0) {
            if (left.length + read > bytes.length) {
                bytes = new byte[left.length + CHUNK_BYTES];
            }
            System.arraycopy(left, 0, bytes, 0, left.length);
            kernel.getBytes(0, bytes, left.length, read);
        }
        return read;
    }

    /** What was read: the bytes left before, then the new ones. */
    byte[] bytes() {
        return bytes;
    }

    /** Sends what the kernel takes, and takes that out of {@code waiting}. */
    void send(Socket socket, ByteBuf waiting) throws IOException {
        while (waiting.isReadable()) {
            int length = Math.min(waiting.readableBytes(), CHUNK_BYTES);
            kernel.setBytes(0, waiting, waiting.readerIndex(), length);
            int taken = socket.sendAddress(kernel.memoryAddress(), 0, length);
            waiting.skipBytes(taken);
            if (taken < length) {
                return;
            }
        }
    }

    @Override
    public void close() {
        kernel.release();
    }
}
