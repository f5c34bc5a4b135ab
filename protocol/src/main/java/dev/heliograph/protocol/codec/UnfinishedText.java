package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.Arrays;

/**
 * A text message of which a part has arrived: its unmasked bytes so far, how far its UTF-8 is checked, its age and its fragments. One that is compressed is
 * checked when it is whole.
 *
 * <p>Grows with what has arrived (at most twice that, or 256 bytes), never with what a header promises. On the heap, so that a
 * connection may drop it without a word.
 */
final class UnfinishedText {
    private static final int BYTES_AT_FIRST = 256;

    private final long sinceNanos;
    private final boolean compressed;
    private byte[] bytes = {};
    private int size;
    private int utf8 = Utf8Check.COMPLETE;
    private int fragments = 1;

    UnfinishedText(long sinceNanos, boolean compressed) {
        this.sinceNanos = sinceNanos;
        this.compressed = compressed;
    }

    boolean isCompressed() {
        return compressed;
    }

    int size() {
        return size;
    }

    /** Counts one more frame; returns the frames so far. */
    int addFragment() {
        return ++fragments;
    }

    long ageNanos(long nowNanos) {
        return nowNanos - sinceNanos;
    }

    /** Reads {@code length} bytes; the whole message has at most {@code sizeMax}. False if they cannot be UTF-8. */
    boolean append(ByteBuf in, int length, int sizeMax) {
        if (!compressed) {
            utf8 = Utf8Check.feed(utf8, in, in.readerIndex(), length);
        }
        if (utf8 == Utf8Check.INVALID) {
            return false;
        }
        if (size + length > bytes.length) {
            int roomy = Math.min(Math.max(BYTES_AT_FIRST, 2 * bytes.length), sizeMax);
            bytes = Arrays.copyOf(bytes, Math.max(size + length, roomy));
        }
        in.readBytes(bytes, size, length);
        size += length;
        return true;
    }

    /** Whether the bytes so far end at a character's boundary. */
    boolean isUtf8() {
        return utf8 == Utf8Check.COMPLETE;
    }

    ByteBuf bytes() {
        return Unpooled.wrappedBuffer(bytes, 0, size);
    }
}
