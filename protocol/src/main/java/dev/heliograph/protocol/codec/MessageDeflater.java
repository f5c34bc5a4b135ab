package dev.heliograph.protocol.codec;

import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses messages, each on its own (RFC 7692 with {@code server_no_context_takeover}), so that one result serves every client. Any thread; as many
 * deflaters, some 260 KiB each, as threads compress at once.
 */
public final class MessageDeflater implements AutoCloseable {
    /** The level that suits messages of less than several KiB: more takes time and saves little. */
    public static final int FASTEST = Deflater.BEST_SPEED;

    /** What every flush ends with, and no message carries (RFC 7692 section 7.2.1). */
    static final int TAIL_BYTES = 4;

    /** So much smaller a message must get, or it is not worth a client's while to inflate it. */
    private static final int SAVED_LEAST_DIVISOR = 8;

    private final int thresholdBytes;
    private final ZlibPool<Deflater> deflaters;

    /**
     * @param level zlib's, from 1 (fastest) to 9 (smallest)
     * @param thresholdBytes shorter messages are left alone
     */
    public MessageDeflater(int level, int thresholdBytes) {
        if (level < Deflater.BEST_SPEED || level > Deflater.BEST_COMPRESSION) {
            throw new IllegalArgumentException("level is " + level + ", expected 1 to 9");
        }
        this.thresholdBytes = thresholdBytes;
        this.deflaters = new ZlibPool<>(() -> new Deflater(level, true), Deflater::end);
    }

    /** The whole frame of a text message, compressed; null if that saves less than an eighth of it. */
    public byte @Nullable [] frame(byte[] text) {
        if (text.length < Math.max(thresholdBytes, SAVED_LEAST_DIVISOR)) {
            return null;
        }
        Deflater deflater = deflaters.take();
        try {
            return deflate(deflater, text);
        } finally {
            deflater.reset();
            deflaters.giveBack(deflater);
        }
    }

    private static byte @Nullable [] deflate(Deflater deflater, byte[] text) {
        byte[] out = new byte[text.length - text.length / SAVED_LEAST_DIVISOR + TAIL_BYTES];
        deflater.setInput(text);
        int length = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        // a full buffer means that there is more to come
        return length == out.length ? null : Frames.compressedText(out, length - TAIL_BYTES);
    }

    /** How many deflaters there are. */
    int deflaters() {
        return deflaters.size();
    }

    /** Gives the memory of all deflaters back. */
    @Override
    public void close() {
        deflaters.close();
    }
}
