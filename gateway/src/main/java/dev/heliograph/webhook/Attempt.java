package dev.heliograph.webhook;

import java.nio.ByteBuffer;

/**
 * How the oldest webhook of an endpoint has fared so far; it is stored, so that five minutes are five minutes over a restart too, and the body stays the same.
 *
 * @param first number of its first event in the queue
 * @param count how many events it carries
 * @param startedMs when it was first tried, milliseconds since the epoch
 * @param failures how often it was tried in vain
 */
record Attempt(long first, int count, long startedMs, int failures) {
    private static final int LENGTH = 2 * Long.BYTES + 2 * Integer.BYTES;

    Attempt failed() {
        return new Attempt(first, count, startedMs, failures + 1);
    }

    byte[] toBytes() {
        return ByteBuffer.allocate(LENGTH)
                .putLong(first)
                .putInt(count)
                .putLong(startedMs)
                .putInt(failures)
                .array();
    }

    static Attempt read(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        return new Attempt(in.getLong(), in.getInt(), in.getLong(), in.getInt());
    }
}
