package dev.heliograph.store;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * A value as it lies in the file: a CRC-32C of its key and itself, four bytes, and the value. The file's own checks cover its structure, not what keys and values
 * say.
 */
final class Checksum {
    private static final int LENGTH = Integer.BYTES;

    private Checksum() {}

    static byte[] seal(long key, byte[] value) {
        return seal(bytes(key), value);
    }

    static byte[] seal(String key, byte[] value) {
        return seal(bytes(key), value);
    }

    /** A copy of the value that lies under that key. */
    static byte[] open(long key, byte[] sealed) {
        return open(bytes(key), sealed);
    }

    /** A copy of the value that lies under that key. */
    static byte[] open(String key, byte[] sealed) {
        return open(bytes(key), sealed);
    }

    private static byte[] bytes(long key) {
        return ByteBuffer.allocate(Long.BYTES).putLong(key).array();
    }

    private static byte[] bytes(String key) {
        return key.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] seal(byte[] key, byte[] value) {
        return ByteBuffer.allocate(LENGTH + value.length)
                .putInt(of(key, value, 0))
                .put(value)
                .array();
    }

    private static byte[] open(byte[] key, byte[] sealed) {
        if (sealed.length < LENGTH || ByteBuffer.wrap(sealed).getInt() != of(key, sealed, LENGTH)) {
            throw new IllegalStateException("a value is not what its checksum says");
        }
        return Arrays.copyOfRange(sealed, LENGTH, sealed.length);
    }

    private static int of(byte[] key, byte[] bytes, int from) {
        var crc = new CRC32C();
        crc.update(key);
        crc.update(bytes, from, bytes.length - from);
        return (int) crc.getValue();
    }
}
