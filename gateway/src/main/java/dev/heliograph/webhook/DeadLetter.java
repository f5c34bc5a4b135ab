package dev.heliograph.webhook;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An event that an endpoint did not take within five minutes.
 *
 * @param atMs when it was given up, milliseconds since the epoch
 * @param why what the last attempt failed of
 */
record DeadLetter(long atMs, String why, QueuedEvent event) {
    byte[] toBytes() {
        byte[] reason = why.getBytes(StandardCharsets.UTF_8);
        byte[] rest = event.toBytes();
        return ByteBuffer.allocate(Long.BYTES + Integer.BYTES + reason.length + rest.length)
                .putLong(atMs)
                .putInt(reason.length)
                .put(reason)
                .put(rest)
                .array();
    }

    static DeadLetter read(byte[] bytes) {
        var in = ByteBuffer.wrap(bytes);
        long atMs = in.getLong();
        byte[] reason = new byte[in.getInt()];
        in.get(reason);
        byte[] rest = Arrays.copyOfRange(bytes, in.position(), bytes.length);
        return new DeadLetter(atMs, new String(reason, StandardCharsets.UTF_8), QueuedEvent.read(rest));
    }
}
