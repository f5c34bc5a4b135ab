package dev.heliograph.protocol.codec;

import io.netty.buffer.ByteBuf;

/**
 * Client masking (RFC 6455 section 5.3), undone in place.
 *
 * <p>A key is an {@code int} whose low byte belongs to the next payload byte, so the key that goes on after a partial payload is the
 * same key rotated, and no count of bytes done is kept.
 */
final class Mask {
    private Mask() {}

    /** Unmasks {@code length} bytes from {@code index}; returns the key for the byte that follows them. */
    static int remove(int key, ByteBuf payload, int index, int length) {
        int at = index;
        int end = index + length;
        long wide = ((key & 0xFFFF_FFFFL) << 32) | (key & 0xFFFF_FFFFL);
        for (; at <= end - Long.BYTES; at += Long.BYTES) {
            payload.setLongLE(at, payload.getLongLE(at) ^ wide);
        }
        int rest = key;
        for (; at < end; at++) {
            payload.setByte(at, payload.getByte(at) ^ rest);
            rest = Integer.rotateRight(rest, Byte.SIZE);
        }
        return rest;
    }
}
