package dev.heliograph.broadcast;

import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A wire whose peer takes as many bytes as the model lets it, and reads each frame the moment it is whole. */
final class ModelWire implements Wire {
    private final int descriptor;
    private final Consumer<String> onText;
    private byte[] arrived = new byte[1024];
    private int size;
    private long room = Long.MAX_VALUE;
    private boolean closed;

    /** @param descriptor by which it can be sent to directly; -1: by none */
    ModelWire(int descriptor, Consumer<String> onText) {
        this.descriptor = descriptor;
        this.onText = onText;
    }

    @Override
    public int bareDescriptor() {
        return descriptor;
    }

    /** The peer takes so many bytes more and then stalls. */
    void room(long bytes) {
        room = bytes;
    }

    @Override
    public void start(Receiver receiver) {
        receiver.onOpen();
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        if (closed) {
            throw new AssertionError("something was sent behind the close");
        }
        int taken = (int) Math.min(length, room);
        room -= taken;
        if (arrived.length < size + taken) {
            arrived = Arrays.copyOf(arrived, 2 * (size + taken));
        }
        bytes.getBytes(from, arrived, size, taken);
        size += taken;
        readFrames();
        return taken;
    }

    private void readFrames() {
        int at = 0;
        while (size - at >= 4) {
            int length = arrived[at + 1] & 0x7F;
            int head = 2;
            if (length == 126) {
                length = (arrived[at + 2] & 0xFF) << 8 | (arrived[at + 3] & 0xFF);
                head = 4;
            }
            if (size - at < head + length) {
                break;
            }
            onText.accept(new String(arrived, at + head, length, StandardCharsets.ISO_8859_1));
            at += head + length;
        }
        System.arraycopy(arrived, at, arrived, 0, size - at);
        size -= at;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (closed) {
            throw new AssertionError("closed twice");
        }
        closed = true;
    }
}
