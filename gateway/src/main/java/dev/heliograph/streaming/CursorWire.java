package dev.heliograph.streaming;

import dev.heliograph.egress.OutboxContext;
import dev.heliograph.egress.Receiver;
import dev.heliograph.egress.Wire;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.util.Arrays;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A wire for the event stream of several channels. What is published looks the same for all receivers, so its id tells where its own channel stands; on the way
 * through here that becomes where this receiver stands in all of its channels, so that the last id it has seen is all it needs to come back. Holds at most what it
 * sends at once; while it holds something, it takes nothing more. Confined to the connection's event loop.
 */
final class CursorWire implements Wire {
    private final Wire wire;
    private final Cursor cursor;
    private final ByteBuf scratch;
    private final LongConsumer onHeld;
    private byte @Nullable [] held;
    /** The peer has taken some of what is held since the last {@link #push()}. */
    private boolean moved;

    /**
     * @param wire the way to the peer
     * @param cursor where the receiver stands
     * @param scratch direct memory, which may grow; the loop's, released by whoever made it
     * @param onHeld told by how many bytes more, or fewer, are held here
     */
    CursorWire(Wire wire, Cursor cursor, ByteBuf scratch, LongConsumer onHeld) {
        this.wire = wire;
        this.cursor = cursor;
        this.scratch = scratch;
        this.onHeld = onHeld;
    }

    @Override
    public int order() {
        return wire.order();
    }

    @Override
    public void start(Receiver receiver) {
        wire.start(new Draining(receiver));
    }

    @Override
    public int send(ByteBuf bytes, int from, int length) {
        int limit = from + length;
        int at = from;
        while (at < limit && held == null) {
            scratch.clear();
            while (at < limit && scratch.readableBytes() < OutboxContext.CORK_BYTES) {
                EventBlock block = EventBlock.at(bytes, at, limit);
                write(block);
                at = block.end();
            }
            pass();
        }
        return at - from;
    }

    private void write(EventBlock block) {
        if (!block.ids().isEmpty()) {
            block.ids().forEach(cursor::put);
            ByteBufUtil.writeAscii(scratch, "id: " + cursor + "\n");
        }
        scratch.writeBytes(block.bytes(), block.body(), block.bodyLength());
    }

    /** What the peer does not take of the scratch is held. Returns how much it takes. */
    private int pass() {
        int taken = wire.send(scratch, 0, scratch.readableBytes());
        if (taken < scratch.readableBytes()) {
            byte[] rest = new byte[scratch.readableBytes() - taken];
            scratch.getBytes(taken, rest);
            held = rest;
            onHeld.accept(rest.length);
        }
        return taken;
    }

    /** Whether nothing is held any more. */
    private boolean drain() {
        byte[] rest = held;
        if (rest != null) {
            release(rest);
            scratch.clear().writeBytes(rest);
            moved |= pass() > 0;
        }
        return held == null;
    }

    @Override
    public boolean push() {
        boolean movedBelow = wire.push();
        drain();
        boolean was = moved;
        moved = false;
        return movedBelow || was;
    }

    private void release(byte[] rest) {
        held = null;
        onHeld.accept(-rest.length);
    }

    @Override
    public void close(byte @Nullable [] lastFrame) {
        byte[] rest = held;
        byte[] last = lastFrame == null ? null : written(lastFrame);
        if (rest != null) {
            release(rest);
            last = last == null ? null : concat(rest, last);
        }
        wire.close(last);
    }

    /** What ends the stream may have before it the rest of what was on its way: whole blocks, since no other parts are taken. */
    private byte[] written(byte[] blocks) {
        ByteBuf all = Unpooled.wrappedBuffer(blocks);
        scratch.clear();
        for (int at = 0; at < blocks.length; ) {
            EventBlock block = EventBlock.at(all, at, blocks.length);
            write(block);
            at = block.end();
        }
        byte[] written = new byte[scratch.readableBytes()];
        scratch.getBytes(0, written);
        return written;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    /** Passes on what the wire tells, once what is held here has gone. */
    private final class Draining implements Receiver {
        private final Receiver receiver;

        Draining(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void onOpen() {
            receiver.onOpen();
        }

        @Override
        public void onBytes(ByteBuf bytes) {
            receiver.onBytes(bytes);
        }

        @Override
        public void onWritable() {
            if (drain()) {
                receiver.onWritable();
            }
        }

        @Override
        public void onFault(Throwable cause) {
            receiver.onFault(cause);
        }

        @Override
        public void onGone() {
            receiver.onGone();
        }
    }
}
