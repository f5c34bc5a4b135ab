package dev.heliograph.egress;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A wire whose peer takes as many bytes as the test lets it, and which shows what arrived, frame by frame. */
public final class FakeWire implements Wire {
    private final ByteArrayOutputStream arrived = new ByteArrayOutputStream();
    private long room = Long.MAX_VALUE;
    private boolean closed;
    private boolean moved;
    private int sends;
    private int whole;

    /** The peer takes so many bytes more and then stalls. */
    public void stallAfter(long bytes) {
        room = bytes;
    }

    /** The peer takes everything. */
    public void resume() {
        room = Long.MAX_VALUE;
    }

    /** The peer has taken some of what the wire itself keeps. */
    public void move() {
        moved = true;
    }

    @Override
    public boolean push() {
        boolean was = moved;
        moved = false;
        return was;
    }

    @Override
    public void start(Receiver receiver) {
        receiver.onOpen();
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        sends++;
        int taken = (int) Math.min(length, room);
        byte[] copy = new byte[taken];
        bytes.getBytes(from, copy);
        arrived.writeBytes(copy);
        if (room != Long.MAX_VALUE) {
            room -= taken;
        }
        return taken;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        closed = true;
        if (lastFrame != null) {
            arrived.writeBytes(lastFrame);
        }
    }

    public boolean isClosed() {
        return closed;
    }

    public int sends() {
        return sends;
    }

    /** All that arrived and was not taken. */
    public byte[] bytes() {
        return arrived.toByteArray();
    }

    /** The payloads of the whole text frames that arrived since the last call. */
    public List<String> takeTexts() {
        List<String> texts = texts();
        byte[] bytes = arrived.toByteArray();
        arrived.reset();
        arrived.write(bytes, whole, bytes.length - whole);
        return texts;
    }

    /** The payloads of the whole text frames that arrived and were not taken. */
    public List<String> texts() {
        byte[] bytes = arrived.toByteArray();
        var texts = new ArrayList<String>();
        int at = 0;
        while (at + 2 <= bytes.length) {
            int length = bytes[at + 1] & 0x7F;
            int head = 2;
            if (length == 126) {
                length = (bytes[at + 2] & 0xFF) << 8 | (bytes[at + 3] & 0xFF);
                head = 4;
            } else if (length == 127) {
                throw new AssertionError("no test sends a frame of 64 KiB");
            }
            if (at + head + length > bytes.length) {
                break;
            }
            if ((bytes[at] & 0x0F) == 1) {
                texts.add(new String(bytes, at + head, length, StandardCharsets.UTF_8));
            }
            at += head + length;
        }
        whole = at;
        return texts;
    }
}
