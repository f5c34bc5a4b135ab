package dev.heliograph.simulation;

import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A connection over a network of latency, whose peer's kernel takes so many bytes and no more until its client reads. One thread. */
final class VirtualWire implements Wire {
    private final int room;
    private final Runnable onSend;
    private final ByteArrayOutputStream onTheWay = new ByteArrayOutputStream();
    private byte[] unread = {};
    private boolean wasShort;
    private boolean closed;

    /**
     * @param room bytes that are taken before somebody reads
     * @param onSend sees every send
     */
    VirtualWire(int room, Runnable onSend) {
        this.room = room;
        this.onSend = onSend;
    }

    /** One frame of the gateway. */
    record Frame(int opcode, String text, int closeCode) {}

    @Override
    public void start(Receiver receiver) {
        receiver.onOpen();
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        if (closed) {
            throw new Ledger.Violation("something was sent behind the close");
        }
        onSend.run();
        int taken = Math.min(length, Math.max(0, room - onTheWay.size()));
        byte[] copy = new byte[taken];
        bytes.getBytes(from, copy);
        onTheWay.writeBytes(copy);
        wasShort |= taken < length;
        return taken;
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        if (closed) {
            throw new Ledger.Violation("closed twice");
        }
        closed = true;
        if (lastFrame != null) {
            onTheWay.writeBytes(lastFrame);
        }
    }

    boolean isClosed() {
        return closed;
    }

    /** The client reads what has come, frame by frame; what is not whole yet waits. */
    List<Frame> read() {
        byte[] all = Arrays.copyOf(unread, unread.length + onTheWay.size());
        System.arraycopy(onTheWay.toByteArray(), 0, all, unread.length, onTheWay.size());
        onTheWay.reset();
        var frames = new ArrayList<Frame>();
        int at = 0;
        while (all.length - at >= 2) {
            int length = all[at + 1] & 0x7F;
            int head = length == 126 ? 4 : 2;
            if (all.length - at < head) {
                break;
            }
            length = length == 126 ? (all[at + 2] & 0xFF) << 8 | (all[at + 3] & 0xFF) : length;
            if (all.length - at < head + length) {
                break;
            }
            frames.add(frame(all[at] & 0x0F, all, at + head, length));
            at += head + length;
        }
        unread = Arrays.copyOfRange(all, at, all.length);
        return frames;
    }

    private static Frame frame(int opcode, byte[] from, int at, int length) {
        int code = opcode == 8 && length >= 2 ? (from[at] & 0xFF) << 8 | (from[at + 1] & 0xFF) : 0;
        return new Frame(opcode, new String(from, at, length, StandardCharsets.UTF_8), code);
    }

    /** Whether the gateway waits to be told that there is room again; it is told once. */
    boolean takeWasShort() {
        boolean was = wasShort && onTheWay.size() < room;
        wasShort &= !was;
        return was && !closed;
    }
}
